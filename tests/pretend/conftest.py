"""One pretend trust for the whole session, large enough for its rates to be held against official ones."""

from pathlib import Path

import pytest

from sources.pretend import simulate


@pytest.fixture(scope="session")
def trust(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Twelve schools of all phases over the two last school years."""
    out = tmp_path_factory.mktemp("pretend")
    simulate(out, schools=12, pupils=900, years=2, seed=1)
    return out


@pytest.fixture(scope="session")
def village(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Three small schools over three school years, so that the code change of August 2024 is inside."""
    out = tmp_path_factory.mktemp("village")
    simulate(out, schools=3, pupils=150, years=3, seed=4)
    return out
