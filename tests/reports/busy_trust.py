"""A random trust in which everything happens that five reports count, as rows that plain Python can count too."""

import random
from datetime import date, timedelta
from typing import Any

from tests.reports.small_trust import FIRST, Rows, change, open_days, small_trust

SCHOOLS = {"ash": 70, "elm": 90, "oak": 120}
DAYS = open_days()
DAY = DAYS[90]
SEEN = DAYS[:91]


def busy_trust(seed: int) -> Rows:
    """Three schools of 280 pupils: incidents and what followed, needs, referrals, surveys, marks, joiners, leavers."""
    draw, rows = random.Random(seed), small_trust(SCHOOLS)
    for row in rows["schools"]:
        row["area_code"] = "A1"
    rows["communities"] = [
        {"area_code": "A1", "characteristic": "fsm", "group": group, "share": share}
        for group, share in (("eligible", 0.3), ("not eligible", 0.7))
    ]
    for school, size in SCHOOLS.items():
        for number in range(size):
            _life(draw, rows, school, f"{school}{number}")
    return rows


def _life(draw: random.Random, rows: Rows, school: str, pupil: str) -> None:
    who: dict[str, Any] = {"pupil_id": pupil, "school_id": school}
    if draw.random() < 0.1:
        change(rows, pupil, start_date=draw.choice(SEEN[5:60]))
    elif draw.random() < 0.1:
        change(rows, pupil, end_date=draw.choice(SEEN[5:60]))
    for day in SEEN[:40:4]:
        for session in ("AM", "PM"):
            rows["attendance"].append(
                {**who, "date": day, "session": session, "code": draw.choice("/////IO")}
            )
    for kind in ("ASD", "SEMH", "SLCN"):
        if draw.random() < 0.25:
            began = draw.choice([date(2024, 9, 2), *SEEN[::9]])
            rows["needs"].append({"pupil_id": pupil, "kind": "sen_type", "code": kind, "start_date": began})
    if draw.random() < 0.35:
        rows["needs"].append({"pupil_id": pupil, "kind": "fsm", "code": "fsm", "start_date": FIRST})
    for _ in range(draw.choice((0, 0, 1, 3, 6))):
        _incident(draw, rows, who)
    if draw.random() < 0.5:
        asked = draw.choice(SEEN[:70])
        begun = asked + timedelta(days=draw.choice((0, 10, 40, 100, 200)))
        rows["referrals"].append({"pupil_id": pupil, "service": draw.choice(("CAMHS", "early help")),
                                  "referred_on": asked, "started_on": begun})  # fmt: skip
    for day in (SEEN[20], SEEN[45]):
        if draw.random() < 0.7:
            rows["surveys"].append(
                {"pupil_id": pupil, "date": day, "scale": "belonging", "score": draw.random()}
            )


def _incident(draw: random.Random, rows: Rows, who: dict[str, Any]) -> None:
    day, name = draw.choice(SEEN), f"i{len(rows['incidents'])}"
    rows["incidents"].append(
        {**who, "incident_id": name, "date": day, "category": "defiance", "severity": draw.choice((1, 2, 3, None)),
         "action": draw.choice(("detention", "call home", "isolation", None))}
    )  # fmt: skip
    if draw.random() < 0.3:
        rows["removals"].append({**who, "date": day, "sessions": 1.0, "incident_id": name})
    elif draw.random() < 0.15:
        rows["suspensions"].append({**who, "start_date": day, "category": "SUSP", "sessions": None,
                                    "incident_id": name})  # fmt: skip
