"""The pages about a school's pupils beyond the list: finding one, totals for leaders, mistakes reported."""

import unicodedata
from typing import Any

from fastapi import HTTPException, Response

from sources.store import Store
from watchlists.language import said
from watchlists.mistakes import open_mistakes
from watchlists.phrases import full_date
from watchlists.web.around import around, words_for_own
from watchlists.web.dates import as_of, local
from watchlists.web.gate import MISSING, Gate
from watchlists.web.place import Place
from watchlists.web.templating import Pen
from watchlists.web.totals import number, totals
from watchlists.web.views import Name, name_of
from watchlists.web.visitor import Form, Seen

MOST_FOUND = 50
Line = tuple[Name, str, bool]  # the pupil, the year group, whether on the list


class SchoolPages:
    """Finding pupils, totals and mistakes of one school."""

    def __init__(self, gate: Gate, pen: Pen) -> None:
        self.gate, self.opaque, self.pen = gate, gate.opaque, pen

    def pupils(
        self, visitor: Seen, school: str, year: str | None = None, group: str | None = None
    ) -> Response:
        """My year, my tutor group: every pupil one looks after, A to Z, listed or not."""
        place = self.gate.school(visitor, school, "viewed", page="pupils", year=year)
        if (year is not None and year not in place.years) or (
            group is not None and group not in place.groups
        ):
            raise HTTPException(MISSING)
        one = place.years[0] if len(place.years) == 1 and not place.whole else None
        year = year if year is not None or group is not None else one
        lines = [] if year is None and group is None else self._lines(place, year, group)
        return self._found(visitor, place, lines, year=year, group=group)

    def search(self, visitor: Seen, school: str, form: Form) -> Response:
        """Pupils by name. The name travels in the form, never in an address."""
        self.gate.check(visitor, form)
        place = self.gate.school(visitor, school, "searched")
        asked = form.get("name", "").strip()
        wanted = _plain(asked).split()
        found = [line for line in self._lines(place, None, None)
                 if wanted and all(word in _plain(line[0].full) for word in wanted)]  # fmt: skip
        return self._found(visitor, place, found[:MOST_FOUND], asked=asked, more=len(found) > MOST_FOUND)

    def totals(self, visitor: Seen, school: str) -> Response:
        """The list in totals, small numbers left out."""
        run, school_id = self.gate.totals(visitor, school, "viewed totals")
        up_to = Store(self.gate.store).settings.small_numbers
        given: dict[str, Any] = {
            "totals": totals(run, school_id, up_to), "number": number, "up_to": up_to,
            "as_of": full_date(as_of(run, school_id)), "first_list": run.schools[school_id].get("first_list", False),
        }  # fmt: skip
        return self.pen.page("totals.html", **around(visitor, run, school_id, self.opaque, "totals"), **given)

    def mistakes(self, visitor: Seen, school: str) -> Response:
        """What staff have said is wrong and nobody has settled."""
        place = self.gate.school(visitor, school, "viewed", page="mistakes")
        rows = [
            (held.number, name_of(held.pupil_id, place.people, self.opaque), held.what or said("The whole picture"),
             held.note or said("Not said"), held.by, local(held.at))
            for held in open_mistakes(self.gate.store, place.school_id)
            if held.pupil_id in place.own
        ]  # fmt: skip
        return self.pen.page("mistakes.html", **self._around(visitor, place, "mistakes"), rows=rows)

    def _found(
        self, visitor: Seen, place: Place, lines: list[Line], *, year: str | None = None,
        group: str | None = None, asked: str | None = None, more: bool = False,
    ) -> Response:  # fmt: skip
        return self.pen.page(
            "pupils.html", **self._around(visitor, place, "pupils"), title=words_for_own(visitor.account),
            lines=lines, years=place.years, groups=place.groups_of(year), year=year, group=group, asked=asked,
            more=more, chosen=(year, group, asked) != (None, None, None),
        )  # fmt: skip

    def _around(self, visitor: Seen, place: Place, tab: str) -> dict[str, Any]:
        return around(visitor, place.run, place.school_id, self.opaque, tab)

    def _lines(self, place: Place, year: str | None, group: str | None) -> list[Line]:
        """The name, year group and whether listed, of the pupils of that year or group, A to Z."""
        lines = [
            (name_of(row.pupil_id, place.people, self.opaque), row.year_group, row.pupil_id in place.listed)
            for row in place.roll
            if year in (None, row.year_group)
        ]
        chosen = [line for line in lines if group is None or line[0].tutor_group == group]
        return sorted(chosen, key=lambda line: (_plain(line[0].full), line[0].opaque))


def _plain(text: str) -> str:
    """A name as it is searched: without accents, small letters."""
    spread = unicodedata.normalize("NFKD", text.casefold())
    return "".join(char for char in spread if not unicodedata.combining(char))
