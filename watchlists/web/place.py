"""A school as one visitor may see it: only their own pupils, whatever the page."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from watchlists.access.roles import Account, may_see_names, may_see_pupil, sees_whole_school
from watchlists.answers import latest_of_school
from watchlists.folding import folds
from watchlists.holds import Hold, held
from watchlists.opaque import Opaque
from watchlists.people import Person
from watchlists.stopping import STOPPED
from watchlists.web.runs import Enrolled, Listed, Run, people_of


@dataclass(frozen=True)
class Place:
    """One school of one run, cut to what the visitor may see.

    `rows` are the listed pupils in the order of the page, `roll` everyone on roll, `off` who left the list since the
    last one, `held` who is held out. `folded` are the listed pupils who are already supported: folded away, or fresh
    again where something new is recorded.
    """

    run: Run
    school_id: str
    link: str
    whole: bool
    rows: tuple[Listed, ...]
    roll: tuple[Enrolled, ...]
    off: list[dict[str, str]]
    people: Mapping[str, Person]
    held: Mapping[str, Hold]
    folded: Mapping[str, str]

    def lists(self, pupil_id: str) -> bool:
        """Whether the visitor sees the pupil on the list."""
        return pupil_id in self.listed

    @cached_property
    def listed(self) -> frozenset[str]:
        """The pupils the visitor sees on the list."""
        return frozenset(row.pupil_id for row in self.rows)

    @cached_property
    def own(self) -> frozenset[str]:
        """Every pupil on roll whom the visitor may see."""
        return frozenset(row.pupil_id for row in self.roll)

    @property
    def stopped(self) -> bool:
        """Whether no list is published here until somebody has looked."""
        return any(row.why == STOPPED for row in self.roll)

    @property
    def name(self) -> str:
        """The school's name."""
        return self.run.school_name(self.school_id)

    @property
    def years(self) -> list[str]:
        """The year groups the visitor may see, youngest first: the school’s, or their own pupils’."""
        whole: list[str] = self.run.schools[self.school_id].get("year_groups", [])
        held = whole if self.whole else {row.year_group for row in self.roll}
        return sorted(held, key=lambda year: (year.isdigit(), int(year) if year.isdigit() else 0, year))

    @cached_property
    def groups(self) -> list[str]:
        """The tutor groups of the pupils the visitor may see: 7 Ash before 10 Ash."""
        held = {self.group_of(row.pupil_id) for row in self.roll} - {""}
        return sorted(held, key=lambda group: (len(group.split(" ")[0]), group))

    def groups_of(self, year: str | None) -> list[str]:
        """The tutor groups of one year group; of all years only where the visitor has one."""
        if year is None and len(self.years) > 1:
            return []
        here = {self.group_of(row.pupil_id) for row in self.roll if year in (None, row.year_group)}
        return [group for group in self.groups if group in here]

    def group_of(self, pupil_id: str) -> str:
        """The pupil's tutor group, or "" where none is on file."""
        person = self.people.get(pupil_id)
        return person.tutor_group if person else ""

    def of(self, year: str | None, group: str | None) -> tuple[Listed, ...]:
        """The listed pupils of one year group, of one tutor group, or all."""
        return tuple(
            row for row in self.rows
            if year in (None, row.year_group) and group in (None, self.group_of(row.pupil_id))
        )  # fmt: skip


def place_of(store: Path, run: Run, school_id: str, opaque: Opaque, account: Account) -> Place | None:
    """The school as that account may see it, or None where it may see no pupil of it by name."""
    if not may_see_names(account, school_id):
        return None
    people, whole = people_of(store), sees_whole_school(account, school_id)

    def own(year_group: object, pupil_id: str) -> bool:
        person = people.get(pupil_id)
        return may_see_pupil(account, school_id, str(year_group), person.tutor_group if person else "")

    off = [row for row in run.off_list(school_id) if whole or own(row.get("year_group", ""), row["pupil_id"])]
    rows, roll, out = run.of_school(school_id), run.roll_of(school_id), held(store)
    if not whole:
        roll = tuple(row for row in roll if own(row.year_group, row.pupil_id))
    rows = tuple(
        row for row in rows if row.pupil_id not in out and (whole or own(row.year_group, row.pupil_id))
    )
    open_days = run.schools[school_id].get("open_days", [])
    folded = folds(latest_of_school(store, school_id), run.pupils, open_days)
    return Place(run, school_id, opaque.of("school", school_id), whole, rows, roll, off, people, out, folded)
