"""The current run as the pages read it: through `current.json`, and only what was published whole."""

import json
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

import pandas as pd

from watchlists.opaque import Opaque
from watchlists.people import Person, edition, everyone

ON_ROLL = ["pupil_id", "school_id", "year_group", "why"]


@dataclass(frozen=True)
class Run:
    """One published run. `facts` is its `run.json`; `table` the list; `roll` everyone on roll with, for those who are
    not listed, why; `schools` and `pupils` the parts of `cards.json`."""

    name: str
    facts: dict[str, Any]
    table: pd.DataFrame
    roll: pd.DataFrame
    schools: dict[str, Any]
    pupils: dict[str, Any] = field(repr=False)

    def of_school(self, school_id: str) -> pd.DataFrame:
        """The school's rows of the list, in the order of the page."""
        return self.table[self.table["school_id"] == school_id].sort_values("rank")

    def roll_of(self, school_id: str) -> pd.DataFrame:
        """Everyone on roll at the school, with the columns of ON_ROLL."""
        return self.roll[self.roll["school_id"] == school_id]

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


def people_of(store_root: Path) -> dict[str, Person]:
    """Everyone with a name on file: read again only when names were loaded or forgotten."""
    return _people(store_root, edition(store_root))


def links_of(run: Run, opaque: Opaque, store_root: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The pupil behind each address, and the schools whose roll they are on."""
    return _links(store_root / "runs" / run.name, opaque)


@lru_cache(maxsize=2)
def _people(store_root: Path, edition: tuple[int, int]) -> dict[str, Person]:
    del edition
    return everyone(store_root)


@lru_cache(maxsize=2)
def _links(folder: Path, opaque: Opaque) -> dict[str, tuple[str, tuple[str, ...]]]:
    schools = _read(folder).roll.groupby("pupil_id", sort=False)["school_id"].agg(tuple)
    return {opaque.of("pupil", str(pupil)): (str(pupil), held) for pupil, held in schools.items()}


@lru_cache(maxsize=2)
def _read(folder: Path) -> Run:
    """A published run never changes, so it is read once."""
    cards = json.loads((folder / "cards.json").read_text(encoding="utf-8"))
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(folder / "watchlist.parquet")
    roll = folder / "roll.parquet"
    on_roll = pd.read_parquet(roll) if roll.exists() else table.assign(why="")[ON_ROLL]
    return Run(folder.name, facts, table, on_roll, cards["schools"], cards["pupils"])
