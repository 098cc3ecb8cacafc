"""The part of a school's list that somebody chose by its address: a year group, a tutor group, or all."""

from dataclasses import dataclass
from typing import Annotated
from urllib.parse import urlencode

from fastapi import Depends, HTTPException

from watchlists.web.gate import MISSING
from watchlists.web.place import Place
from watchlists.web.runs import Enrolled, Listed
from watchlists.web.views import year_words


@dataclass(frozen=True)
class Choice:
    """A year group or tutor group, as the address has it."""

    year: str | None
    group: str | None

    @property
    def words(self) -> str:
        """In words: "Year 9", "9 Oak", or nothing for all."""
        return self.group or (year_words(self.year) if self.year is not None else "")

    @property
    def query(self) -> str:
        """The end of an address that chooses the same: "?year=9", or nothing for all."""
        held = {"year": self.year, "group": self.group}
        chosen = urlencode({name: value for name, value in held.items() if value is not None})
        return f"?{chosen}" if chosen else ""

    def rows(self, place: Place) -> tuple[Listed, ...]:
        """The listed pupils chosen. A year or group that holds none of the visitor's pupils is no page."""
        if self.year not in (None, *place.years) or self.group not in (None, *place.groups):
            raise HTTPException(MISSING)
        return place.of(self.year, self.group)

    def holds(self, place: Place, pupil: Enrolled) -> bool:
        """Whether a pupil on roll is of the year and group chosen."""
        return self.year in (None, pupil.year_group) and self.group in (None, place.group_of(pupil.pupil_id))


def choice_of(year: str | None = None, group: str | None = None) -> Choice:
    """The choice that an address makes."""
    return Choice(year, group)


Chosen = Annotated[Choice, Depends(choice_of)]
