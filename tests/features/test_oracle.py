"""The engine against the oracle, on random schools, for every feature of the catalogue."""

import math
from datetime import date, timedelta

import pytest

from features.catalogue import CATALOGUE
from features.engine import feature_matrix
from features.reads import AbsenceHeld, Around, Change, Difference, Held, Share, Since, State, Total
from tests.features.oracle import Oracle
from tests.features.random_school import MONDAY, random_school
from tests.small_tables import tables_of

AS_OF = [MONDAY + timedelta(days=gap) for gap in (3, 9, 20, 26, 33, 40, 47, 48, 61)]


def year_of(group: str | None) -> float:
    return {"R": 0.0, "7": 7.0, "Y8": 8.0}.get(group or "", math.nan)


def expected(oracle: Oracle, read: object, peers: dict[bool, list[str]], year: float) -> float:
    match read:
        case Total(measure, window, unit):
            return oracle.total(measure, window) / unit
        case Share(measure, out_of, window, least):
            return oracle.share(measure, out_of, window, least)
        case Change(measure, out_of, recent, before):
            return oracle.change(measure, out_of, recent, before)
        case Since(measure, _):
            return oracle.since(measure)
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
        case Difference():
            found = oracle.surveys()
            return found[0] - found[1] if len(found) > 1 else math.nan
        case State(column):
            return state(oracle, column, year)
    raise AssertionError(read)


def state(oracle: Oracle, column: str, year: float) -> float:
    first = min(r["start_date"] for r in oracle.rows["enrolments"]
                if (r["pupil_id"], r["school_id"]) == (oracle.pupil, oracle.school))  # fmt: skip
    return {
        "belonging": lambda: (oracle.surveys() or [math.nan])[0],
        "support_now": lambda: float(len({r["kind"] for r in oracle.active("support")})),
        "sen_support": lambda: oracle.need("sen_provision", {"K"}),
        "plan": lambda: oracle.need("sen_provision", {"E"}),
        "sen_ever": oracle.sen_ever,
        "semh": lambda: oracle.need("sen_type", {"SEMH"}),
        "social_care": lambda: oracle.need("social_care"),
        "young_carer": lambda: oracle.need("young_carer"),
        "days_here": lambda: float(min((oracle.as_of - first).days, 380)),
        "year": lambda: year,
        "season": lambda: float((oracle.as_of.month + 3) % 12),
    }[column]()


@pytest.mark.parametrize("seed", range(4))
def test_every_feature_equals_the_slow_truth(seed: int) -> None:
    rows = random_school(seed)
    matrix = feature_matrix(tables_of(rows), AS_OF)
    assert len(matrix) > 20
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
            assert found[feature.name] == pytest.approx(truth, rel=1e-12, nan_ok=True), (
                feature.name,
                found["as_of"],
            )


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
