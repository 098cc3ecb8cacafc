"""Part-time timetables, and moves to provision elsewhere."""

from datetime import date

from watchlists.concerns.counting import over_marks
from watchlists.language import marked, said
from watchlists.phrases import counted, long_day
from watchlists.records import Move, Record
from watchlists.sentences import Row, Sentence

PART_TIME = "part_time_timetable"
BEGUN = {
    "off_site_direction": marked("Directed to provision off site on {day}"),
    "offsite_direction": marked("Directed to provision off site on {day}"),
    "alternative_provision": marked("Began at alternative provision on {day}"),
    "managed_move": marked("A managed move began on {day}"),
    "elective_home_education": marked("Home education was recorded on {day}"),
    "off_roll": marked("Leaving the roll was recorded on {day}"),
}
OFF_SITE = ("B", "D", "K")
A_YEAR = 190  # open days
MARK_WINDOWS = (30, 60, 120)


def part_time(record: Record) -> Sentence | None:
    """ "On a part-time timetable since 3 November; review due on 28 November.", or the sessions so marked."""
    held = [row for row in record.moves if row.kind == PART_TIME]
    now = [row for row in held if row.end_date is None or row.end_date > record.as_of]
    if now:
        return _move(
            record, now[-1], "part_time", marked("On a part-time timetable since {day}"), "part_time_now"
        )
    recent = [row for row in held if row.end_date and record.time.within_last(row.end_date, A_YEAR)]
    if recent and recent[-1].end_date:
        ended = recent[-1].end_date
        return Sentence(
            said("A part-time timetable ended on {day}.", day=long_day(ended, record.as_of)),
            "part_time",
            "part_time_ended",
            {"start": recent[-1].start_date, "end": ended},
            (Row(recent[-1].start_date, said("Part-time timetable began"), "moves"),),
        )
    words = marked("{number} of the last {sessions} were on an agreed part-time timetable.")
    return _marked(record, ("C2",), "part_time", words)


def moves(record: Record) -> Sentence | None:
    """ "Began at alternative provision on 3 November; review due on 28 November.", or sessions off site."""
    held = [
        row for row in record.moves if row.kind in BEGUN and record.time.within_last(row.start_date, A_YEAR)
    ]
    if held:
        return _move(record, held[-1], "moves", BEGUN[held[-1].kind], "move_begun")
    words = marked("{number} of the last {sessions} were recorded as off site.")
    return _marked(record, OFF_SITE, "moves", words)


def _move(record: Record, move: Move, family: str, words: str, kind: str) -> Sentence:
    began = said(words, day=long_day(move.start_date, record.as_of))
    review = move.review_date
    note = "" if review else said("No review date recorded.")
    return Sentence(
        said("{began}{due}.", began=began, due=_due(record, review)), family, kind,
        {"start": move.start_date, "review": review}, (Row(move.start_date, began, "moves"),),
        note=note, new_on=move.start_date,
    )  # fmt: skip


def _due(record: Record, review: date | None) -> str:
    if review is None:
        return ""
    words = marked("; review was due on {day}") if review <= record.as_of else marked("; review due on {day}")
    return said(words, day=long_day(review, record.as_of))


def _marked(record: Record, codes: tuple[str, ...], family: str, words: str) -> Sentence | None:
    marks = [mark for mark in record.attendance if mark.expected or mark.code in codes]
    count = over_marks(marks, lambda mark: mark.code in codes, MARK_WINDOWS, record.as_of)
    if count is None:
        return None
    return Sentence(
        said(words, number=len(count.found), sessions=counted(count.out_of, "session")), family, f"{family}_marked",
        {"count": len(count.found), "out_of": count.out_of},
        tuple(Row(mark.date, said("Session marked {code}", code=mark.code), "attendance") for mark in count.found),
    )  # fmt: skip
