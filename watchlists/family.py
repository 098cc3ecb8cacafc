"""What is held of one pupil and why, in plain words for the pupil and the family: no score, no place, no jargon."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from watchlists import answers, entered, holds
from watchlists.people import everyone
from watchlists.phrases import counted, full_date

TABLES = {
    "pupils": "Date of birth and school record",
    "enrolments": "Schools and year groups",
    "attendance": "Attendance marks",
    "lessons": "Lesson marks",
    "incidents": "Recorded incidents",
    "achievements": "Recognitions",
    "removals": "Times in internal exclusion",
    "suspensions": "Suspensions",
    "moves": "Moves and part-time timetables",
    "needs": "Needs and services on record",
    "referrals": "Referrals to services",
    "support": "Support in place",
    "meetings": "Meetings",
    "surveys": "Survey answers of the pupil’s own",
}
WHY = (
    "Your school uses Handrail to notice early when a pupil may need more help, and to offer it. It compares a "
    "pupil’s own recent weeks with earlier ones and puts together a short list for staff to talk about. It decides "
    "nothing: people do. It may never be used as a reason for a sanction, a move or an exclusion."
)
NEVER = (
    "It never uses ethnicity, religion, language, sex, free school meals or address to choose who is listed. It holds "
    "no police records, no records of other family members and nothing from social media."
)
RIGHTS = (
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
        (f"What Handrail holds about {person.name if person else 'this pupil'}", [f"As of {full_date(family.as_of)}."]),
        ("Why", [WHY]),
        ("What is held", [_line(name, *rows) for name, rows in family.held.items() if name in TABLES]),
        ("On the list this week?", _listed(store, family)),
        ("What staff have written", _written(store, family.pupil_id)),
        ("What it never uses", [NEVER]),
        ("Your rights", [RIGHTS]),
    ]  # fmt: skip
    return "\n\n".join("\n".join([title, *lines]) for title, lines in parts)


def _line(name: str, rows: int, first: date | None, last: date | None) -> str:
    when = f", {full_date(first)} to {full_date(last)}" if first and last else ""
    return f"- {TABLES[name]}: {counted(rows, 'row')}{when}"


def _listed(store: Path, family: Family) -> list[str]:
    if family.pupil_id in holds.held(store):
        return ["No: left out while an objection or a correction is looked into."]
    if family.card is None:
        return ["No."]
    noticed = [concern["text"] for concern in family.card["concerns"]]
    well = [strength["text"] for strength in family.card["strengths"]]
    return [
        "Yes: staff were asked to talk about what help to offer.",
        "What was noticed:", *(f"- {text}" for text in noticed), "What is going well:", *(f"- {text}" for text in well),
    ]  # fmt: skip


def _written(store: Path, pupil_id: str) -> list[str]:
    """Answers and notes: they are about the pupil, so the pupil may read them."""
    said = [
        f"- {held.at:%d %B %Y}: {held.words}" + (f". “{held.note}”" if held.note else "")
        for held in answers.of_pupil(store, pupil_id)
    ]
    support = [
        f"- Support: {entered.KINDS.get(held.kind, held.kind)}, from {full_date(held.start_date)}"
        for held in entered.entered_for(store, pupil_id)
    ]
    return [*said, *support] or ["Nothing."]
