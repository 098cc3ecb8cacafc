"""The pages that people read, made only from what the gate hands over."""

from typing import Any

from fastapi import HTTPException, Response
from fastapi.responses import RedirectResponse

from watchlists.certainty import NOBODY_KNOWS, how_sure
from watchlists.exports import list_csv
from watchlists.ideas import ideas
from watchlists.phrases import full_date, long_day, short_day
from watchlists.web.around import around
from watchlists.web.dates import as_of, day_of
from watchlists.web.drawing import drawings
from watchlists.web.gate import MISSING, Gate
from watchlists.web.place import Place
from watchlists.web.runs import Run
from watchlists.web.templating import Pen
from watchlists.web.views import dated_rows, in_two, name_of, parts
from watchlists.web.visitor import Seen

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
            return RedirectResponse(f"/school/{schools[0][0]}", status_code=303)
        return self.pen.page("choose.html", visitor=visitor, schools=schools, as_of=full_date(as_of(run)))

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
            parts=parts(rows, place.people, self.opaque),
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
            listed=len(rows), parts=parts(rows, place.people, self.opaque, a_to_z=True),
            as_of=full_date(as_of(place.run)),
        )  # fmt: skip

    def csv(self, visitor: Seen, school: str, year: str | None = None) -> Response:
        """The list for a spreadsheet."""
        place = self.gate.school(visitor, school, "exported", file="csv", year=year)
        rows, day = self._of_year(place, year), as_of(place.run)
        held = list_csv(rows, place.people, self.opaque, day)
        return _file(held, f"list_{school}_{day.isoformat()}.csv", "text/csv; charset=utf-8")

    def pupil(self, visitor: Seen, pupil: str) -> Response:
        """One listed pupil: going well, noticed, changed, how sure, ideas, records."""
        place, pupil_id = self.gate.pupil(visitor, pupil, "viewed")
        run, day = place.run, as_of(place.run)
        if pupil_id not in set(place.rows["pupil_id"]):
            raise HTTPException(MISSING)
        row, card = place.rows[place.rows["pupil_id"] == pupil_id].iloc[0], run.pupils[pupil_id]
        sure = run.facts.get("how_sure") or {"of_ten": None, "n": 0}
        return self.pen.page(
            "pupil.html",
            **around(visitor, run, place.school_id, self.opaque, "pupil"),
            row=row,
            card=card,
            name=name_of(pupil_id, place.people, self.opaque),
            ideas=ideas([concern["family"] for concern in card["concerns"]]),
            nobody_knows=NOBODY_KNOWS,
            concerns=list(zip(card["concerns"], drawings(card["concerns"], day), strict=True)),
            sure=None if run.by_facts_only else how_sure(sure["of_ten"], sure["n"]),
            records=dated_rows(card["concerns"], day),
            since=long_day(day_of(row["since"]), day),
            support=[in_two(words, " since ") for words in card["support"]],
            week=lambda held: short_day(held, day),
        )

    def about(self, visitor: Seen) -> Response:
        """What the list uses, what it never uses, and how often it was right."""
        self.gate.note(visitor, "viewed", page="about")
        return self._about(self.gate.run(), {"visitor": visitor})

    def about_school(self, visitor: Seen, school: str) -> Response:
        """The same, within a school's pages."""
        run, school_id = self.gate.at_school(visitor, school, "viewed")
        return self._about(run, around(visitor, run, school_id, self.opaque, "about"))

    def _about(self, run: Run | None, given: dict[str, Any]) -> Response:
        facts = {**NO_FACTS, **(run.facts if run else {})}
        sure = facts["how_sure"] or {"of_ten": None, "n": 0}
        return self.pen.page(
            "about.html", **{**given, "tab": "about"}, facts=facts, checked=sure["n"],
            sure=how_sure(sure["of_ten"], sure["n"]), as_of=full_date(as_of(run)) if run else "",
        )  # fmt: skip

    def _of_year(self, place: Place, year: str | None) -> Any:
        if year is not None and year not in place.years:
            raise HTTPException(MISSING)
        return place.of_year(year)


def _file(held: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(held, media_type=kind, headers=headers)
