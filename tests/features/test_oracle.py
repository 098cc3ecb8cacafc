"""The engine against the oracle, on random schools, for every feature of the catalogue."""

import math
from collections.abc import Sequence
from datetime import date, timedelta

import pytest

from features.catalogue import CATALOGUE
from features.engine import feature_matrix
from features.reads import (
    AbsenceHeld,
    Around,
    Beyond,
    Change,
    Difference,
    Held,
    Read,
    Share,
    Since,
    Slope,
    Spell,
    State,
    StateShare,
    Total,
)
from tests.features.oracle import Oracle, known
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import Rows, tables_of

IN_A_YEAR = [date(2024, 12, 13), date(2025, 1, 2), date(2025, 3, 27), date(2025, 5, 9)]
YEAR_BEGAN = date(2024, 8, 1)
AS_OF = [MONDAY + timedelta(days=gap) for gap in (3, 9, 20, 26, 33, 40, 47, 48, 61)]


def year_of(group: str | None) -> float:
    return {"R": 0.0, "7": 7.0, "Y8": 8.0}.get(group or "", math.nan)


def expected(oracle: Oracle, read: Read, peers: dict[bool, list[str]], year: float) -> float:
    match read:
        case Total(measure, window, unit):
            return oracle.total(measure, window) / unit
        case Share(measure, out_of, window, least):
            return oracle.share(measure, out_of, window, least)
        case Change(measure, out_of, recent, before):
            return oracle.change(measure, out_of, recent, before)
        case Slope(measure, out_of, step):
            return oracle.slope(measure, out_of, step)
        case Since(measure, _):
            return oracle.since(measure)
        case Beyond(measure, out_of, window, by_year):
            around = oracle.around(measure, out_of, window, peers[by_year])
            return oracle.share(measure, out_of, window) - around
        case Around(measure, out_of, window, by_year):
            return oracle.around(measure, out_of, window, peers[by_year])
        case Held(steps, window):
            return float(
                max([0] + [level for level, name, least in steps if oracle.total(name, window) >= least])
            )
        case AbsenceHeld(window, least):
            possible, absent = oracle.total("possible", window), oracle.total("absent", window)
            held = 0 if possible < least or absent < 0.1 * possible else 1 if absent < 0.5 * possible else 2
            return float(held)
        case Spell():
            return oracle.spell_now()
        case StateShare(column, out_of, window):
            whole = oracle.total(out_of, window) if window else state(oracle, out_of, year)
            return state(oracle, column, year) / whole if whole else math.nan
        case Difference():
            found = oracle.surveys()
            return found[0] - found[1] if len(found) > 1 else math.nan
        case State(column):
            return state(oracle, column, year)
    raise AssertionError(read)


def state(oracle: Oracle, column: str, year: float) -> float:
    first = min(r["start_date"] for r in known(oracle.rows, "enrolments", oracle.as_of)
                if (r["pupil_id"], r["school_id"]) == (oracle.pupil, oracle.school))  # fmt: skip
    return {
        "belonging": lambda: (oracle.surveys() or [math.nan])[0],
        "support_now": lambda: float(len({r["kind"] for r in oracle.active("support")})),
        "sen_support": lambda: oracle.need("sen_provision", {"K"}),
        "plan": lambda: oracle.need("sen_provision", {"E"}),
        "sen_ever": lambda: oracle.ever("sen_provision"),
        "sen_former": lambda: oracle.ever("sen_provision") - oracle.need("sen_provision"),
        "social_care_ever": lambda: oracle.ever("social_care"),
        "support_ended": lambda: float(len(ended(oracle))),
        "spells_60": lambda: float(len(oracle.within([s[0] for s in oracle.spells()], 60))),
        "spells_190": lambda: float(len(oracle.within([s[0] for s in oracle.spells()], 190))),
        "longest_spell_190": lambda: float(oracle.longest_spell(190)),
        "days_missed_190": lambda: float(len(oracle.within(oracle.days_missed(), 190))),
        "monday_friday_190": lambda: float(
            sum(day.weekday() in (0, 4) for day in oracle.within(oracle.days_missed(), 190))
        ),
        "one_weekday_190": lambda: oracle.one_weekday(190),
        "incident_days_60": lambda: float(len(incident_days(oracle))),
        "days_left_in_term": lambda: oracle.suspension_days_left(15, term_began(oracle.as_of)),
        "days_left_in_year": lambda: oracle.suspension_days_left(45, YEAR_BEGAN),
        "repeats_20": lambda: float(oracle.repeats(20)),
        "repeats_60": lambda: float(oracle.repeats(60)),
        "semh": lambda: oracle.need("sen_type", {"SEMH"}),
        "social_care": lambda: oracle.need("social_care"),
        "young_carer": lambda: oracle.need("young_carer"),
        "new_here": lambda: float((oracle.as_of - first).days < 90),
        "joined_mid_year": lambda: float(first.month not in (8, 9)),
        "schools_attended": lambda: float(len(schools(oracle))),
        "first_year": lambda: float(year in (0, 3, 7, 12)),
        "days_here": lambda: float(min((oracle.as_of - first).days, 380)),
        "year": lambda: year,
        "season": lambda: float((oracle.as_of.month + 3) % 12),
    }[column]()


def incident_days(oracle: Oracle) -> list[date]:
    days = {day for day, _ in oracle.counts("incidents", oracle.pupil)} & set(oracle.days)
    return oracle.within(sorted(days), 60)


def ended(oracle: Oracle) -> set[str]:
    rows = [r for r in known(oracle.rows, "support", oracle.as_of) if r["pupil_id"] == oracle.pupil]
    return {r["kind"] for r in rows if r["end_date"] and r["end_date"] < oracle.as_of}


def schools(oracle: Oracle) -> set[str]:
    rows = known(oracle.rows, "enrolments", oracle.as_of)
    return {r["school_id"] for r in rows if r["pupil_id"] == oracle.pupil}


def term_began(as_of: date) -> date:
    """Terms of 2024/25: Easter Monday was 21 April 2025."""
    return max(day for day in (YEAR_BEGAN, date(2025, 1, 1), date(2025, 4, 22)) if day <= as_of)


def agrees(rows: Rows, as_of: Sequence[date]) -> None:
    matrix = feature_matrix(tables_of(rows), as_of)
    for _, found in matrix.iterrows():
        oracle = Oracle(rows, found["pupil_id"], found["school_id"], found["as_of"])
        year = year_of(found["year_group"])
        same = matrix[(matrix["as_of"] == found["as_of"]) & (matrix["school_id"] == found["school_id"])]
        in_year = list(same["year_group"])
        peers = {
            False: list(same["pupil_id"]),
            True: [p for p, g in zip(same["pupil_id"], in_year, strict=True)
                   if year_of(g) == year or (math.isnan(year) and math.isnan(year_of(g)))],
        }  # fmt: skip
        for feature in CATALOGUE:
            truth = expected(oracle, feature.read, peers, year)
            assert found[feature.name] == pytest.approx(truth, rel=1e-12, abs=1e-12, nan_ok=True), (
                feature.name,
                found["as_of"],
            )
    assert len(matrix) >= 2 * len(as_of)


@pytest.mark.parametrize("seed", range(4))
def test_every_feature_equals_the_slow_truth(seed: int) -> None:
    agrees(random_school(seed), AS_OF)


def test_every_feature_equals_the_slow_truth_through_a_school_year() -> None:
    agrees(random_school(11, pupils=3, weeks=38), IN_A_YEAR)


def test_every_feature_takes_several_values_in_a_random_school() -> None:
    matrix = feature_matrix(tables_of(random_school(3, pupils=20, weeks=38)), IN_A_YEAR)
    same = [feature.name for feature in CATALOGUE if matrix[feature.name].nunique() < 2]
    assert same == []


@pytest.mark.parametrize("seed", range(3))
def test_the_cohort_is_who_was_on_roll(seed: int) -> None:
    rows = random_school(seed)
    matrix = feature_matrix(tables_of(rows), AS_OF)
    found = {(r.pupil_id, r.school_id, r.as_of) for r in matrix.itertuples()}
    wanted: set[tuple[str, str, date]] = set()
    for as_of in AS_OF:
        for row in rows["enrolments"]:
            here = row["start_date"] <= as_of and (row["end_date"] is None or row["end_date"] >= as_of)
            opened = any(r["school_id"] == row["school_id"] and r["date"] <= as_of for r in rows["calendar"])
            if here and opened:
                wanted.add((row["pupil_id"], row["school_id"], as_of))
    assert found == wanted
