"""Part-time timetables, and moves to provision elsewhere."""

from watchlists.concerns.counting import over_marks
from watchlists.phrases import long_day
from watchlists.records import Move, Record
from watchlists.sentences import Row, Sentence

PART_TIME = "part_time_timetable"
BEGUN = {
    "off_site_direction": "Directed to provision off site",
    "offsite_direction": "Directed to provision off site",
    "alternative_provision": "Began at alternative provision",
    "managed_move": "A managed move began",
    "elective_home_education": "Home education was recorded",
    "off_roll": "Leaving the roll was recorded",
}
OFF_SITE = ("B", "D", "K")
A_YEAR = 190  # open days
MARK_WINDOWS = (30, 60, 120)


def part_time(record: Record) -> Sentence | None:
    """ "On a part-time timetable since 3 November; review due on 28 November.", or the sessions so marked."""
    held = [row for row in record.moves if row.kind == PART_TIME]
    now = [row for row in held if row.end_date is None or row.end_date > record.as_of]
    if now:
        return _move(record, now[-1], "part_time", "On a part-time timetable since {day}", "part_time_now")
    recent = [row for row in held if row.end_date and record.time.within_last(row.end_date, A_YEAR)]
    if recent and recent[-1].end_date:
        ended = recent[-1].end_date
        return Sentence(
            f"A part-time timetable ended on {long_day(ended, record.as_of)}.",
            "part_time",
            "part_time_ended",
            {"start": recent[-1].start_date, "end": ended},
            (Row(recent[-1].start_date, "Part-time timetable began", "moves"),),
        )
    return _marked(record, ("C2",), "part_time", "{share} sessions were on an agreed part-time timetable.")


def moves(record: Record) -> Sentence | None:
    """ "Began at alternative provision on 3 November; review due on 28 November.", or sessions off site."""
    held = [
        row for row in record.moves if row.kind in BEGUN and record.time.within_last(row.start_date, A_YEAR)
    ]
    if held:
        return _move(record, held[-1], "moves", BEGUN[held[-1].kind] + " on {day}", "move_begun")
    return _marked(record, OFF_SITE, "moves", "{share} sessions were recorded as off site.")


def _move(record: Record, move: Move, family: str, words: str, kind: str) -> Sentence:
    day = long_day(move.start_date, record.as_of)
    review = move.review_date
    past = review is not None and review <= record.as_of
    due = f"; review {'was due' if past else 'due'} on {long_day(review, record.as_of)}" if review else ""
    note = "" if review else "No review date recorded."
    return Sentence(
        words.format(day=day) + due + ".", family, kind, {"start": move.start_date, "review": review},
        (Row(move.start_date, words.format(day=day), "moves"),), note=note, new_on=move.start_date,
    )  # fmt: skip


def _marked(record: Record, codes: tuple[str, ...], family: str, words: str) -> Sentence | None:
    marks = [mark for mark in record.attendance if mark.expected or mark.code in codes]
    count = over_marks(marks, lambda mark: mark.code in codes, MARK_WINDOWS, record.as_of)
    if count is None:
        return None
    share = f"{len(count.found)} of the last {count.out_of}"
    return Sentence(
        words.format(share=share), family, f"{family}_marked",
        {"count": len(count.found), "out_of": count.out_of},
        tuple(Row(mark.date, f"Session marked {mark.code}", "attendance") for mark in count.found),
    )  # fmt: skip
