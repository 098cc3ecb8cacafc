"""What may be written as a concern: for each reason family a sentence from the pupil's own rows, or none."""

from collections.abc import Callable, Iterable

from watchlists.concerns.absence import absence, gone_quiet, unauthorised
from watchlists.concerns.belonging import belonging
from watchlists.concerns.incidents import incidents
from watchlists.concerns.lateness import lateness
from watchlists.concerns.lessons import lessons
from watchlists.concerns.moves import moves, part_time
from watchlists.concerns.removals import removals
from watchlists.concerns.suspensions import suspensions
from watchlists.language import said
from watchlists.phrases import school_year
from watchlists.records import Record
from watchlists.sentences import NO_SINGLE_ONE, Sentence

MOST_CONCERNS = 3
ABSENCE = ("absence", "unauthorised")  # the same sessions are not told twice
CONCERNS: dict[str, Callable[[Record], Sentence | None]] = {
    "suspensions": suspensions, "part_time": part_time, "moves": moves, "removals": removals,
    "incidents": incidents, "lessons": lessons, "absence": absence, "unauthorised": unauthorised,
    "lateness": lateness, "belonging": belonging,
}  # fmt: skip


def concerns(record: Record, families: Iterable[str]) -> tuple[Sentence, ...]:
    """At most three concerns, in the order of the families; one that the rows do not bear out is passed over, and one
    that has eased is told only where there is no other.

    A register that has gone quiet comes first whatever the families: missing data is said, not guessed.
    """
    quiet = gone_quiet(record)
    told = [quiet] if quiet else []
    for family in families:
        sentence = CONCERNS[family](record) if family in CONCERNS else None
        if sentence and not (family in ABSENCE and any(other.family in ABSENCE for other in told)):
            told.append(sentence)
    told = [sentence for sentence in told if not sentence.eased] or told
    told.sort(key=lambda sentence: _of_last_year(record, sentence))
    return tuple(told[:MOST_CONCERNS]) or (Sentence(said(NO_SINGLE_ONE), "several", "no_single_one", {}),)


def _of_last_year(record: Record, sentence: Sentence) -> bool:
    """Whether nothing behind a sentence is of this school year: such a one is told last."""
    return all(school_year(row.date) < school_year(record.as_of) for row in sentence.rows)
