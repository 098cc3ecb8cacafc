"""The pages that people read, made only from what the gate hands over."""

from typing import Any

from fastapi import HTTPException, Response
from fastapi.responses import RedirectResponse

from watchlists.access.roles import ROLES
from watchlists.certainty import how_sure
from watchlists.exports import list_csv
from watchlists.phrases import full_date
from watchlists.web.around import around
from watchlists.web.dates import as_of
from watchlists.web.gate import MISSING, Gate
from watchlists.web.place import Place
from watchlists.web.runs import Listed, Run
from watchlists.web.templating import Pen
from watchlists.web.views import folded_away, name_of, parts
from watchlists.web.visitor import Seen
from watchlists.workbook import list_xlsx

EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_FACTS: dict[str, Any] = {
    "model_id": "", "gate": "", "gate_words": "", "freshness": {}, "baselines": [], "how_sure": None,
}  # fmt: skip


class Pages:
    """The answers of one store's pages."""

    def __init__(self, gate: Gate, pen: Pen) -> None:
        self.gate, self.opaque, self.pen = gate, gate.opaque, pen

    def choose(self, visitor: Seen) -> Response:
        """The schools, or straight to the list where there is one only."""
        run, schools = self.gate.run(), self.gate.schools(visitor)
        self.gate.note(visitor, "viewed", page="schools")
        if run is None:
            return self.pen.page("waiting.html", visitor=visitor)
        if len(schools) == 1:
            return RedirectResponse(f"/school/{schools[0][0]}{self._first(visitor)}", status_code=303)
        given: dict[str, Any] = {"first": self._first(visitor), "as_of": full_date(as_of(run))}
        return self.pen.page("choose.html", visitor=visitor, schools=schools, **given)

    def week(self, visitor: Seen, school: str, year: str | None = None) -> Response:
        """This week's list of one school, or of one year group of it."""
        place = self.gate.school(visitor, school, "viewed", page="list", year=year)
        rows, years = self._of_year(place, year), place.years
        off = [
            (name_of(row["pupil_id"], place.people, self.opaque), row["why"])
            for row in place.off
            if year in (None, row.get("year_group"))
        ]
        return self.pen.page(
            "week.html",
            **around(visitor, place.run, place.school_id, self.opaque, "week"),
            year=year,
            parts=parts(place, rows, self.opaque),
            folded=folded_away(place, rows, self.opaque),
            listed=len(rows),
            off_list=off,
            years=years,
            first_list=place.run.schools[place.school_id].get("first_list", False),
        )

    def paper(self, visitor: Seen, school: str, year: str | None = None) -> Response:
        """The list for paper: first names and an initial, no reasons, room to write."""
        place = self.gate.school(visitor, school, "printed", year=year)
        rows = self._of_year(place, year)
        return self.pen.page(
            "print.html", **around(visitor, place.run, place.school_id, self.opaque, "week"), year=year,
            listed=len(rows), parts=parts(place, rows, self.opaque, a_to_z=True),
            folded=folded_away(place, rows, self.opaque),
            as_of=full_date(as_of(place.run)),
        )  # fmt: skip

    def csv(self, visitor: Seen, school: str, year: str | None = None) -> Response:
        """The list for a spreadsheet."""
        place = self.gate.school(visitor, school, "exported", file="csv", year=year)
        rows, day = self._of_year(place, year), as_of(place.run)
        held = list_csv(rows, place.people, self.opaque, day)
        return _file(held, f"list_{school}_{day.isoformat()}.csv", "text/csv; charset=utf-8")

    def xlsx(self, visitor: Seen, school: str, year: str | None = None) -> Response:
        """The list as an Excel workbook."""
        place = self.gate.school(visitor, school, "exported", file="xlsx", year=year)
        rows, day = self._of_year(place, year), as_of(place.run)
        held = list_xlsx(rows, place.people, self.opaque, place.run.facts, place.name, day)
        return _file(held, f"list_{school}_{day.isoformat()}.xlsx", EXCEL)

    def about(self, visitor: Seen) -> Response:
        """What the list uses, what it never uses, and how often it was right."""
        self.gate.note(visitor, "viewed", page="about")
        return self._about(self.gate.run(), {"visitor": visitor})

    def about_school(self, visitor: Seen, school: str) -> Response:
        """The same, within a school's pages."""
        run, school_id = self.gate.at_school(visitor, school, "viewed")
        return self._about(run, around(visitor, run, school_id, self.opaque, "about"))

    def privacy(self, visitor: Seen) -> Response:
        """Who sees what, and how to ask, correct or object."""
        return self.pen.page("privacy.html", visitor=visitor)

    def accessibility(self, visitor: Seen) -> Response:
        """What the pages promise to every reader."""
        return self.pen.page("accessibility.html", visitor=visitor)

    def _about(self, run: Run | None, given: dict[str, Any]) -> Response:
        facts = {**NO_FACTS, **(run.facts if run else {})}
        sure = facts["how_sure"] or {"of_ten": None, "n": 0}
        return self.pen.page(
            "about.html", **{**given, "tab": "about"}, facts=facts, checked=sure["n"],
            sure=how_sure(sure["of_ten"], sure["n"]), as_of=full_date(as_of(run)) if run else "",
        )  # fmt: skip

    def _first(self, visitor: Seen) -> str:
        """The page a role opens on: the list, or totals where it sees no names."""
        return "" if ROLES[visitor.account.role].names else "/totals"

    def _of_year(self, place: Place, year: str | None) -> tuple[Listed, ...]:
        if year is not None and year not in place.years:
            raise HTTPException(MISSING)
        return place.of_year(year)


def _file(held: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(held, media_type=kind, headers=headers)
