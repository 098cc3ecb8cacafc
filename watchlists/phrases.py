"""Numbers, dates and comparisons in plain English: every form of number, and never more than is known."""

from collections.abc import Sequence
from datetime import date

from watchlists.language import marked, marked_of, said, said_of

ORDINALS = (marked("first"), marked("second"), marked("third"), marked("fourth"), marked("fifth"), marked("sixth"),
            marked("seventh"), marked("eighth"), marked("ninth"), marked("tenth"))  # fmt: skip
MONTHS = (marked("January"), marked("February"), marked("March"), marked("April"), marked("May"), marked("June"),
          marked("July"), marked("August"), marked("September"), marked("October"), marked("November"),
          marked("December"))  # fmt: skip
WEEKDAYS = (marked("Monday"), marked("Tuesday"), marked("Wednesday"), marked("Thursday"), marked("Friday"),
            marked("Saturday"), marked("Sunday"))  # fmt: skip
NOUNS = {
    "afternoon": marked_of("{number} afternoon", "{number} afternoons"),
    "day": marked_of("{number} day", "{number} days"),
    "dated record": marked_of("{number} dated record", "{number} dated records"),
    "entry": marked_of("{number} entry", "{number} entries"),
    "incident": marked_of("{number} incident", "{number} incidents"),
    "lesson": marked_of("{number} lesson", "{number} lessons"),
    "listing": marked_of("{number} listing", "{number} listings"),
    "minute": marked_of("{number} minute", "{number} minutes"),
    "morning": marked_of("{number} morning", "{number} mornings"),
    "pupil": marked_of("{number} pupil", "{number} pupils"),
    "recognition": marked_of("{number} recognition", "{number} recognitions"),
    "row": marked_of("{number} row", "{number} rows"),
    "school day": marked_of("{number} school day", "{number} school days"),
    "session": marked_of("{number} session", "{number} sessions"),
    "stay": marked_of("{number} stay", "{number} stays"),
    "suspension": marked_of("{number} suspension", "{number} suspensions"),
    "week": marked_of("{number} week", "{number} weeks"),
}
SHORT = 3  # letters of a day or month in a table cell
SCHOOL_YEAR_BEGINS = 9  # September


def school_year(day: date) -> int:
    """The calendar year in which the school year of that day began (1 September)."""
    return day.year if day.month >= SCHOOL_YEAR_BEGINS else day.year - 1


def long_day(day: date, as_of: date) -> str:
    """A date in full, with its year only when it lies in another school year than `as_of`.

    >>> long_day(date(2025, 11, 3), date(2025, 11, 21)), long_day(date(2024, 11, 3), date(2025, 11, 21))
    ('3 November', '3 November 2024')
    """
    if school_year(day) == school_year(as_of):
        return said("{day} {month}", day=day.day, month=month(day))
    return said("{day} {month} {year}", day=day.day, month=month(day), year=day.year)


def short_day(day: date, as_of: date) -> str:
    """A date for a table cell: "15 Sep", with its year only when it lies in another school year."""
    if school_year(day) == school_year(as_of):
        return said("{day} {month}", day=day.day, month=month(day)[:SHORT])
    return said("{day} {month} {year}", day=day.day, month=month(day)[:SHORT], year=day.year)


def week_day(day: date) -> str:
    """A date with its day of the week: "Fri 21 Nov"."""
    weekday, short = week_day_name(day)[:SHORT], month(day)[:SHORT]
    return said("{weekday} {day} {month}", weekday=weekday, day=day.day, month=short)


def full_date(day: date) -> str:
    """A date for a heading: "Monday 24 November 2025"."""
    weekday = week_day_name(day)
    return said(
        "{weekday} {day} {month} {year}", weekday=weekday, day=day.day, month=month(day), year=day.year
    )


def month(day: date) -> str:
    """The name of the month: "November"."""
    return said(MONTHS[day.month - 1])


def week_day_name(day: date) -> str:
    """The name of the day of the week: "Monday"."""
    return said(WEEKDAYS[day.weekday()])


def counted(number: float, noun: str) -> str:
    """A number with its noun, one of NOUNS.

    >>> counted(1, "session"), counted(2.5, "session"), counted(0, "day")
    ('1 session', '2.5 sessions', '0 days')
    """
    return said_of(number, *NOUNS[noun])


def ordinal(number: int) -> str:
    """A place in a row, in words up to ten.

    >>> ordinal(1), ordinal(11), ordinal(22)
    ('first', '11th', '22nd')
    """
    if number <= len(ORDINALS):
        return said(ORDINALS[number - 1])
    return nth(number)


def nth(number: int) -> str:
    """A place in a row, in figures: "3rd"."""
    teens = 10 <= number % 100 <= 20
    return f"{number}{'th' if teens else {1: 'st', 2: 'nd', 3: 'rd'}.get(number % 10, 'th')}"


def times(number: int) -> str:
    """How often: "once", "twice", "3 times"."""
    if number == 2:
        return said("twice")
    return said_of(number, "once", "{number} times")


def listed_in_words(words: Sequence[str]) -> str:
    """Words as a list in a sentence.

    >>> listed_in_words(["Monday"]), listed_in_words(["Monday", "Tuesday", "Friday"])
    ('Monday', 'Monday, Tuesday and Friday')
    """
    if len(words) < 2:
        return "".join(words)
    return said("{some} and {last}", some=", ".join(words[:-1]), last=words[-1])


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
        return said("; none {period}", period=period)
    if not like_for_like:
        return said("; {before} {period}", before=f"{before:g}", period=said("in all of September"))
    if before == now:
        return said(", as many as {period}", period=period)
    words = marked(", up from {before} {period}") if now > before else marked(", down from {before} {period}")
    return said(words, before=f"{before:g}", period=period)
