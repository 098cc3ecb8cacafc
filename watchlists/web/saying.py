"""What staff say: your view, support started, reviewed and ended, a mistake in the records, a hold."""

from datetime import date, timedelta

from fastapi import HTTPException, Response
from fastapi.responses import RedirectResponse

from watchlists import answers, entered, holds, mistakes
from watchlists.answers import ANSWERS, WRONG, Answer
from watchlists.entered import KINDS, Support
from watchlists.holds import Hold
from watchlists.language import marked
from watchlists.mistakes import Mistake
from watchlists.web.dates import as_of
from watchlists.web.gate import MISSING, Gate
from watchlists.web.place import Place
from watchlists.web.pupil_pages import PupilPages
from watchlists.web.templating import Pen
from watchlists.web.views import dated_rows, name_of
from watchlists.web.visitor import Form, Seen

LONG_AGO = timedelta(days=400)
CHOOSE = ("answer-supported", marked("Choose an answer"))
TOO_LONG = ("note", marked("Shorten the note: the length is said above it"))
WHICH_SUPPORT = ("kind", marked("Choose a kind of support"))
WHICH_DAY = ("start", marked("Give the day it started, not in the future"))
WHICH_REASON = ("hold-objection", marked("Choose why the pupil is left out"))
Fault = tuple[str, str]


class Saying:
    """The answers to forms about one pupil: each passes the gate, is noted, and leads back to the page."""

    def __init__(self, gate: Gate, pen: Pen, pages: PupilPages) -> None:
        self.gate, self.pen, self.pages = gate, pen, pages

    def view(self, visitor: Seen, pupil: str, form: Form) -> Response:
        """One of the five answers with a short note; "information is wrong" is a data issue too."""
        place, pupil_id = self._pupil(visitor, pupil, form, "answered")
        said, note, now = form.get("answer", ""), form.get("note", "").strip(), self.gate.clock()
        fault = CHOOSE if said not in ANSWERS else TOO_LONG if len(note) > answers.LONGEST_NOTE else None
        if fault:
            return self._again(visitor, place, pupil_id, fault, form)
        by, seen = visitor.account.full_name, as_of(place.run, place.school_id).isoformat()
        answers.save(self.gate.store, Answer(pupil_id, place.school_id, said, note, seen, by, now))
        if said == WRONG:
            self._report(place, pupil_id, "", note, by)
        return _back(pupil, "view")

    def support(self, visitor: Seen, pupil: str, form: Form) -> Response:
        """Support that was started: a record that the next ingest reads."""
        place, pupil_id = self._pupil(visitor, pupil, form, "support entered")
        start, today = _day(form.get("start", "")), self.gate.clock().date()
        fault = WHICH_SUPPORT if form.get("kind") not in KINDS else None
        if fault is None and (start is None or not today - LONG_AGO <= start <= today):
            fault = WHICH_DAY
        if fault or start is None:
            return self._again(visitor, place, pupil_id, fault or WHICH_DAY, form)
        by = visitor.account.full_name
        entered.enter(
            self.gate.store, Support(pupil_id, place.school_id, form["kind"], start, None, today, by)
        )
        return _back(pupil, "support")

    def review(self, visitor: Seen, pupil: str, form: Form) -> Response:
        """Support that was reviewed today, and ended if so said."""
        place, pupil_id = self._pupil(visitor, pupil, form, "support reviewed")
        today, by = self.gate.clock().date(), visitor.account.full_name
        held = {f"{row.kind} {row.start_date}": row for row in entered.entered_for(self.gate.store, pupil_id)}
        row = held.get(form.get("support", ""))
        if row is None:
            raise HTTPException(MISSING)
        entered.review(self.gate.store, pupil_id, place.school_id, today, today, by)
        if form.get("ended"):
            ended = Support(pupil_id, row.school_id, row.kind, row.start_date, today, today, by)
            entered.enter(self.gate.store, ended)
        return _back(pupil, "review")

    def mistake_page(self, visitor: Seen, pupil: str, record: str) -> Response:
        """The form that reports a mistake in one dated record."""
        place, pupil_id = self.gate.pupil(visitor, pupil, "viewed")
        row = self._record(place, pupil_id, record)
        name = name_of(pupil_id, place.people, self.gate.opaque)
        return self.pen.page(
            "mistake.html", **self.pages.around(visitor, place), name=name, row=row, record=record, error=""
        )

    def mistake(self, visitor: Seen, pupil: str, record: str, form: Form) -> Response:
        """A mistake in one dated record, kept for whoever puts records right."""
        place, pupil_id = self._pupil(visitor, pupil, form, "mistake reported")
        day, what, source = self._record(place, pupil_id, record)
        note = form.get("note", "").strip()[: answers.LONGEST_NOTE]
        self._report(place, pupil_id, f"{day}: {what} ({source})", note, visitor.account.full_name)
        return _back(pupil, "mistake")

    def settle(self, visitor: Seen, school: str, mistake: int, form: Form) -> Response:
        """A report settled."""
        self.gate.check(visitor, form)
        place = self.gate.school(visitor, school, "mistake settled")
        own = place.own
        for held in mistakes.open_mistakes(self.gate.store, place.school_id):
            if held.number == mistake and held.pupil_id in own:
                mistakes.settle(self.gate.store, mistake, visitor.account.full_name, self.gate.clock())
                return RedirectResponse(f"/school/{school}/mistakes", status_code=303)
        raise HTTPException(MISSING)

    def hold(self, visitor: Seen, pupil: str, form: Form) -> Response:
        """A hold begun or ended, by those who look after the whole school."""
        place, pupil_id = self._pupil(visitor, pupil, form, "hold")
        if not place.whole:
            raise HTTPException(MISSING)
        if form.get("end"):
            holds.release(self.gate.store, pupil_id)
            return _back(pupil, "released")
        if form.get("kind") not in holds.KINDS:
            return self._again(visitor, place, pupil_id, WHICH_REASON, form)
        by, now = visitor.account.full_name, self.gate.clock()
        holds.hold(self.gate.store, Hold(pupil_id, place.school_id, form["kind"], by, now))
        return _back(pupil, "held")

    def _pupil(self, visitor: Seen, pupil: str, form: dict[str, str], act: str) -> tuple[Place, str]:
        self.gate.check(visitor, form)
        return self.gate.pupil(visitor, pupil, act)

    def _record(self, place: Place, pupil_id: str, record: str) -> tuple[str, str, str]:
        card = place.run.pupils.get(pupil_id) if place.lists(pupil_id) else None
        told = [*card["concerns"], *card["strengths"]] if card else []
        for row in dated_rows(told, as_of(place.run, place.school_id)):
            if self.pages.record_link(pupil_id, row) == record:
                return row
        raise HTTPException(MISSING)

    def _report(self, place: Place, pupil_id: str, what: str, note: str, by: str) -> None:
        now = self.gate.clock()
        mistakes.report(self.gate.store, Mistake(0, pupil_id, place.school_id, what, note, by, now))

    def _again(
        self, visitor: Seen, place: Place, pupil_id: str, fault: Fault, form: dict[str, str]
    ) -> Response:
        return self.pages.of_pupil(visitor, place, pupil_id, fault=fault, form=form, status=422)


def _back(pupil: str, saved: str) -> Response:
    return RedirectResponse(f"/pupil/{pupil}?saved={saved}#saved", status_code=303)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text.strip())
    except ValueError:
        return None
