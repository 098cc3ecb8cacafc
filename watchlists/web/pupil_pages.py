"""The pages about one pupil: listed, with what was noticed and your view; or not listed, and why."""

from collections.abc import Mapping
from typing import Any

from fastapi import Response

from watchlists import answers
from watchlists.certainty import NOBODY_KNOWS, how_sure
from watchlists.entered import KINDS, entered_for
from watchlists.folding import FOLDED
from watchlists.holds import KINDS as HOLDS
from watchlists.ideas import ideas
from watchlists.language import marked, said, translated
from watchlists.phrases import long_day, short_day
from watchlists.roster import HELD_OUT
from watchlists.support import in_words
from watchlists.web.around import around
from watchlists.web.dates import as_of, day_of, local
from watchlists.web.drawing import drawings
from watchlists.web.gate import Gate
from watchlists.web.place import Place
from watchlists.web.templating import Pen
from watchlists.web.views import dated_rows, in_two, name_of
from watchlists.web.visitor import Seen

SAVED = {
    "view": marked("Your view is saved."),
    "support": marked("The support is saved. The next night’s list reads it."),
    "review": marked("The review is saved. The next night’s list reads it."),
    "mistake": marked("Thank you. Whoever puts records right will see it."),
    "held": marked("The pupil is left out from now on."),
    "released": marked("The pupil is in the next night’s list like everyone else."),
}
AGAIN = marked("Listed again from the next night on.")
OF_RECORD = 12  # characters of a record's link
Fault = tuple[str, str]


class PupilPages:
    """What is shown of one pupil, only after the gate has let the visitor through."""

    def __init__(self, gate: Gate, pen: Pen) -> None:
        self.gate, self.opaque, self.pen = gate, gate.opaque, pen

    def pupil(self, visitor: Seen, pupil: str, saved: str = "") -> Response:
        """One pupil's page."""
        place, pupil_id = self.gate.pupil(visitor, pupil, "viewed")
        return self.of_pupil(
            visitor, place, pupil_id, saved=translated(SAVED[saved]) if saved in SAVED else ""
        )

    def of_pupil(
        self, visitor: Seen, place: Place, pupil_id: str, *, saved: str = "", fault: Fault | None = None,
        form: Mapping[str, str] | None = None, status: int = 200,
    ) -> Response:  # fmt: skip
        """The page of a pupil the gate has let through; with what is wrong in a form, where something is."""
        person = place.people.get(pupil_id)
        given: dict[str, Any] = {
            **self.around(visitor, place), "name": name_of(pupil_id, place.people, self.opaque), "saved": saved,
            "person": person, "fault": fault, "form": form or {}, **self._said(place, pupil_id),
        }  # fmt: skip
        if not place.lists(pupil_id):
            return self.pen.page("not_listed.html", status, **given, **self._why(place, pupil_id))
        return self.pen.page("pupil.html", status, **given, **self._listed(place, pupil_id))

    def around(self, visitor: Seen, place: Place) -> dict[str, Any]:
        """What stands around a pupil's page."""
        return around(visitor, place.run, place.school_id, self.opaque, "pupil")

    def record_link(self, pupil_id: str, row: tuple[str, str, str]) -> str:
        """The address of one dated record: the same while it stands in the pupil's list."""
        return self.opaque.of("record", "\0".join((pupil_id, *row)))[:OF_RECORD]

    def _listed(self, place: Place, pupil_id: str) -> dict[str, Any]:
        run, day = place.run, as_of(place.run, place.school_id)
        row, card = next(row for row in place.rows if row.pupil_id == pupil_id), run.pupils[pupil_id]
        sure = run.facts.get("how_sure") or {"of_ten": None, "n": 0}
        records = dated_rows([*card["concerns"], *card["strengths"]], day)
        return {
            "row": row,
            "card": card,
            "ideas": ideas([concern["family"] for concern in card["concerns"]]),
            "nobody_knows": said(NOBODY_KNOWS),
            "concerns": list(zip(card["concerns"], drawings(card["concerns"], day), strict=True)),
            "sure": None if run.by_facts_only else how_sure(sure["of_ten"], sure["n"]),
            "records": [(*record, self.record_link(pupil_id, record)) for record in records],
            "since": long_day(day_of(row.since), day),
            "support": [in_two(translated(words), " since ") for words in card["support"]],
            "week": lambda held: short_day(held, day),
            "folded": place.folded.get(pupil_id) == FOLDED,
        }

    def _why(self, place: Place, pupil_id: str) -> dict[str, Any]:
        row = next(row for row in place.roll if row.pupil_id == pupil_id)
        left = next((off["why"] for off in place.off if off["pupil_id"] == pupil_id), "")
        told = (
            said("On the last list, and off this one: {why}", why=left)
            if left
            else translated(row.why or AGAIN)
        )
        why = said(HELD_OUT) if pupil_id in place.held else told
        return {"year_group": row.year_group, "why": why}

    def _said(self, place: Place, pupil_id: str) -> dict[str, Any]:
        """What staff have said, and the choices their forms offer."""
        store, day = self.gate.store, as_of(place.run, place.school_id)
        held = place.held.get(pupil_id)
        return {
            "answers": answers.ANSWERS,
            "most": answers.LONGEST_NOTE,
            "earlier": [(held.words, held.by, local(held.at), held.note) for held in answers.of_pupil(store, pupil_id)],
            "kinds": KINDS,
            "entered": [
                (f"{row.kind} {row.start_date}", in_words(row.kind), short_day(row.start_date, day),
                 short_day(row.end_date, day) if row.end_date else "")
                for row in entered_for(store, pupil_id)
            ],
            "today": self.gate.clock().date().isoformat(),
            "may_hold": place.whole,
            "hold_kinds": HOLDS,
            "hold": (HOLDS[held.kind], held.by, local(held.at)) if held else None,
        }  # fmt: skip
