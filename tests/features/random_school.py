"""A random small school with everything that makes time awkward: late entries, corrections, movers, gaps."""

import random
from datetime import date, timedelta
from typing import Any

MONDAY = date(2024, 9, 2)


def calendar(rng: random.Random, school: str, weeks: int) -> list[dict[str, Any]]:
    days = [MONDAY + timedelta(days=7 * week + day) for week in range(weeks) for day in range(5)]
    holiday = rng.randrange(weeks)
    return [
        {"school_id": school, "date": day}
        for day in days
        if (day - MONDAY).days // 7 != holiday and rng.random() > 0.04
    ]


def random_school(seed: int, pupils: int = 5, weeks: int = 9) -> dict[str, list[dict[str, Any]]]:
    """Canonical rows of two schools with different terms. Some rows are known late, some were corrected."""
    rng = random.Random(seed)
    rows: dict[str, list[dict[str, Any]]] = {name: [] for name in (
        "schools", "calendar", "pupils", "enrolments", "attendance", "lessons", "incidents", "achievements",
        "removals", "suspensions", "moves", "needs", "support", "meetings", "surveys")}  # fmt: skip
    for school in ("Ash", "Elm"):
        rows["schools"].append({"school_id": school, "name": school, "phase": "secondary", "la_code": "801"})
        rows["calendar"] += calendar(rng, school, weeks)
    for number in range(pupils):
        _pupil(rng, f"p{number}", rows, weeks)
    return rows


def _pupil(rng: random.Random, pupil: str, rows: dict[str, list[dict[str, Any]]], weeks: int) -> None:
    rows["pupils"].append({"pupil_id": pupil})
    first, second = rng.sample(["Ash", "Elm"], 2)
    moved = MONDAY + timedelta(days=rng.randrange(7 * weeks)) if rng.random() < 0.4 else None
    spells = [(first, MONDAY - timedelta(days=rng.choice([0, 400])), moved)]
    if moved:
        spells.append((second, moved + timedelta(days=rng.choice([1, 3, 20])), None))
    for school, start, end in spells:
        year_group = rng.choice(["7", "7", "Y8", "R", None])
        rows["enrolments"].append({"pupil_id": pupil, "school_id": school, "start_date": start, "end_date": end,
                                   "year_group": year_group, "known_on": start})  # fmt: skip
    for school, start, end in spells:
        days = [r["date"] for r in rows["calendar"]
                if r["school_id"] == school and r["date"] >= start and (end is None or r["date"] <= end)]  # fmt: skip
        _records(rng, pupil, school, days, rows)
    _needs(rng, pupil, rows, weeks)


def _known(rng: random.Random, day: date) -> dict[str, Any]:
    """When a row was known: mostly the same day; sometimes later; sometimes corrected away after a while."""
    late = rng.choice([0, 0, 0, 0, 1, 4, 15])
    until = day + timedelta(days=late + rng.choice([1, 6, 20])) if rng.random() < 0.08 else None
    return {"known_on": day + timedelta(days=late), "known_until": until}


def _records(
    rng: random.Random, pupil: str, school: str, days: list[date], rows: dict[str, list[dict[str, Any]]]
) -> None:
    who = {"pupil_id": pupil, "school_id": school}
    away = 0
    for day in days:
        away = away - 1 if away > 0 else rng.choice([0] * 9 + [1, 4])
        for session in ("AM", "PM"):
            if away:
                rows["attendance"].append({**who, "date": day, "session": session, "code": rng.choice("IO"),
                                           **_known(rng, day)})  # fmt: skip
            elif rng.random() < 0.95:
                code = rng.choice(["/"] * 12 + list("LIOUENRTDBXSKM") + ["C2", "Y5", "I01", "#"])
                rows["attendance"].append({**who, "date": day, "session": session, "code": code,
                                           "minutes_late": 7.0 if code == "L" else None,
                                           **_known(rng, day)})  # fmt: skip
        if rng.random() < 0.15:
            rows["lessons"].append({**who, "date": day, "period": rng.choice(["1", "P2", "5", "tutor"]),
                                    "mark": rng.choice(["absent", "late", "present"]), **_known(rng, day)})  # fmt: skip
        weekend = day + timedelta(days=rng.choice([0, 0, 0, 1, 2]))
        when = {**who, "date": weekend, **_known(rng, weekend)}
        if rng.random() < 0.15:
            rows["incidents"].append({**when, "incident_id": f"i{rng.random()}",
                                      "category": rng.choice(["disruption", "Bullying", "truancy", "uniform"]),
                                      "severity": rng.choice([1, 2, 3]),
                                      "action": rng.choice(["Detention", "sent out", "none", None])})  # fmt: skip
        if rng.random() < 0.1:
            rows["achievements"].append({**when, "category": "effort"})
        if rng.random() < 0.05:
            rows["removals"].append({**when, "sessions": rng.choice([0.33, 1.0, 2.5])})
        if rng.random() < 0.05:
            rows["meetings"].append({**when, "kind": "review"})
        start = {**who, "start_date": day, **_known(rng, day)}
        if rng.random() < 0.04:
            rows["suspensions"].append(
                {
                    **start,
                    "category": rng.choice(["SUSP", "SUSP", "LNCH", "PERM"]),
                    "sessions": rng.choice([1.0, 4.0, 11.0, None]),
                }
            )
        if rng.random() < 0.03:
            rows["moves"].append(
                {**start, "kind": rng.choice(["off_site_direction", "off_roll", "managed_move"])}
            )
        if rng.random() < 0.04:
            rows["support"].append({**start, "kind": rng.choice(["mentoring", "check_in"]),
                                    "end_date": rng.choice([None, day + timedelta(days=9)])})  # fmt: skip


def _needs(rng: random.Random, pupil: str, rows: dict[str, list[dict[str, Any]]], weeks: int) -> None:
    for kind, code in rng.sample([("sen_provision", "K"), ("sen_provision", "E"), ("sen_type", "SEMH"),
                                  ("social_care", "CIN"), ("young_carer", "S"), ("fsm", "1")], 3):  # fmt: skip
        start = MONDAY + timedelta(days=rng.randrange(7 * weeks))
        end = start + timedelta(days=14) if rng.random() < 0.4 else None
        rows["needs"].append({"pupil_id": pupil, "kind": kind, "code": code, "start_date": start, "end_date": end,
                              "known_on": start + timedelta(days=rng.choice([0, 10]))})  # fmt: skip
    for day in sorted({MONDAY + timedelta(days=rng.randrange(7 * weeks)) for _ in range(3)}):
        rows["surveys"].append({"pupil_id": pupil, "date": day, "scale": rng.choice(["belonging", "safety"]),
                                "score": round(rng.random(), 2), "known_on": day})  # fmt: skip
