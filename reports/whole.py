"""A whole report: what is said of each school, and of all of them together."""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any, Generic, Protocol, Self, TypeVar

from reports.asked import Asked, Schools
from reports.disclosure import EVERYONE
from reports.periods import Period

Json = dict[str, Any]


class OfSchool(Protocol):
    """What is said of one school, or of all together (`school_id` empty)."""

    @property
    def school_id(self) -> str:
        """The school's id."""

    @property
    def name(self) -> str:
        """What the school, or all of them, is called."""


P = TypeVar("P", bound=OfSchool)


@dataclass(frozen=True)
class Whole(Generic[P]):
    """The period, a part for each school, and one for all together, which stays the same whoever is asked about."""

    period: Period
    schools: tuple[P, ...]
    together: P

    @property
    def subject(self) -> P:
        """Whom the page is about: the school, where it is one, or all together."""
        return self.schools[0] if len(self.schools) == 1 else self.together

    @property
    def lines(self) -> tuple[P, ...]:
        """The lines of a table of schools: each of them, then all together."""
        return (*self.schools, self.together)

    def of(self, school_id: str) -> Self:
        """The same report of one school alone."""
        return dataclasses.replace(
            self, schools=tuple(part for part in self.schools if part.school_id == school_id)
        )


def whole(asked: Asked, schools: Schools, part: Callable[[str, str], P]) -> Whole[P]:
    """The report of every school held, `part` making what is said of one from its id and name."""
    return Whole(
        asked.period, tuple(part(school.school_id, school.name) for school in schools.held),
        part(EVERYONE, schools.together),
    )  # fmt: skip


def whole_as_json(
    name: str, report: Whole[P], part: Callable[[P], Json], definitions: Mapping[str, str]
) -> Json:
    """Keys: report, from, to, schools, trust, definitions."""
    return {
        "report": name, "from": str(report.period.start), "to": str(report.period.end),
        "schools": [{"school_id": each.school_id, **part(each)} for each in report.schools],
        "trust": part(report.together), "definitions": dict(definitions),
    }  # fmt: skip
