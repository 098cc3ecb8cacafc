"""The three parts of the list. Their size is the team's capacity, never a threshold on a child."""

from collections.abc import Sequence
from datetime import date

from watchlists.language import marked
from watchlists.records import Record
from watchlists.sentences import Sentence

TALK, EYE, FRESH = marked("Talk this week"), marked("Keep an eye"), marked("New information")
BANDS = (TALK, EYE, FRESH)
NEWLY = 5  # open days


def band(place: int, talk: int, *, new: bool, news: bool) -> str:
    """The part of the list for the pupil in that place (from 1) of its team's list."""
    if place <= talk:
        return TALK
    return FRESH if new and news else EYE


def has_news(record: Record, concerns: Sequence[Sentence]) -> bool:
    """Whether a concern began within the last five school days: a first incident, a register gone quiet."""
    begun: list[date] = [sentence.new_on for sentence in concerns if sentence.new_on]
    return any(record.time.within_last(day, NEWLY) for day in begun)
