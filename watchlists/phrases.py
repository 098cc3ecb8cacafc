"""Numbers, dates and comparisons in plain English: every form of number, and never more than is known."""

from collections.abc import Sequence
from datetime import date

ORDINALS = ("first", "second", "third", "fourth", "fifth", "sixth", "seventh", "eighth", "ninth", "tenth")
TIMES = {1: "once", 2: "twice"}
SCHOOL_YEAR_BEGINS = 9  # September


def school_year(day: date) -> int:
    """The calendar year in which the school year of that day began (1 September)."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1


def long_day(day: date, as_of: date) -> str:
    """A date in full, with its year only when it lies in another school year than `as_of`.

    >>> long_day(date(2025, 11, 3), date(2025, 11, 21)), long_day(date(2024, 11, 3), date(2025, 11, 21))
    ('3 November', '3 November 2024')
    """
    year = "" if school_year(day) == school_year(as_of) else f" {day.year}"
    return f"{day.day} {day:%B}{year}"


def short_day(day: date, as_of: date) -> str:
    """A date for a table cell: "15 Sep", with its year only when it lies in another school year."""
    year = "" if school_year(day) == school_year(as_of) else f" {day.year}"
    return f"{day.day} {day:%b}{year}"


def week_day(day: date) -> str:
    """A date with its day of the week: "Fri 21 Nov"."""
    return f"{day:%a} {day.day} {day:%b}"


def full_date(day: date) -> str:
    """A date for a heading: "Monday 24 November 2025"."""
    return f"{day:%A} {day.day} {day:%B} {day.year}"


def counted(number: float, one: str, many: str | None = None) -> str:
    """A number with its noun.

    >>> counted(1, "session"), counted(2.5, "session"), counted(0, "day")
    ('1 session', '2.5 sessions', '0 days')
    """
    return f"{number:g} {one if number == 1 else many or one + 's'}"


def ordinal(number: int) -> str:
    """A place in a row, in words up to ten.

    >>> ordinal(1), ordinal(11), ordinal(22)
    ('first', '11th', '22nd')
    """
    if number <= len(ORDINALS):
        return ORDINALS[number - 1]
    return nth(number)


def nth(number: int) -> str:
    """A place in a row, in figures: "3rd"."""
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def times(number: int) -> str:
    """How often: "once", "twice", "3 times"."""
    return TIMES.get(number, f"{number} times")


def listed_in_words(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    >>> listed_in_words(["Monday"]), listed_in_words(["Monday", "Tuesday", "Friday"])
    ('Monday', 'Monday, Tuesday and Friday')
    """
    return " and ".join([", ".join(words[:-1]), words[-1]]) if len(words) > 1 else "".join(words)


def beside(now: float, before: float | None, period: str, *, like_for_like: bool = True) -> str:
    """The pupil's own earlier period, to follow a count.

    Up and down are only said of periods of the same length (`like_for_like`); without an earlier period there
    is nothing to say.

    >>> beside(6, 1, "in the first 30"), beside(5, 0, "in September"), beside(2, None, "in September")
    (', up from 1 in the first 30', '; none in September', '')
    """
    if before is None:
        return ""
    if before == 0:
        return f"; none {period}"
    if not like_for_like:
        return f"; {before:g} {period.replace('in September', 'in all of September')}"
    if before == now:
        return f", as many as {period}"
    return f", {'up' if now > before else 'down'} from {before:g} {period}"
