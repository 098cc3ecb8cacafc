"""The sentences of the pages, word for word, from records jotted down by hand."""

from datetime import date

import pytest

from tests.watchlists.a_school import AS_OF, LAST_AUTUMN, marks, open_days, record
from watchlists.concerns import CONCERNS, concerns
from watchlists.records import (
    Incident,
    Lesson,
    Meeting,
    Move,
    Recognition,
    Record,
    Removal,
    Support,
    Survey,
    Suspension,
)
from watchlists.sentences import LITTLE_RECORDED, NO_SINGLE_ONE, texts
from watchlists.strengths import attended, attended_since, strengths
from watchlists.support import support_now
from watchlists.weeks import changes

DAYS = open_days(LAST_AUTUMN, AS_OF)


def on(*days: date, half: str = "AM", code: str = "L") -> Record:
    return record(attendance=marks({(day, half): code for day in days}, DAYS))


def said(family: str, of: Record) -> str:
    sentence = CONCERNS[family](of)
    return sentence.text if sentence else ""


def test_late_mornings_beside_september() -> None:
    late = on(*DAYS[-9:-4])
    assert said("lateness", late) == "Arrived late to 5 of the last 15 mornings; none in September."
    some = on(date(2025, 9, 9), *DAYS[-9:-4])
    assert said("lateness", some) == "Arrived late to 5 of the last 15 mornings; 1 in all of September."
    afternoons = on(*DAYS[-3:], half="PM")
    assert said("lateness", afternoons) == "Arrived late to 3 of the last 15 afternoons; none in September."


def test_sessions_missed_beside_the_first_ones() -> None:
    codes = {(day, "AM"): "I" for day in DAYS[-15:-11]} | {(day, "PM"): "N" for day in DAYS[-15:-13]}
    missed = record(attendance=marks({**codes, (date(2025, 9, 5), "PM"): "I"}, DAYS))
    sentence = CONCERNS["absence"](missed)
    assert sentence is not None
    assert sentence.text == "Missed 6 of the last 30 sessions, up from 1 in the first 30."
    assert sentence.note == "Reasons recorded: 4 illness, 2 not yet known."


def test_a_suspended_session_and_a_day_of_faith_are_no_absence() -> None:
    for code in ("E", "R", "T", "Y5", "C2", "S", "D"):
        assert said("absence", on(*DAYS[-9:], code=code)) == ""
        assert said("unauthorised", on(*DAYS[-9:], code=code)) == ""


def test_what_has_eased_is_told_only_where_nothing_else_is() -> None:
    away = (*DAYS[-58:-40], DAYS[-29], DAYS[-25], DAYS[-3])
    fewer = marks({(day, "AM"): "I" for day in away}, DAYS)
    alone = concerns(record(attendance=fewer), ["absence"])
    assert texts(alone) == ["Missed 3 of the last 60 sessions, down from 18 in the 60 before."]
    told = record(attendance=fewer, incidents=[Incident(DAYS[-2], "defiance", None)] * 2)
    assert [sentence.family for sentence in concerns(told, ["absence", "incidents"])] == ["incidents"]


def test_one_absence_is_not_a_pattern() -> None:
    assert said("absence", on(DAYS[-2], code="I")) == ""
    assert (
        said("absence", on(*DAYS[-2:], code="I")) == "Missed 2 of the last 20 sessions; none in the first 20."
    )


def test_all_sessions_missed() -> None:
    away = record(attendance=marks({(day, half): "O" for day in DAYS[-10:] for half in ("AM", "PM")}, DAYS))
    assert said("unauthorised", away) == (
        "Missed all of the last 20 sessions without an agreed reason; none in the first 20."
    )


def test_coming_back_after_a_suspension() -> None:
    served = {(day, half): "E" for day in (date(2025, 11, 13), date(2025, 11, 14)) for half in ("AM", "PM")}
    back = record(attendance=marks(served, DAYS), suspensions=[Suspension(date(2025, 11, 13), "SUSP", 4.0)])
    assert (
        said("suspensions", back) == "Came back on 17 November after a 2-day suspension, the first this year."
    )


@pytest.mark.parametrize(
    ("held", "text"),
    [
        (
            [(date(2025, 11, 20), 1.0)],
            "A half-day suspension was recorded on 20 November, the first this year.",
        ),
        (
            [(date(2025, 11, 20), 16.0)],
            "An 8-day suspension was recorded on 20 November, the first this year.",
        ),
        ([(date(2025, 11, 20), None)], "A suspension was recorded on 20 November, the first this year."),
        (
            [(date(2025, 10, 1), 2.0), (date(2025, 11, 20), 3.0)],
            "A 1.5-day suspension was recorded on 20 November, the second this year.",
        ),
        (
            [(date(2025, 9, 4), 2.0)],
            "A 1-day suspension was recorded on 4 September, the only one this year.",
        ),
        (
            [(date(2025, 9, d), 2.0) for d in (8, 15, 22)],
            "Suspended 3 times this school year, most recently on 22 September.",
        ),
        (
            [(date(2025, 6, 4), 2.0)],
            "Suspended once last school year; no suspension recorded so far this year.",
        ),
        ([(date(2024, 6, 4), 2.0)], ""),
    ],
)
def test_suspensions_in_all_their_forms(held: list[tuple[date, float | None]], text: str) -> None:
    rows = [Suspension(day, "SUSP", sessions) for day, sessions in held]
    assert said("suspensions", record(suspensions=rows)) == text


def test_incidents_none_one_and_many() -> None:
    assert said("incidents", record()) == ""
    one = record(incidents=[Incident(date(2025, 11, 19), "defiance", None)])
    assert said("incidents", one) == "One incident was recorded on 19 November, the first this year."
    many = record(incidents=[Incident(day, "defiance", None) for day in DAYS[-6:-3]])
    assert (
        said("incidents", many) == "3 incidents were recorded in the last 10 school days; none in September."
    )
    out = record(
        incidents=[Incident(day, "defiance", "Sent out") for day in (date(2025, 9, 9), *DAYS[-15:-10])]
    )
    assert (
        said("incidents", out) == "Sent out of 5 lessons in the last 15 school days; 1 in all of September."
    )


def test_lessons_missed_while_in_school_only() -> None:
    rows = [Lesson(day, "2", "absent") for day in DAYS[-12:-8]]
    assert said("lessons", record(lessons=rows)) == (
        "Missed 4 lessons while in school in the last 15 school days; none in September."
    )
    at_home = record(lessons=rows, attendance=marks({(day, "AM"): "I" for day in DAYS[-12:-8]}, DAYS))
    assert said("lessons", at_home) == ""


def test_internal_exclusion_with_and_without_a_length() -> None:
    timed = record(removals=[Removal(DAYS[-18], 1.0), Removal(DAYS[-17], 2.0)])
    assert said("removals", timed) == (
        "Spent 3 sessions in internal exclusion in the last 20 school days; none in September."
    )
    untimed = record(removals=[Removal(DAYS[-18], None), Removal(DAYS[-17], 2.0)])
    assert said("removals", untimed) == (
        "Was in internal exclusion twice in the last 20 school days; none in September."
    )


def test_part_time_timetables_and_moves() -> None:
    now = Move(date(2025, 11, 3), "part_time_timetable", None, date(2025, 11, 28))
    assert said("part_time", record(moves=[now])) == (
        "On a part-time timetable since 3 November; review due on 28 November."
    )
    move = Move(date(2025, 11, 3), "alternative_provision", None, None)
    sentence = CONCERNS["moves"](record(moves=[move]))
    assert sentence is not None
    assert (sentence.text, sentence.note) == (
        "Began at alternative provision on 3 November.",
        "No review date recorded.",
    )
    assert said("part_time", on(*DAYS[-10:], half="PM", code="C2")) == (
        "10 of the last 30 sessions were on an agreed part-time timetable."
    )
    separated = Move(date(2025, 11, 3), "safeguarding_separation", None, None)
    assert said("moves", record(moves=[separated])) == ""


def test_belonging_in_the_pupils_own_answers() -> None:
    surveys = [Survey(date(2025, 9, 15), "belonging", 0.8), Survey(date(2025, 11, 12), "belonging", 0.4)]
    assert said("belonging", record(surveys=surveys)) == (
        "Said in November’s survey they feel less part of school than in September."
    )
    assert said("belonging", record(surveys=surveys[:1])) == ""


def test_a_register_gone_quiet_is_said_first() -> None:
    upto = [day for day in DAYS if day <= date(2025, 11, 14)]
    quiet = record(attendance=marks({}, upto), incidents=[Incident(date(2025, 11, 13), "defiance", None)])
    assert texts(concerns(quiet, ["incidents"])) == [
        "No attendance recorded since 14 November.",
        "One incident was recorded on 13 November, the first this year.",
    ]


def test_at_most_three_and_absence_once() -> None:
    codes = {(day, "AM"): "O" for day in DAYS[-9:]} | {(day, "PM"): "L" for day in DAYS[-9:]}
    crowded = record(
        attendance=marks(codes, DAYS),
        incidents=[Incident(day, "defiance", None) for day in DAYS[-5:]],
        removals=[Removal(DAYS[-1], 1.0)],
    )
    told = concerns(crowded, ["absence", "unauthorised", "lateness", "removals", "incidents"])
    assert [sentence.family for sentence in told] == ["absence", "lateness", "removals"]


def test_nothing_to_say_is_said_honestly() -> None:
    assert texts(concerns(record(), list(CONCERNS))) == [NO_SINGLE_ONE]
    nobody = record(attendance=(), kept=frozenset(), joined=AS_OF)
    assert texts(strengths(nobody)) == [LITTLE_RECORDED]


def test_strengths_from_the_same_rows() -> None:
    days = [day for day in DAYS if day >= date(2025, 9, 3)]
    since = record(attendance=marks({(date(2025, 10, 24), "AM"): "I"}, days), kept=frozenset())
    assert texts(strengths(since)) == [
        "In school for every session since 3 November.",
        "On time for 29 of the last 30 mornings.",
    ]
    praised = record(achievements=[Recognition(day, "effort") for day in DAYS[-4:]])
    assert texts(strengths(praised))[0] == "Received 4 recognitions since half term."
    calm = record(incidents=[Incident(DAYS[-13], "defiance", None)])
    assert "No incidents recorded in the last 12 school days." in texts(strengths(calm))
    thursdays = on(*[day for day in DAYS[-15:] if day.weekday() not in (3, 4)], code="I")
    assert (
        texts(strengths(thursdays, ["absence"]))[0] == "In school every Thursday and Friday since half term."
    )


def test_a_suspended_friday_is_not_a_friday_in_school() -> None:
    suspended = on(date(2025, 11, 14), code="E")
    assert not any(
        "Friday" in text or "every session since 3" in text for text in texts(strengths(suspended))
    )


def test_one_more_absence_never_adds_praise_for_attendance() -> None:
    for praise in (attended, attended_since):
        told = [praise(on(*DAYS[-20:][:count], code="O")) is not None for count in range(21)]
        assert told == sorted(told, reverse=True)


def test_what_changed_in_the_last_week() -> None:
    codes = {(day, "AM"): "I" for day in (DAYS[-7], DAYS[-6], *DAYS[-3:])}
    changed = record(attendance=marks(codes, DAYS), incidents=[Incident(DAYS[-1], "defiance", None)])
    assert texts(changes(changed)) == [
        "Missed 3 sessions in the last 5 school days; 2 in the 5 before.",
        "1 incident recorded in the last 5 school days; none in the 5 before.",
    ]
    assert texts(changes(record())) == ["Nothing new recorded in the last 5 school days."]


def test_support_that_is_in_place() -> None:
    assert support_now(record()) == ["None recorded"]
    held = record(
        support=[Support(date(2025, 9, 15), "mentoring", None), Support(DAYS[-9], "club", DAYS[-2])]
    )
    assert support_now(held) == ["Mentoring since 15 Sep"]
    met = record(meetings=[Meeting(date(2025, 11, 17), "reintegration")])
    assert support_now(met) == ["Return meeting 17 Nov"]
