"""Late mornings (or afternoons, where those are the late ones)."""

from watchlists.concerns.counting import Counted, over_marks
from watchlists.language import marked, said
from watchlists.phrases import counted
from watchlists.records import Mark, Record
from watchlists.sentences import Row, Sentence

MORNING_WINDOWS = (15, 30, 60)
HALVES = {"AM": "morning", "PM": "afternoon"}
SOME = marked("Arrived late to {number} of the last {halves}{beside}.")
ALL = marked("Arrived late to all of the last {halves}{beside}.")
LATE = {"AM": marked("Late to the morning"), "PM": marked("Late to the afternoon")}


def lateness(record: Record) -> Sentence | None:
    """ "Arrived late to 5 of the last 15 mornings; none in September." """
    counts = {half: _late(record, half) for half in HALVES}
    half = max(HALVES, key=lambda half: _share(counts[half]))
    count = counts[half]
    if count is None:
        return None
    number, words = len(count.found), HALVES[half]
    told, halves = ALL if number == count.out_of else SOME, counted(count.out_of, words)
    minutes = sum(mark.minutes_late or 0 for mark in count.found)
    return Sentence(
        said(told, number=number, halves=halves, beside=count.comparison),
        "lateness",
        f"late_{words}s",
        {**count.facts, "minutes": minutes},
        tuple(_row(mark) for mark in count.found),
        note=said("{minutes} late in all.", minutes=counted(minutes, "minute")) if minutes else "",
        weekly=f"late_{words}s",
        eased=count.eased,
    )


def _late(record: Record, half: str) -> Counted[Mark] | None:
    marks = [mark for mark in record.expected() if mark.session == half]
    return over_marks(marks, lambda mark: mark.late, MORNING_WINDOWS, record.as_of, beside_september=True)


def _share(count: Counted[Mark] | None) -> float:
    return len(count.found) / count.out_of if count else 0.0


def _row(mark: Mark) -> Row:
    words = (
        said(LATE[mark.session]),
        counted(mark.minutes_late, "minute") if mark.minutes_late else "",
        said("after the register closed") if mark.code == "U" else "",
    )
    return Row(mark.date, ", ".join(filter(None, words)), "attendance")
