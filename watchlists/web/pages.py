"""The pages that people read, made only from what the gate hands over."""

from pathlib import Path
from typing import Any

from fastapi import Response
from fastapi.responses import RedirectResponse

from watchlists.access.roles import ROLES
from watchlists.certainty import how_sure
from watchlists.exports import list_csv
from watchlists.language import translated
from watchlists.phrases import full_date
from watchlists.stopping import STOPPED
from watchlists.web.around import around
from watchlists.web.choice import Chosen
from watchlists.web.dates import as_of, day_of
from watchlists.web.gate import Gate
from watchlists.web.place import Place
from watchlists.web.purpose import Purpose
from watchlists.web.runs import Run
from watchlists.web.templating import Pen
from watchlists.web.views import Name, folded_away, name_of, parts
from watchlists.web.visitor import Seen
from watchlists.workbook import list_xlsx

CARD = "card.html"
EXCEL = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
NO_FACTS: dict[str, Any] = {
    "model_id": "", "gate": "", "gate_words": "", "freshness": {}, "baselines": [], "how_sure": None, "drift": None,
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
        given: dict[str, Any] = {"first": self._first(visitor), "as_of": full_date(as_of(run)),
                                 "together": self.gate.sees_together(visitor)}  # fmt: skip
        return self.pen.page("choose.html", visitor=visitor, schools=schools, **given)

    def week(self, visitor: Seen, school: str, chosen: Chosen) -> Response:
        """This week's list of one school, or of one year or tutor group of it."""
        place = self.gate.school(visitor, school, "viewed", page="list", year=chosen.year)
        off = [
            (name_of(row["pupil_id"], place.people, self.opaque), translated(row["why"]))
            for row in place.off
            if chosen.year in (None, row.get("year_group"))
            and chosen.group in (None, place.group_of(row["pupil_id"]))
        ]
        return self.pen.page(
            "week.html",
            **self._list(visitor, place, chosen),
            off_list=off,
            stopped=translated(STOPPED) if place.stopped else "",
            alerts=self._alerts(place, chosen),
            **_turnover(place, chosen),
            years=place.years,
            groups=place.groups_of(chosen.year),
            first_list=place.run.schools[place.school_id].get("first_list", False),
        )

    def paper(
        self, visitor: Seen, school: str, chosen: Chosen, purpose: Purpose, reasons: bool = False
    ) -> Response:
        """The list for paper: first names and an initial, room to write, and no reasons unless they are asked for."""
        place = self.gate.to_take_away(
            visitor, school, "printed", year=chosen.year, reasons=reasons, purpose=purpose
        )
        given = self._list(visitor, place, chosen, a_to_z=True)
        return self.pen.page(
            "print.html",
            **given,
            as_of=full_date(as_of(place.run, place.school_id)),
            reasons=reasons,
            purpose=purpose,
        )

    def csv(self, visitor: Seen, school: str, chosen: Chosen, purpose: Purpose) -> Response:
        """The list for a spreadsheet."""
        place = self.gate.to_take_away(
            visitor, school, "exported", file="csv", year=chosen.year, purpose=purpose
        )
        day = as_of(place.run, place.school_id)
        held = list_csv(chosen.rows(place), place.people, self.opaque, day)
        return _file(held, f"list_{school}_{day.isoformat()}.csv", "text/csv; charset=utf-8")

    def xlsx(self, visitor: Seen, school: str, chosen: Chosen, purpose: Purpose) -> Response:
        """The list as an Excel workbook."""
        place = self.gate.to_take_away(
            visitor, school, "exported", file="xlsx", year=chosen.year, purpose=purpose
        )
        day, facts = as_of(place.run, place.school_id), place.run.facts
        held = list_xlsx(chosen.rows(place), place.people, self.opaque, facts, place.name, day)
        return _file(held, f"list_{school}_{day.isoformat()}.xlsx", EXCEL)

    def about(self, visitor: Seen) -> Response:
        """What the list uses, what it never uses, and how often it was right."""
        self.gate.note(visitor, "viewed", page="about")
        return self._about(self.gate.run(), {"visitor": visitor})

    def about_school(self, visitor: Seen, school: str) -> Response:
        """The same, within a school's pages."""
        run, school_id = self.gate.at_school(visitor, school, "viewed")
        return self._about(run, around(visitor, run, school_id, self.opaque, "about"))

    def card(self, visitor: Seen) -> Response:
        """The model's card as a file, or back to About where the method in use has none."""
        held = self._card(self.gate.run())
        if held is None:
            return RedirectResponse("/about", status_code=303)
        self.gate.note(visitor, "exported", file="model card")
        return _file(held.read_bytes(), f"model-card-{held.parent.name}.html", "text/html; charset=utf-8")

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
            card=self._card(run) is not None, sure=how_sure(sure["of_ten"], sure["n"]),
            as_of=full_date(as_of(run)) if run else "",
        )  # fmt: skip

    def _card(self, run: Run | None) -> Path | None:
        """Where the card of the method in use lies; a model's id is never a path."""
        model = Path(str(run.facts.get("model_id", ""))).name if run else ""
        held = self.gate.store / "models" / model / CARD
        return held if model and held.exists() else None

    def _first(self, visitor: Seen) -> str:
        """The page a role opens on: the list, or totals where it sees no names."""
        return "" if ROLES[visitor.account.role].names else "/totals"

    def _alerts(self, place: Place, chosen: Chosen) -> list[tuple[Name, bool, str, str]]:
        """The limits passed lately by pupils the visitor may see: the pupil, whether on roll, what, and when. Who has
        left the roll is told to those alone who see the whole school."""
        whole, alerts = place.whole and not chosen.words, place.run.alerts(place.school_id)
        told = {row["pupil_id"] for row in alerts}
        seen = {row.pupil_id for row in place.roll if row.pupil_id in told and chosen.holds(place, row)}
        return [
            (name_of(row["pupil_id"], place.people, self.opaque), row["pupil_id"] in place.own,
             translated(row["words"]), full_date(day_of(row["date"])))
            for row in alerts
            if row["pupil_id"] in seen or (whole and row["pupil_id"] not in place.own)
        ]  # fmt: skip

    def _list(self, visitor: Seen, place: Place, chosen: Chosen, *, a_to_z: bool = False) -> dict[str, Any]:
        """What the page and the paper share: the chosen part of the list, in its bands."""
        rows = chosen.rows(place)
        return {
            **around(visitor, place.run, place.school_id, self.opaque, "week"),
            "chosen": chosen,
            "listed": len(rows),
            "parts": parts(place, rows, self.opaque, a_to_z=a_to_z),
            "folded": folded_away(place, rows, self.opaque),
        }


def _turnover(place: Place, chosen: Chosen) -> dict[str, Any]:
    """Of the pupils shown, how many were on the last list, and how many came on."""
    shown = [bool(place.run.pupils[row.pupil_id].get("came_on")) for row in chosen.rows(place)]
    return {"came_on": sum(shown), "stayed": len(shown) - sum(shown)}


def _file(held: bytes, name: str, kind: str) -> Response:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return Response(held, media_type=kind, headers=headers)
