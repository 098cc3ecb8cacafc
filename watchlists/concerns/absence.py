"""Sessions missed, absence without an agreed reason, and a register that has gone quiet."""

from collections import Counter
from collections.abc import Sequence

from watchlists.concerns.counting import Counted, over_marks
from watchlists.phrases import counted, long_day
from watchlists.records import Mark, Record
from watchlists.sentences import Row, Sentence

SESSION_WINDOWS = (20, 30, 60, 120)
QUIET_DAYS = 3  # open days on which the school took registers and the pupil has no mark
REASONS = {
    "I": "illness", "I01": "illness", "I02": "illness", "M": "appointment", "N": "not yet known",
    "O": "no agreed reason", "G": "holiday",
}  # fmt: skip
NOT_AGREED = ("O", "G")
HALVES = {"AM": "Morning", "PM": "Afternoon"}


def absence(record: Record) -> Sentence | None:
    """ "Missed 6 of the last 30 sessions, up from 1 in the first 30.", and the reasons recorded."""
    count = over_marks(record.expected(), lambda mark: mark.missed, SESSION_WINDOWS, record.as_of)
    if count is None:
        return None
    reasons = reasons_recorded(count.found)
    return Sentence(
        _missed(count, ""), "absence", "sessions_missed", {**count.facts, **reasons}, _rows(count.found),
        note="Reasons recorded: " + ", ".join(f"{number} {words}" for words, number in reasons.items()) + ".",
        weekly="missed", eased=count.eased,
    )  # fmt: skip


def unauthorised(record: Record) -> Sentence | None:
    """ "Missed 3 of the last 30 sessions without an agreed reason; none in the first 30." """
    count = over_marks(record.expected(), lambda mark: mark.code in NOT_AGREED, SESSION_WINDOWS, record.as_of)
    if count is None:
        return None
    return Sentence(
        _missed(count, " without an agreed reason"), "unauthorised", "sessions_not_agreed", count.facts,
        _rows(count.found), weekly="not_agreed", eased=count.eased,
    )  # fmt: skip


def gone_quiet(record: Record) -> Sentence | None:
    """ "No attendance recorded since 14 November.": the school's registers went on, the pupil's did not."""
    until = record.marked_until
    if until is None or not record.attendance:
        return None
    last = record.attendance[-1].date
    days = record.time.days_between(last, until) - 1
    if days < QUIET_DAYS:
        return None
    return Sentence(
        f"No attendance recorded since {long_day(last, record.as_of)}.",
        "absence",
        "no_attendance",
        {"last_mark": last, "school_days": days},
        (Row(last, "Last mark in the register", "attendance"),),
        note=f"{counted(days, 'school day')} without a mark, while the school took its registers.",
        new_on=last,
    )


def reasons_recorded(missed: Sequence[Mark]) -> dict[str, int]:
    """How many sessions were missed for each recorded reason, the most frequent first."""
    reasons = Counter(REASONS.get(mark.code, "other") for mark in missed)
    return dict(sorted(reasons.items(), key=lambda item: (-item[1], item[0])))


def _missed(count: Counted[Mark], reason: str) -> str:
    number = len(count.found)
    every = number == count.out_of
    share = f"all of the last {count.out_of}" if every else f"{number} of the last {count.out_of}"
    return f"Missed {share} sessions{reason}{count.comparison}."


def _rows(missed: Sequence[Mark]) -> tuple[Row, ...]:
    return tuple(
        Row(
            mark.date,
            f"{HALVES[mark.session]} missed: {REASONS.get(mark.code, 'other')}",
            "attendance",
        )
        for mark in missed
    )
