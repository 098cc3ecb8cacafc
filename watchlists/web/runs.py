"""The current run as the pages read it: through `current.json`, and only what was published whole."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any, NamedTuple

import pandas as pd

from watchlists.opaque import Opaque
from watchlists.people import Person, edition, everyone

ON_ROLL = ["pupil_id", "school_id", "year_group", "why"]
Listed = Any  # a row of the list: a value, by name, for each of `watchlists.build.COLUMNS`


class Enrolled(NamedTuple):
    """A pupil on roll; why they are not on the list, or "" where they are."""

    pupil_id: str
    school_id: str
    year_group: str
    why: str


@dataclass(frozen=True, eq=False)  # itself alone, so that what is made of a run is kept with it
class Run:
    """One published run, as plain rows. `facts` is its `run.json`; `listed` each school's list in the page's order;
    `roll` everyone on its roll; `schools` and `pupils` the parts of `cards.json`; `withdrawn` the schools whose list
    is too old to be shown."""

    name: str
    facts: dict[str, Any]
    listed: Mapping[str, tuple[Listed, ...]] = field(repr=False)
    roll: Mapping[str, tuple[Enrolled, ...]] = field(repr=False)
    schools: dict[str, Any]
    pupils: dict[str, Any] = field(repr=False)
    withdrawn: frozenset[str] = frozenset()

    def of_school(self, school_id: str) -> tuple[Listed, ...]:
        """The school's rows of the list, in the order of the page."""
        return self.listed.get(school_id, ())

    def roll_of(self, school_id: str) -> tuple[Enrolled, ...]:
        """Everyone on roll at the school."""
        return self.roll.get(school_id, ())

    def school_name(self, school_id: str) -> str:
        """The school's name, or its id where it has none."""
        named: dict[str, str] = self.facts.get("schools", {})
        return named.get(school_id) or f"School {school_id}"

    def off_list(self, school_id: str) -> list[dict[str, str]]:
        """Who is off this school's list since the last one, and why."""
        return [row for row in self.facts.get("off_list", []) if row["school_id"] == school_id]

    def alerts(self, school_id: str) -> list[dict[str, str]]:
        """The limits that this school's pupils passed lately, which need no model."""
        return [row for row in self.facts.get("alerts", []) if row["school_id"] == school_id]

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
    return _read(*_as_sealed(store_root / "runs" / Path(name).name))


def people_of(store_root: Path) -> dict[str, Person]:
    """Everyone with a name on file: read again only when names were loaded or forgotten."""
    return _people(store_root, edition(store_root))


def links_of(run: Run, opaque: Opaque, store_root: Path) -> dict[str, tuple[str, tuple[str, ...]]]:
    """The pupil behind each address, and the schools whose roll they are on."""
    return _links(*_as_sealed(store_root / "runs" / run.name), opaque)


@lru_cache(maxsize=2)
def _people(store_root: Path, edition: int) -> dict[str, Person]:
    del edition
    return everyone(store_root)


@lru_cache(maxsize=2)
def _links(folder: Path, sealed: int, opaque: Opaque) -> dict[str, tuple[str, tuple[str, ...]]]:
    schools: dict[str, tuple[str, ...]] = {}
    for row in (row for held in _read(folder, sealed).roll.values() for row in held):
        schools[row.pupil_id] = (*schools.get(row.pupil_id, ()), row.school_id)
    return {opaque.of("pupil", pupil): (pupil, held) for pupil, held in schools.items()}


@lru_cache(maxsize=2)
def _read(folder: Path, sealed: int) -> Run:
    """A published run is read once, and again only where it was sealed anew because a pupil was forgotten."""
    del sealed
    cards = json.loads((folder / "cards.json").read_text(encoding="utf-8"))
    facts = json.loads((folder / "run.json").read_text(encoding="utf-8"))
    table = pd.read_parquet(folder / "watchlist.parquet").sort_values(["school_id", "rank"])
    roll = folder / "roll.parquet"
    on_roll = pd.read_parquet(roll)[ON_ROLL] if roll.exists() else table.assign(why="")[ON_ROLL]
    enrolled = [Enrolled(*map(str, row)) for row in on_roll.itertuples(index=False)]
    listed: list[Listed] = list(table.itertuples(index=False))
    return Run(
        folder.name, facts, _by_school(listed), _by_school(enrolled), cards["schools"], cards["pupils"]
    )


def _as_sealed(folder: Path) -> tuple[Path, int]:
    return folder, (folder / "run.json").stat().st_mtime_ns


def _by_school(rows: list[Any]) -> dict[str, tuple[Any, ...]]:
    by_school: dict[str, list[Any]] = {}
    for row in rows:
        by_school.setdefault(row.school_id, []).append(row)
    return {school: tuple(held) for school, held in by_school.items()}
