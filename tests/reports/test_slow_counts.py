"""Practice, needs, services, experience and intake against counts in plain Python, written from their definitions."""

from collections.abc import Callable, Iterable
from datetime import timedelta
from typing import Any

import pytest

from configs.settings import load_settings
from models.rungs import SCHOOL_LED
from reports.disclosure import rounded
from tests.reports.busy_trust import DAY, SCHOOLS, SEEN, busy_trust
from tests.reports.small_trust import Rows, made

Row = dict[str, Any]
SEEDS = (1, 2)


@pytest.fixture(scope="module", params=SEEDS)
def rows(request: pytest.FixtureRequest) -> Rows:
    return busy_trust(request.param)


def told(name: str, rows: Rows) -> dict[str, Row]:
    """What the report says of each school."""
    return {part["school_id"]: part for part in made(name, rows, DAY).as_json()["schools"]}


def school_of(row: Row) -> str:
    return str(row["pupil_id"])[:3]


def mean(values: Iterable[float]) -> float:
    held = list(values)
    return sum(held) / len(held)


# --- practice: of recorded incidents with a severity, those that led out of learning


def test_practice_by_hand(rows: Rows) -> None:
    linked = {(row["incident_id"], row["pupil_id"]) for row in (*rows["removals"], *rows["suspensions"])}
    detained = load_settings().ladder.rung(SCHOOL_LED, 1).incident_actions
    held = [row for row in rows["incidents"] if row["severity"]]

    def out(row: Row) -> bool:
        return (row["incident_id"], row["pupil_id"]) in linked or row["action"] == "isolation"

    chance = {n: mean(out(row) for row in held if row["severity"] == n) for n in (1, 2, 3)}

    def over_expected(some: list[Row]) -> float:
        return sum(map(out, some)) / sum(chance[row["severity"]] for row in some)

    for school, said in told("practice", rows).items():
        own, others = ([row for row in held if (school_of(row) == school) is mine] for mine in (True, False))
        assert said["incidents"] == rounded(len(own))
        assert said["out_per_100"] == pytest.approx(100 * mean(map(out, own)), abs=0.051)
        sanctioned = 100 * mean(out(row) or (row["action"] or "") in detained for row in own)
        assert said["any_per_100"] == pytest.approx(sanctioned, abs=0.051)
        assert said["ratio"] == pytest.approx(over_expected(own) / over_expected(others), abs=0.011)


# --- needs: days lost by kind of need, and kinds recorded only after a suspension


def test_needs_by_hand(rows: Rows) -> None:
    kinds = {
        (row["pupil_id"], row["code"]): row["start_date"]
        for row in rows["needs"]
        if row["kind"] == "sen_type"
    }
    first: dict[str, Any] = {}
    for row in rows["suspensions"]:
        first[row["pupil_id"]] = min(first.get(row["pupil_id"], row["start_date"]), row["start_date"])
    for school, said in told("needs", rows).items():
        days = _days(rows, school)
        for need in (row for row in said["needs"] if row["need"] in ("ASD", "SEMH", "SLCN")):
            whose = {pupil for pupil, _ in days if (pupil, need["need"]) in kinds}
            lost = sum(out for (pupil, _), out in days.items() if pupil in whose)
            rest = mean(out / 2 for (pupil, _), out in days.items() if pupil not in whose)
            possible = 2 * sum(pupil in whose for pupil, _ in days)
            assert need["pupils"] == rounded(len(whose))
            assert need["days_per_100_pupils"] == pytest.approx(50 * lost / len(whose), abs=0.51)
            assert need["ratio"] == pytest.approx(lost / possible / rest, abs=0.011)
            assert abs(need["days_beyond"] - (lost - rest * possible) / 2) <= 2.5
        for late in said["recorded_only_after_suspension"]:
            since = _first_recorded(kinds, late["need"])
            mine = [pupil for pupil in first if pupil in since and pupil[:3] == school]
            if not late["suppressed"]:
                assert late["pupils"] == rounded(len(mine))
                assert late["only_after"] == rounded(sum(since[pupil] > first[pupil] for pupil in mine))


def _days(rows: Rows, school: str) -> dict[tuple[str, Any], float]:
    """The sessions lost of each pupil and day with marks: absent, or else removed, never more than are left."""
    lost: dict[tuple[str, Any], float] = {}
    for row in rows["attendance"]:
        if school_of(row) == school:
            day = (row["pupil_id"], row["date"])
            lost[day] = lost.get(day, 0.0) + (row["code"] in "IO")
    for row in rows["removals"]:
        day = (row["pupil_id"], row["date"])
        if day in lost:
            lost[day] = min(lost[day] + row["sessions"], 2.0)
    return lost


def _first_recorded(kinds: dict[tuple[str, str], Any], need: str) -> dict[str, Any]:
    since: dict[str, Any] = {}
    for (pupil, kind), began in kinds.items():
        if need in ("any", kind):
            since[pupil] = min(since.get(pupil, began), began)
    return since


# --- services: of referrals, the share begun within so many weeks, those still waiting followed so far


def test_services_by_hand(rows: Rows) -> None:
    for school, said in told("services", rows).items():
        own = [row for row in rows["referrals"] if school_of(row) == school]
        for service in said["services"]:
            some = [row for row in own if row["service"] == service["service"]]
            waiting = [row for row in some if row["started_on"] > DAY]
            assert service["referrals"] == rounded(len(some))
            assert service["waiting"] == rounded(len(waiting))
            for weeks in (4, 12):
                assert service[f"begun_within_{weeks}_weeks"] == pytest.approx(
                    _begun(some, 7 * weeks), abs=0.0051
                )


def _begun(some: list[Row], by: int) -> float:
    """Kaplan and Meier, a day at a time."""
    waits = [
        ((min(row["started_on"], DAY) - row["referred_on"]).days, row["started_on"] <= DAY) for row in some
    ]
    still = 1.0
    for day in range(by + 1):
        at_risk = sum(length >= day for length, _ in waits)
        still *= 1 - sum(length == day and came for length, came in waits) / at_risk if at_risk else 1
    return 1 - still


# --- experience: the mean of each pupil's answers, and how many of those asked gave any


def test_experience_by_hand(rows: Rows) -> None:
    roll = _on_roll(rows, SEEN[0], DAY)
    for school, said in told("experience", rows).items():
        asked = {pupil for pupil in roll if pupil[:3] == school}
        scores: dict[str, list[float]] = {}
        for row in rows["surveys"]:
            if row["pupil_id"] in asked:
                scores.setdefault(row["pupil_id"], []).append(row["score"])
        (scale,) = said["scales"]
        assert scale["asked"] == rounded(len(asked))
        assert scale["answered"] == rounded(len(scores))
        assert scale["mean"] == pytest.approx(mean(map(mean, scores.values())), abs=0.0051)


def _on_roll(rows: Rows, since: Any, until: Any) -> set[str]:
    return {row["pupil_id"] for row in rows["enrolments"]
            if row["start_date"] <= until and (row.get("end_date") or until) >= since}  # fmt: skip


# --- intake: the share of those on roll on the day, beside the community


@pytest.mark.parametrize(
    ("group", "has"),
    [("yes", lambda pupil, free: pupil in free), ("no", lambda pupil, free: pupil not in free)],
)
def test_intake_by_hand(rows: Rows, group: str, has: Callable[[str, set[str]], bool]) -> None:
    free = {row["pupil_id"] for row in rows["needs"] if row["kind"] == "fsm"}
    roll = _on_roll(rows, DAY, DAY)
    for school, said in told("intake", rows).items():
        here = [pupil for pupil in roll if pupil[:3] == school]
        share = mean(has(pupil, free) for pupil in here)
        line = next(row for row in said["groups"] if (row["characteristic"], row["group"]) == ("fsm", group))
        assert said["pupils"] == len(here)
        assert line["share"] == pytest.approx(share, abs=0.00051)
        assert line["community"] == {"yes": 0.3, "no": 0.7}[group]
        joined = [
            row for row in rows["enrolments"] if school_of(row) == school and row["start_date"] >= SEEN[0]
        ]
        left = [row for row in rows["enrolments"] if school_of(row) == school and row.get("end_date")]
        assert (said["joined"], said["left"]) == (len(joined), len(left))


def test_the_trust_is_as_busy_as_the_counts_need() -> None:
    rows = busy_trust(SEEDS[0])
    assert sum(SCHOOLS.values()) == len(rows["enrolments"])
    assert all(
        len(rows[name]) > 30 for name in ("incidents", "removals", "suspensions", "referrals", "surveys")
    )
    assert any(row["started_on"] - row["referred_on"] > timedelta(days=90) for row in rows["referrals"])
