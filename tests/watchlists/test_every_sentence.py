"""Every sentence that can be written: its words pass the rules, and its numbers are those of the rows."""

import re
from datetime import date
from functools import cache

import pytest

from tests.watchlists.a_school import random_record
from watchlists.certainty import how_sure
from watchlists.concerns import CONCERNS, concerns
from watchlists.concerns.absence import gone_quiet
from watchlists.ideas import all_ideas
from watchlists.leaving import why
from watchlists.records import Record
from watchlists.sentences import Sentence
from watchlists.strengths import WRITTEN, strengths
from watchlists.weeks import changes, weekly
from watchlists.wording import banned_words, lint

SEEDS = range(1200)
KINDS = {
    "sessions_missed",
    "sessions_not_agreed",
    "no_attendance",
    "late_mornings",
    "late_afternoons",
    "lessons_missed",
    "lessons_late",
    "sent_out",
    "incidents",
    "one_incident",
    "removals",
    "removed_sessions",
    "suspensions_this_year",
    "suspensions_last_year",
    "part_time_now",
    "part_time_ended",
    "part_time_marked",
    "move_begun",
    "moves_marked",
    "belonging_less",
    "belonging_more",
    "recognised",
    "attended_since",
    "weekdays",
    "mornings",
    "attended",
    "no_incidents",
    "no_suspensions",
    "same",
    "changed",
    "nothing_new",
    "no_single_one",
    "little_recorded",
}
AWAY = ("I", "M", "O", "G", "N", "C")
HERE = ("/", "\\", "L", "B")
TOGETHER = (*AWAY, *HERE, "U")
NUMBER = re.compile(r"(?<![\w.])\d+(?:\.\d+)?(?![\w])")


@cache
def written() -> tuple[tuple[Record, Sentence], ...]:
    found: list[tuple[Record, Sentence]] = []
    for record in map(random_record, SEEDS):
        every = [write(record) for write in (gone_quiet, *CONCERNS.values(), *WRITTEN)]
        some = [*concerns(record, list(CONCERNS)), *strengths(record), *changes(record)]
        found += [(record, sentence) for sentence in (*every, *some) if sentence]
    return tuple(found)


def test_every_kind_of_sentence_is_met() -> None:
    assert {sentence.kind for _, sentence in written()} == KINDS


def test_every_sentence_keeps_the_rules() -> None:
    texts = {sentence.text for _, sentence in written()}
    texts |= {sentence.note for _, sentence in written() if sentence.note}
    texts |= {f"{text[0].upper()}{text[1:]}" for text in map(why, map(random_record, SEEDS[:300]))}
    assert len(texts) > 2000
    faults = {text: lint(text) for text in texts if lint(text)}
    assert faults == {}


def test_every_row_behind_a_sentence_has_no_banned_word_of_ours() -> None:
    rows = {row.what for _, sentence in written() for row in sentence.rows}
    assert [what for what in rows if banned_words(what)] == []


def test_how_sure_and_ideas_keep_the_rules() -> None:
    for of_ten in (None, *range(11)):
        for part in how_sure(of_ten, 412).sentence.split(". "):
            assert lint(part.rstrip(".") + ".") == []
    for held in all_ideas().values():
        for idea in held:
            shown = (idea.idea, idea.how, idea.because, idea.who, idea.check_first)
            assert [banned_words(words) for words in shown] == [[]] * 5
            assert idea.evidence in ("Sound practice", "Promising", "Mixed", "Little known")


def test_each_number_in_a_sentence_is_one_of_its_facts() -> None:
    for _, sentence in written():
        allowed = {"5"} if sentence.kind in ("changed", "same", "nothing_new") else set()
        for value in sentence.facts.values():
            if isinstance(value, date):
                allowed |= {str(value.day), str(value.year)}
            elif isinstance(value, int | float):
                allowed |= {f"{value:g}", f"{value / 2:g}"}
        # The length of the earlier period is that of the window, and "20 school days" are always 20.
        allowed |= {"20"} if sentence.kind == "recognised" else set()
        shown = set(NUMBER.findall(re.sub(r"(\d+(?:\.\d+)?)(?:-day|th|st|nd|rd)\b", r"\1", sentence.text)))
        assert shown <= allowed, (sentence.text, sentence.facts)


@pytest.mark.parametrize(
    ("kind", "codes", "halves"),
    [
        ("sessions_missed", AWAY, ("AM", "PM")),
        ("sessions_not_agreed", ("O", "G"), ("AM", "PM")),
        ("late_mornings", ("L", "U"), ("AM",)),
        ("late_afternoons", ("L", "U"), ("PM",)),
    ],
)
def test_session_counts_are_those_of_the_register(
    kind: str, codes: tuple[str, ...], halves: tuple[str, ...]
) -> None:
    met = [(record, row) for record, row in written() if row.kind == kind]
    assert met
    for record, row in met:
        facts, year = row.facts, record.time.this_year[0]
        register = [m for m in record.attendance if m.code in TOGETHER and m.session in halves]
        window = register[-int(str(facts["out_of"])) :]
        assert len(window) == facts["out_of"]
        assert sum(m.code in codes for m in window) == facts["count"]
        earlier = register[-2 * len(window) : -len(window)]
        if "in the first" in row.text:
            earlier = [m for m in register if m.date >= year][: len(window)]
        if "September" in row.text:
            earlier = [m for m in register if m.date >= year and m.date.month == 9]
        if facts["before"] is not None:
            assert sum(m.code in codes for m in earlier) == facts["before"]
            assert earlier[-1].date <= window[0].date


@pytest.mark.parametrize(
    ("kind", "table"),
    [
        ("incidents", "incidents"),
        ("sent_out", "incidents"),
        ("removals", "removals"),
        ("removed_sessions", "removals"),
    ],
)
def test_day_counts_are_those_of_the_rows(kind: str, table: str) -> None:
    met = [(record, row.facts) for record, row in written() if row.kind == kind]
    assert met
    for record, facts in met:
        start = sorted(day for day in record.time.open_days if day <= record.as_of)[
            -int(str(facts["out_of"])) :
        ][0]
        rows = [row for row in getattr(record, table) if kind != "sent_out" or row.action == "sent out"]
        found = [row for row in rows if row.date >= start]
        assert len(found) == facts["count"]
        if kind == "removed_sessions":
            assert sum(row.sessions for row in found) == pytest.approx(facts["sessions"])
        if facts["before"] is not None:
            assert (
                sum(facts["before_start"] <= row.date <= facts["before_end"] for row in rows)
                == facts["before"]
            )
            assert facts["before_end"] < start


def test_praise_is_true_of_the_register() -> None:
    for record, sentence in written():
        facts = sentence.facts
        if sentence.kind == "attended_since":
            since = [m for m in record.attendance if m.date >= facts["start"]]
            assert not [m for m in since if m.code in (*AWAY, "U", "E", "C2", "S")]
        if sentence.kind == "weekdays":
            named = str(facts["days"]).split(", ")
            days = [m for m in record.attendance if m.date >= facts["start"] and f"{m.date:%A}" in named]
            assert not [m for m in days if m.code in (*AWAY, "U", "E", "C2", "S", "B")]
        if sentence.kind == "no_incidents":
            since_then = [
                row for row in record.incidents if record.time.within_last(row.date, facts["school_days"])
            ]
            assert since_then == []
        if sentence.kind == "recognised":
            assert sum(row.date >= facts["start"] for row in record.achievements) == facts["count"]


def test_forbidden_codes_change_nothing() -> None:
    """Rows of R, T and Y5 taken out: every sentence stays as it was."""
    for seed in SEEDS[:300]:
        record = random_record(seed)
        kept = tuple(m for m in record.attendance if m.code not in ("R", "T", "Y5"))
        without = Record(**{**record.__dict__, "attendance": kept})
        if kept and kept[-1].date == record.attendance[-1].date:
            assert [s.text for s in concerns(record, list(CONCERNS))] == [
                s.text for s in concerns(without, list(CONCERNS))
            ]
            assert [s.text for s in strengths(record)] == [s.text for s in strengths(without)]


def test_the_weeks_drawn_add_up() -> None:
    for seed in SEEDS[:200]:
        record = random_record(seed)
        weeks = weekly(record, "missed")
        assert len(weeks) <= 8
        drawn = [m for m in record.attendance if weeks and m.date >= weeks[0].monday and m.code in AWAY]
        assert sum(week.count for week in weeks) == len(drawn)
