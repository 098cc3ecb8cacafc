"""What each template is given: words and links, never a score, a rank number or an id of the register."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from watchlists.bands import BANDS, FRESH, TALK
from watchlists.folding import FOLDED, FRESH_AGAIN
from watchlists.language import marked, said, translated
from watchlists.opaque import Opaque
from watchlists.people import Person
from watchlists.phrases import SHORT, counted, full_date, listed_in_words, short_day, week_day, week_day_name
from watchlists.support import NONE_RECORDED
from watchlists.too_old import list_of
from watchlists.web.place import Place
from watchlists.web.runs import Listed, Run

FEEDS = (marked("attendance"), marked("incidents"))
REGISTERS = (marked("attendance"), marked("lessons"))  # whose silence is said at the top
NURSERY, NO_YEAR_GROUP = marked("Nursery"), marked("No year group")
EARLY_YEARS = {"R": marked("Reception"), "N1": NURSERY, "N2": NURSERY, "N": NURSERY}


@dataclass(frozen=True)
class Name:
    """A pupil as pages speak of them: the link's id and the words."""

    opaque: str
    full: str
    short: str
    called: str
    tutor_group: str


@dataclass(frozen=True)
class Line:
    """One row of the list."""

    name: Name
    year: str
    noticed: str
    joined: str
    going_well: str
    change: str
    change_detail: str
    support: str
    support_detail: str
    supported: bool


@dataclass(frozen=True)
class Part:
    """One band of the list with its rows."""

    title: str
    anchor: str
    about: str
    lines: tuple[Line, ...]


def name_of(pupil_id: str, people: Mapping[str, Person], opaque: Opaque) -> Name:
    """The name on file, or "Pupil" with the short opaque id."""
    person, link = people.get(pupil_id), opaque.of("pupil", pupil_id)
    if person is None:
        nameless = opaque.nameless(pupil_id)
        return Name(link, nameless, nameless, said("this pupil"), "")
    return Name(link, person.name, person.short, person.called, person.tutor_group)


def parts(place: Place, rows: Iterable[Listed], opaque: Opaque, *, a_to_z: bool = False) -> list[Part]:
    """The bands that hold anyone, each in the order of the list, or A to Z for paper.

    Whom the visitor's team already supports is folded away (`folded_away`), and stands under New information where
    something new is recorded since.
    """
    found = []
    by_band: dict[str, list[Listed]] = {band: [] for band in BANDS}
    for row in rows:
        state = place.folded.get(row.pupil_id)
        if state != FOLDED:
            by_band[FRESH if state == FRESH_AGAIN else row.band].append(row)
    for band in BANDS:
        lines = [_line(row, place, opaque) for row in by_band[band]]
        if a_to_z:
            lines.sort(key=lambda line: (line.name.short.casefold(), line.name.opaque))
        if lines:
            number = counted(len(lines), "pupil")
            about = said("{pupils}, to meet first", pupils=number) if band == TALK else number
            found.append(Part(band, band.lower().replace(" ", "-"), about, tuple(lines)))
    return found


def folded_away(place: Place, rows: Iterable[Listed], opaque: Opaque) -> list[Name]:
    """The listed pupils among those rows who are already supported, with nothing new recorded since."""
    away = [row.pupil_id for row in rows if place.folded.get(row.pupil_id) == FOLDED]
    return [name_of(pupil, place.people, opaque) for pupil in away]


def in_two(text: str, mark: str) -> tuple[str, str]:
    """The words before a mark and those from it on, for the two lines of a table cell."""
    before, found, after = text.partition(mark)
    return before, f"{mark.strip(', ')} {after}".strip() if found else ""


def year_words(year_group: str) -> str:
    """A year group in words: "Year 9", "Reception", or as the school writes it."""
    if year_group.isdigit():
        return said("Year {year}", year=int(year_group))
    return translated(EARLY_YEARS.get(year_group.upper(), year_group or NO_YEAR_GROUP))


def freshness(run: Run, school_id: str) -> list[tuple[str, str]]:
    """The date line: each day that data reaches, with the feeds that reach it."""
    latest = run.schools.get(school_id, {}).get("latest", {})
    by_day: dict[str, list[str]] = {}
    for feed in FEEDS:
        if feed in latest:
            by_day.setdefault(week_day(date.fromisoformat(latest[feed])), []).append(said(feed))
    return [(day, listed_in_words(feeds)) for day, feeds in by_day.items()]


def stale(run: Run, school_id: str) -> list[tuple[str, str]]:
    """The registers that have gone quiet: each with the last day on record."""
    school = run.schools.get(school_id, {})
    latest = school.get("latest", {})
    return [
        (translated(feed), week_day(date.fromisoformat(latest[feed]))) for feed in school.get("stale", [])
    ]


def kept(run: Run, school_id: str) -> str:
    """The day of the earlier list that a school keeps while its registers are silent; "" where it has tonight's."""
    of = run.schools.get(school_id, {}).get("list_of")
    return week_day(date.fromisoformat(of)) if of else ""


def withdrawn(run: Run, school_id: str) -> str:
    """The day of a list that is too old to be shown; "" where it is shown."""
    return full_date(list_of(run.schools[school_id], run.facts)) if school_id in run.withdrawn else ""


def dated_rows(concerns: Iterable[dict[str, Any]], as_of: date) -> list[tuple[str, str, str]]:
    """The records behind a pupil's sentences, newest first: day, what, and the table it came from."""
    rows = {
        (row["date"], row["what"], row["source"]) for concern in concerns for row in concern.get("rows", ())
    }
    ordered = sorted(rows, key=lambda row: (row[0], row[1]), reverse=True)
    return [
        (_dated(date.fromisoformat(day), as_of), what, translated(source)) for day, what, source in ordered
    ]


def _dated(day: date, as_of: date) -> str:
    """A day of the records with its day of the week: "Fri 21 Nov"."""
    return f"{week_day_name(day)[:SHORT]} {short_day(day, as_of)}"


def missing_feeds(run: Run, school_id: str) -> list[str]:
    """The feeds that the list leans on and that hold nothing at all for this school."""
    latest = run.schools.get(school_id, {}).get("latest", {})
    return [said(feed) for feed in FEEDS if feed not in latest]


def _line(row: Any, place: Place, opaque: Opaque) -> Line:
    change, _, detail = str(row.changed).partition(", ")
    if place.folded.get(row.pupil_id) == FRESH_AGAIN:
        detail = said("supported; something new")
    support, since = in_two(translated(row.support), " since ")
    return Line(
        name_of(row.pupil_id, place.people, opaque),
        year_words(str(row.year_group)),
        row.concerns[0],
        place.run.pupils.get(row.pupil_id, {}).get("joined", ""),
        row.strengths[0],
        change,
        detail,
        support,
        since,
        row.support != NONE_RECORDED,
    )
