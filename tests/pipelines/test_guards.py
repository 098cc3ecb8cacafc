"""When the night must not publish: registers that have ended, a later run, a wrong clock, scores
that cannot be meant."""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest

from configs.refusals import AnotherRun, BadData, BadSettings, GateNotPassed, StaleFeed
from features.calendar import SchoolDays
from features.catalogue import CATALOGUE
from models import shelf
from pipelines import runs
from pipelines.audit import refuse_clock_set_back
from pipelines.night import Night
from pipelines.nightly import publish, tonight
from pipelines.options import DAY
from pipelines.sanity import refuse_jumped, refuse_of_other_schools, refuse_senseless
from pipelines.staleness import Silent, stale_in_words, stale_schools
from sources.audit import append
from sources.store import Store
from tests.pipelines.trust import handrail
from tests.sources.a_folder import WEEK, load, write

MONDAY, TUESDAY = date(2025, 9, 1), date(2025, 9, 2)
NOON = datetime(2025, 9, 2, 12, tzinfo=UTC)
SCHOOLS = WEEK["schools"] + "\n        elm,Elm School,secondary,999,"
ROLL = """
    pupil_id,school_id,start_date,end_date,year_group
    ann,oak,2025-09-01,,7
    ben,elm,2025-09-01,,7"""


def calendar(oak: int, elm: int) -> str:
    """Both schools open on every day of September up to a day of it, Saturdays and Sundays left out."""
    days = {"oak": oak, "elm": elm}
    held = [f"{school},2025-09-{day:02}" for school, last in days.items() for day in range(1, last + 1)]
    return "\n".join(["school_id,date", *(row for row in held if date.fromisoformat(row[4:]).weekday() < 5)])


def registers(oak: int, elm: int) -> str:
    """The mark of one pupil of each school on its newest day."""
    return (
        f"pupil_id,school_id,date,session,code\nann,oak,2025-09-{oak:02},AM,/\nben,elm,2025-09-{elm:02},AM,/"
    )


def trust(tmp_path: Path, registers: str, calendar: str) -> Store:
    tmp_path.mkdir(exist_ok=True)
    store = Store(tmp_path / "store")
    tables = {"schools": SCHOOLS, "enrolments": ROLL, "calendar": calendar, "attendance": registers}
    load(write(tmp_path / "export", **tables), store)
    return store


def stale(store: Store, day: int) -> list[Silent]:
    return stale_schools(store.tables(), date(2025, 9, day), 3)


def test_three_silent_open_days_are_borne_and_a_fourth_is_refused(tmp_path: Path) -> None:
    store = trust(tmp_path, registers(3, 3), calendar(30, 30))
    assert stale(store, 8) == []  # Thursday, Friday and Monday
    with pytest.raises(
        StaleFeed, match="Elm School on 2025-09-03, 4 open days before; Oak School"
    ) as refused:
        stale(store, 9)
    assert refused.value.exit_code == 4
    assert "ann" not in str(refused.value)


def test_each_school_goes_by_its_own_calendar_and_the_others_proceed(tmp_path: Path) -> None:
    closed = "\n".join(
        row for row in calendar(30, 30).splitlines() if not "elm,2025-09-04" <= row <= "elm,2025-09-19"
    )
    assert stale(trust(tmp_path / "shut", registers(19, 3), closed), 19) == []
    found = stale(trust(tmp_path / "silent", registers(19, 3), calendar(30, 30)), 19)
    assert found == [Silent("elm", "Elm School", date(2025, 9, 3), 12)]


def test_the_night_goes_by_the_newest_day_held_and_says_whose_registers_lag(tmp_path: Path) -> None:
    store = trust(tmp_path, registers(18, 3), calendar(30, 30))
    (store.root / "models").mkdir()
    shelf.record_training(store.root / "models", "0123456789ab", "2025-09-18")
    made = tonight(store.root, date(2025, 9, 19))
    assert made.as_of == date(2025, 9, 18)
    assert made.note == (
        "The registers end on 2025-09-18; the list is as of 2025-09-18. "
        "The registers of Elm School end on 2025-09-03, so its list stays as it was."
    )


def test_after_four_weeks_a_list_is_not_shown_and_after_a_year_nobody_asks_any_more(tmp_path: Path) -> None:
    days = "school_id,date\n" + "\n".join(f"oak,{date(2025, 9, 1) + timedelta(n)}" for n in range(300))
    held = "pupil_id,school_id,date,session,code\nben,elm,2025-09-03,AM,/\n" + "\n".join(
        f"ann,oak,2025-{day},AM,/" for day in ("10-01", "10-02")
    )
    store = trust(tmp_path, held + "\nann,oak,2026-06-01,AM,/", days)
    for asked, withdrawn, said in (
        (date(2025, 10, 1), False, "The registers of Elm School end on 2025-09-03, so its list stays as it was."),
        (date(2025, 10, 2), True, "The registers of Elm School end on 2025-09-03, so its list is not shown any more. "
         "If it has closed, ingest the ends of its enrolments."),
        (date(2026, 6, 1), True, ""),
    ):  # fmt: skip
        (silent,) = stale_schools(store.tables(), asked, 3)
        assert (silent.withdrawn, " ".join(stale_in_words([silent]))) == (withdrawn, said)


def test_a_school_without_any_register_is_named_and_lists_nobody(tmp_path: Path) -> None:
    store = trust(tmp_path, "pupil_id,school_id,date,session,code\nann,oak,2025-09-18,AM,/", calendar(30, 30))
    (silent,) = stale(store, 19)
    assert (silent.school_id, silent.newest, silent.withdrawn) == ("elm", None, True)
    assert stale_in_words([silent])[0].startswith("No register of Elm School has come in.")
    with pytest.raises(StaleFeed, match="Elm School on no day at all; Oak School on 2025-09-18"):
        stale(store, 30)


def test_a_school_that_has_closed_and_says_so_is_not_spoken_of(tmp_path: Path) -> None:
    store = trust(tmp_path, registers(18, 3), calendar(30, 30))
    ended = ROLL.replace("ben,elm,2025-09-01,", "ben,elm,2025-09-01,2025-09-05")
    closed = {"schools": SCHOOLS, "enrolments": ended, "calendar": calendar(30, 30)}
    load(write(tmp_path / "closed", **closed, attendance=registers(18, 3)), store, date(2025, 9, 19))
    assert stale(store, 19) == []


def test_past_the_end_of_a_calendar_every_weekday_counts(tmp_path: Path) -> None:
    store = trust(tmp_path, registers(3, 3), calendar(3, 3))
    assert stale(store, 8) == []
    with pytest.raises(StaleFeed):
        stale(store, 9)


def test_the_command_refuses_in_one_line_and_makes_nothing(tmp_path: Path) -> None:
    store = trust(tmp_path, registers(3, 3), calendar(30, 30))
    done = handrail("nightly", "--store", store.root, "--as-of", "2025-09-09")
    assert done.returncode == 4
    assert "the last list stands until it is 20 open days old" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (store.root / "runs").exists()
    with pytest.raises(GateNotPassed):
        tonight(store.root, None)  # by the latest day held nothing is old; there is no model here


def receipt(day: date) -> dict[str, Any]:
    return {"as_of": str(day), "published": True}


@pytest.mark.parametrize("asleep", ["before it finished", "before it was made current"])
def test_a_run_that_slept_while_a_later_one_published_publishes_nothing(tmp_path: Path, asleep: str) -> None:
    slept = runs.begin(tmp_path, MONDAY)
    run = runs.finish(slept, receipt(MONDAY)) if asleep == "before it was made current" else None
    later = runs.begin(tmp_path, TUESDAY)
    newer = runs.finish(later, receipt(TUESDAY))
    runs.make_current(tmp_path, newer, runs.fence_of(later))
    with pytest.raises(AnotherRun, match="Another run has begun"):
        runs.make_current(tmp_path, run or runs.finish(slept, receipt(MONDAY)), runs.fence_of(slept))
    assert runs.current(tmp_path) == newer
    assert not list((tmp_path / "runs").glob("*.part"))


def test_after_skipped_nights_a_list_is_set_beside_the_last_that_was_published(tmp_path: Path) -> None:
    """Monday was published, Tuesday died, Wednesday published nothing, Thursday was slept through: it is Friday."""
    friday = date(2025, 9, 5)
    assert runs.published_before(tmp_path, friday) is None
    monday = runs.finish(runs.begin(tmp_path, MONDAY), receipt(MONDAY))
    runs.finish(runs.begin(tmp_path, date(2025, 9, 3)), {**receipt(date(2025, 9, 3)), "published": False})
    runs.begin(tmp_path, TUESDAY)
    assert runs.published_before(tmp_path, friday) == monday
    runs.finish(runs.begin(tmp_path, friday), receipt(friday))
    assert runs.published_before(tmp_path, friday) == monday  # a second list of the day is set beside it too


def test_a_run_of_the_same_night_does_not_write_into_the_folder_of_the_one_asleep(tmp_path: Path) -> None:
    slept, later = runs.begin(tmp_path, MONDAY), runs.begin(tmp_path, MONDAY)
    assert slept != later
    assert not slept.exists()
    assert runs.finish(later, receipt(MONDAY)) == "2025-09-01-1"


def test_a_night_overtaken_says_so_before_it_reads_what_is_gone(tmp_path: Path) -> None:
    slept = runs.begin(tmp_path, MONDAY)
    runs.begin(tmp_path, TUESDAY)
    with pytest.raises(AnotherRun):
        publish(Night(tmp_path, MONDAY, "", "", ""), slept)


def step_of_a_run(store: Path, work: Callable[[Path], object]) -> None:
    """A run of Monday that does one thing in its folder and then fails."""
    with runs.begun(store, MONDAY) as part:
        work(part)
        raise BadData("senseless")


def test_a_run_that_slept_in_mid_step_is_told_that_it_was_overtaken(tmp_path: Path) -> None:
    with pytest.raises(AnotherRun, match="published nothing"):
        step_of_a_run(tmp_path, lambda _: runs.begin(tmp_path, TUESDAY))


def test_a_run_that_fails_by_itself_says_what_it_was_and_leaves_nothing(tmp_path: Path) -> None:
    with pytest.raises(BadData, match="senseless"):
        step_of_a_run(tmp_path, lambda part: (part / "features.parquet").write_bytes(b""))
    assert not any((tmp_path / "runs").iterdir())


def test_a_clock_set_back_by_more_than_a_day_is_refused(tmp_path: Path) -> None:
    refuse_clock_set_back(tmp_path, NOON)
    append(tmp_path, NOON, "published")
    append(tmp_path, NOON, "served")
    refuse_clock_set_back(tmp_path, NOON - timedelta(hours=23))
    with pytest.raises(BadSettings, match=r"clock says 2025-09-01 11:00 UTC.*2025-09-02 12:00 UTC"):
        refuse_clock_set_back(tmp_path, NOON - timedelta(hours=25))


def test_the_command_looks_at_the_clock_first(tmp_path: Path) -> None:
    append(tmp_path, datetime.now(UTC) + timedelta(days=3), "published")
    done = handrail("nightly", "--store", tmp_path)
    assert done.returncode == 2
    assert "Set the clock right" in done.stderr


def night(
    chances: list[float | None], name: str, values: list[float | None]
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """A night's matrix of one feature, and its scores."""
    return pd.DataFrame({name: values}, dtype=float), pd.DataFrame({"p_escalation": chances}, dtype=float)


@pytest.mark.parametrize(
    ("chances", "values", "words"),
    [
        ([0.1, None, *[0.2] * 10], [1.0] * 12, "1 of 12 pupils have no chance"),
        ([0.1] * 12, [1.0] * 12, "all 12 pupils have the same chance"),
        ([0.1, *[0.2] * 11], [None] * 12, "no pupil has a value for"),
    ],
)
def test_scores_that_cannot_be_meant_are_refused(
    chances: list[float | None], values: list[float | None], words: str
) -> None:
    name = CATALOGUE[0].name
    with pytest.raises(BadData, match=words):
        refuse_senseless({name: {"share": [0.995, 0.005]}}, *night(chances, name, values))


def test_a_sensible_night_a_column_often_empty_and_a_tiny_roll_pass() -> None:
    name, mixed = CATALOGUE[0].name, [0.1, *[0.2] * 11]
    refuse_senseless({name: {"share": [0.995, 0.005]}}, *night(mixed, name, [*[None] * 11, 1.0]))
    refuse_senseless({name: {"share": [0.96, 0.04]}}, *night(mixed, name, [None] * 12))
    refuse_senseless({}, *night([0.1, 0.1], name, [1.0, 1.0]))


def moved(pupils: int, of: int, until: date = TUESDAY) -> tuple[Any, SchoolDays, pd.DataFrame, pd.DataFrame]:
    """What is asked of a night on which so many pupils stand two bands higher than on Monday's list."""
    days = SchoolDays({"oak": np.array([MONDAY + timedelta(n) for n in range(9)], dtype="datetime64[D]")})
    before = pd.DataFrame(
        {"pupil_id": map(str, range(of)), "school_id": "oak", "as_of": MONDAY, "p_escalation": 0.1}
    )
    chances = [0.9 if number < pupils else 0.3 for number in range(of)]
    return {"chances": {"edges": [0.2, 0.6]}}, days, before, before.assign(as_of=until, p_escalation=chances)


def test_more_than_a_fifth_of_pupils_moved_bands_since_a_fresh_list_and_it_stands() -> None:
    refuse_jumped(*moved(20, 100))
    with pytest.raises(BadData, match=r"21 of 100 pupils have moved .* the last list stands"):
        refuse_jumped(*moved(21, 100))
    with pytest.raises(BadData):
        refuse_jumped(*moved(21, 100, MONDAY + timedelta(3)))
    refuse_jumped(*moved(100, 100, MONDAY + timedelta(4)))  # older than three school days
    refuse_jumped(*moved(10, 10))
    refuse_jumped({}, *moved(100, 100)[1:])


def test_a_model_of_other_schools_is_refused_and_one_that_knows_one_of_these_is_not() -> None:
    here = pd.DataFrame({"school_id": ["oak", "elm"]})
    refuse_of_other_schools(["elm", "ash"], here)
    refuse_of_other_schools([], here)
    with pytest.raises(BadData, match=r"taught on other schools .*ash, not elm.*handrail train"):
        refuse_of_other_schools(["ash"], here)


def test_today_is_the_day_it_is_in_england(monkeypatch: pytest.MonkeyPatch) -> None:
    """Half past eleven at night in UTC is the next day in July (British Summer Time) and not in January."""
    for moment, day in (("2026-07-21T23:30+00:00", "2026-07-22"), ("2026-01-21T23:30+00:00", "2026-01-21")):
        monkeypatch.setattr("pipelines.options.now", lambda moment=moment: datetime.fromisoformat(moment))
        assert DAY.convert("today", None, None) == datetime.fromisoformat(day)
