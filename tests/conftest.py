"""One run of the tests is every run: hypothesis draws the same examples each time, so a red build can be repeated.

A test marked `kept` is made twice: on the store's own files, and on a PostgreSQL of the tests' own.
"""

from collections.abc import Iterator

import pytest
from hypothesis import settings

from tests.a_server import PROGRAMS, Server, a_server

settings.register_profile("handrail", derandomize=True, deadline=None)
settings.load_profile("handrail")
FILES, POSTGRES = "files", "postgres"


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    if metafunc.definition.get_closest_marker("kept"):
        both = [FILES, pytest.param(POSTGRES, marks=pytest.mark.slow)]
        metafunc.parametrize("kept_in", both, indirect=True)


@pytest.fixture(autouse=True)
def kept_in(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> str:
    """Where this test keeps what pages write: in an empty place of a database, or in the store's files."""
    where = str(getattr(request, "param", FILES))
    for name in ("HANDRAIL_DATABASE", "HANDRAIL_DATABASE_FILE", "HANDRAIL_ENCRYPTION_KEY_FILE"):
        monkeypatch.delenv(name, raising=False)
    if where == POSTGRES:
        server: Server = request.getfixturevalue("postgres")
        monkeypatch.setenv("HANDRAIL_DATABASE", server.emptied())
    return where


@pytest.fixture(scope="session")
def postgres() -> Iterator[Server]:
    """A real PostgreSQL."""
    if not PROGRAMS:
        pytest.skip("needs Debian's postgresql")
    with a_server() as server:
        yield server
