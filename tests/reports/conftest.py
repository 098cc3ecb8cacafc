"""One pretend trust for every report: a school that off-rolls, one unlike its community, one with a week unheard."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import pytest
import yaml

from configs.settings import load_settings
from reports.run import Report, report
from sources.ingest import ingest
from sources.pretend import simulate
from sources.store import Store


@dataclass(frozen=True)
class Planted:
    """The trust's store, its last day, and what was planted in it."""

    store: Store
    end: date
    off_rolling: str
    unlike: str
    unheard: str
    unheard_from: date

    def report(self, name: str, **more: Any) -> Report:
        """A report on the trust's last day, or as asked."""
        asked = {"as_of": self.end, **more}
        return report(name, self.store.tables(), load_settings(), **asked)


@pytest.fixture(scope="session")
def planted(tmp_path_factory: pytest.TempPathFactory) -> Planted:
    folder: Path = tmp_path_factory.mktemp("planted")
    simulate(folder / "trust", schools=7, pupils=300, years=1, seed=11)
    store = Store(folder / "store")
    ingest(folder / "trust", store, date(2026, 9, 1), load_settings())
    truth = yaml.safe_load((folder / "trust" / "truth" / "planted.yaml").read_text(encoding="utf-8"))
    return Planted(
        store, store.days_held()[1], truth["unexplained_exits"]["school_id"], truth["unlike_community"]["school_id"],
        truth["feed_gap"]["school_id"], date.fromisoformat(str(truth["feed_gap"]["monday"])),
    )  # fmt: skip
