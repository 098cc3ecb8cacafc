"""The current run as the pages read it: through `current.json`, and only what was published whole."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from watchlists.people import Person, names


@dataclass(frozen=True)
class Run:
    """One published run. `facts` is its `run.json`; `cards` the parts of `cards.json` by school and pupil."""

    name: str
    facts: dict[str, Any]
    table: pd.DataFrame
    schools: dict[str, Any]
    pupils: dict[str, Any] = field(repr=False)

    def of_school(self, school_id: str) -> pd.DataFrame:
        """The school's rows of the list, in the order of the page."""
        return self.table[self.table["school_id"] == school_id].sort_values("rank")

    def school_name(self, school_id: str) -> str:
        """The school's name, or its id where it has none."""
        named: dict[str, str] = self.facts.get("schools", {})
        return named.get(school_id) or f"School {school_id}"

    def off_list(self, school_id: str) -> list[dict[str, str]]:
        """Who is off this school's list since the last one, and why."""
        return [row for row in self.facts.get("off_list", []) if row["school_id"] == school_id]

    @property
    def by_facts_only(self) -> bool:
        """Whether the list was made without a model, since none may publish."""
        return self.facts.get("gate") != "passed"


def current_run(store_root: Path) -> Run | None:
    """The run that `current.json` names, or none before the first."""
    pointer = store_root / "current.json"
    try:
        name = str(json.loads(pointer.read_text(encoding="utf-8"))["run"])
    except FileNotFoundError:
        return None
    return _read(store_root / "runs" / Path(name).name)


def people_of(store_root: Path, run: Run, school_id: str) -> dict[str, Person]:
    """The names of everyone a school's pages speak of."""
    listed = [str(pupil) for pupil in run.of_school(school_id)["pupil_id"]]
    return names(store_root, [*listed, *(row["pupil_id"] for row in run.off_list(school_id))])


@lru_cache(maxsize=2)
def _read(folder: Path) -> Run:
    """A published run never changes, so it is read once."""
    cards = json.loads((folder / "cards.json").read_text(encoding="utf-8"))
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(folder / "watchlist.parquet")
    return Run(folder.name, facts, table, cards["schools"], cards["pupils"])
