"""What is held of one pupil and why, in plain words for the pupil and the family: no score, no place, no jargon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from watchlists import answers, entered, holds
from watchlists.language import marked, said
from watchlists.people import everyone
from watchlists.phrases import counted, full_date
from watchlists.support import in_words

TABLES = {
    "pupils": marked("Date of birth and school record"),
    "enrolments": marked("Schools and year groups"),
    "attendance": marked("Attendance marks"),
    "lessons": marked("Lesson marks"),
    "incidents": marked("Recorded incidents"),
    "achievements": marked("Recognitions"),
    "removals": marked("Times in internal exclusion"),
    "suspensions": marked("Suspensions"),
    "moves": marked("Moves and part-time timetables"),
    "needs": marked("Needs and services on record"),
    "referrals": marked("Referrals to services"),
    "support": marked("Support in place"),
    "meetings": marked("Meetings"),
    "surveys": marked("Survey answers of the pupil’s own"),
}
WHY = marked(
    "Your school uses Handrail to notice early when a pupil may need more help, and to offer it. It compares a "
    "pupil’s own recent weeks with earlier ones and puts together a short list for staff to talk about. It decides "
    "nothing: people do. It may never be used as a reason for a sanction, a move or an exclusion."
)
NEVER = marked(
    "It never uses ethnicity, religion, language, sex, free school meals or address to choose who is listed. It holds "
    "no police records, no records of other family members and nothing from social media."
)
RIGHTS = marked(
    "You can have a mistake put right, ask to be left off while it is looked into, or object altogether. Tell the "
    "school office. You can also complain to the Information Commissioner: ico.org.uk."
)


@dataclass(frozen=True)
class Family:
    """What the page is written from: the pupil, the day, rows held by table, and the pupil's card where listed."""

    pupil_id: str
    as_of: date
    held: Mapping[str, tuple[int, date | None, date | None]]
    card: Mapping[str, Any] | None


def family_page(store: Path, family: Family) -> str:
    """The page as plain text, to print and hand over."""
    person = everyone(store).get(family.pupil_id)
    parts = [
        (
            said("What Handrail holds about {pupil}", pupil=person.name if person else said("this pupil")),
            [said("As of {day}.", day=full_date(family.as_of))],
        ),
        (said("Why"), [said(WHY)]),
        (said("What is held"), [_line(name, *rows) for name, rows in family.held.items() if name in TABLES]),
        (said("On the list this week?"), _listed(store, family)),
        (said("What staff have written"), _written(store, family.pupil_id)),
        (said("What it never uses"), [said(NEVER)]),
        (said("Your rights"), [said(RIGHTS)]),
    ]  # fmt: skip
    return "\n\n".join("\n".join([title, *lines]) for title, lines in parts)


def _line(name: str, rows: int, first: date | None, last: date | None) -> str:
    held = said("{table}: {rows}", table=said(TABLES[name]), rows=counted(rows, "row"))
    if not (first and last):
        return f"- {held}"
    return "- " + said("{held}, {first} to {last}", held=held, first=full_date(first), last=full_date(last))


def _listed(store: Path, family: Family) -> list[str]:
    if family.pupil_id in holds.held(store):
        return [said("No: left out while an objection or a correction is looked into.")]
    if family.card is None:
        return [said("No.")]
    noticed = [concern["text"] for concern in family.card["concerns"]]
    well = [strength["text"] for strength in family.card["strengths"]]
    return [
        said("Yes: staff were asked to talk about what help to offer."),
        said("What was noticed:"), *(f"- {text}" for text in noticed),
        said("What is going well:"), *(f"- {text}" for text in well),
    ]  # fmt: skip


def _written(store: Path, pupil_id: str) -> list[str]:
    """Answers and notes: they are about the pupil, so the pupil may read them."""
    said = [
        f"- {full_date(held.at.date())}: {said(held.words)}" + (f". “{held.note}”" if held.note else "")
        for held in answers.of_pupil(store, pupil_id)
    ]
    support = [
        "- " + said("Support: {kind}, from {day}", kind=in_words(held.kind), day=full_date(held.start_date))
        for held in entered.entered_for(store, pupil_id)
    ]
    return [*said, *support] or [said("Nothing.")]
