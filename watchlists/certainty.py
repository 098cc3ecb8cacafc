"""How sure? In natural frequencies, from lists of the past that were checked against what came after."""

from dataclasses import dataclass

from watchlists.language import marked, said

ENOUGH = 30  # past listings
NUDGE = marked("This is a nudge to look.")
TOO_FEW = marked("Too few past lists have been checked to say how often a listing was borne out.")
NOBODY_KNOWS = marked("Nobody can say which ones. Help from adults may be why some did not.")


@dataclass(frozen=True)
class HowSure:
    """The sentence, and of ten pupils how many moved up a step (none where too little is known)."""

    sentence: str
    of_ten: int | None


def how_sure(of_ten: int | None, checked: int) -> HowSure:
    """What past lists say of ten pupils listed like this.

    >>> how_sure(4, 412).sentence
    'This is a nudge to look. Of 10 pupils listed like this before, about 4 moved up a step and 6 did not.'
    """
    if of_ten is None or checked < ENOUGH:
        return HowSure(f"{said(NUDGE)} {said(TOO_FEW)}", None)
    return HowSure(f"{said(NUDGE)} {_moved(of_ten)}", of_ten)


def few(of_ten: int) -> str:
    """A number of ten for a table: "about 4", "fewer than 1".

    >>> few(0), few(4), few(10)
    ('fewer than 1', 'about 4', 'nearly all')
    """
    if of_ten <= 0:
        return said("fewer than 1")
    return said("nearly all") if of_ten >= 10 else said("about {number}", number=of_ten)


def _moved(of_ten: int) -> str:
    some = marked("Of 10 pupils listed like this before, {few} moved up a step and {rest} did not.")
    ends = marked("Of 10 pupils listed like this before, {few} moved up a step.")
    return said(some if 0 < of_ten < 10 else ends, few=few(of_ten), rest=10 - of_ten)
