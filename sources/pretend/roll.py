"""Rows of enrolments and moves."""

import numpy as np
import pandas as pd

from sources.pretend.conduct import Story
from sources.pretend.process import LAST_YEAR
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS

YEAR_NAMES = ("R", *(str(n) for n in range(1, 12)))
OFF_ROLL_SAID = 0.5  # share of unexplained exits that other schools at least write down
PROVIDERS = ("Harbour Centre", "Millside Academy", "Orchard Works")
REASON_LEFT = "end of the school's last year"


def enrolment_rows(story: Story) -> pd.DataFrame:
    """One row a pupil, school and school year, in weeks on roll; the current ones have no end."""
    terms, grid = story.world.terms, story.history.school
    parts = []
    for year, (first, last) in enumerate(terms.year_weeks):
        block = grid[:, first:last].astype(np.int64)
        before = np.concatenate([np.full((len(block), 1), -1), block[:, :-1]], axis=1)
        after = np.concatenate([block[:, 1:], np.full((len(block), 1), -1)], axis=1)
        pupil, start = np.nonzero((block >= 0) & (block != before))
        _, end = np.nonzero((block >= 0) & (block != after))
        parts.append(
            pd.DataFrame(
                {
                    "pupil": pupil,
                    "school": block[pupil, start],
                    "year": year,
                    "start": start + first,
                    "last": end + first,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True)
    frame["year_number"] = (story.pupils.cohort[frame.pupil] + frame.year).clip(0, 11)
    frame["year_group"] = np.array(YEAR_NAMES)[frame.year_number]
    return _dated(story, _explained(story, frame))


def _explained(story: Story, frame: pd.DataFrame) -> pd.DataFrame:
    """Why each ended spell ended and where the pupil went; blank where nobody wrote it down."""
    said = [story.history.ends.get(key) for key in zip(frame.pupil, frame["last"], strict=True)]
    phase = story.world.schools.phase[frame.school]
    year_end = np.array([last for _, last in story.world.terms.year_weeks])[frame.year] - 1
    final = frame.year_number == np.array(LAST_YEAR)[phase]
    onward = np.where(phase == 0, "secondary school", "post-16")
    frame["leaving_reason"] = [
        s[0] if s else (REASON_LEFT if f else "") for s, f in zip(said, final, strict=True)
    ]
    frame["destination"] = [
        s[1] if s else (o if f else "") for s, f, o in zip(said, final, onward, strict=True)
    ]
    earlier = (frame["last"] < year_end) | (frame.year < story.world.terms.years - 1)
    frame["ended"] = np.array([s is not None for s in said]) | earlier
    return frame


def _dated(story: Story, frame: pd.DataFrame) -> pd.DataFrame:
    """First and last open day of each spell (spells without an open day are dropped)."""
    by_week = story.world.terms.open.reshape(len(story.world.terms.open), -1, DAYS)
    flat = by_week.reshape(len(by_week), -1)
    n = flat.shape[1]
    following = np.where(flat, np.arange(n), n)
    following = np.minimum.accumulate(following[:, ::-1], axis=1)[:, ::-1]
    earlier = np.maximum.accumulate(np.where(flat, np.arange(n), -1), axis=1)
    frame["start_day"] = following[frame.school, frame.start * DAYS]
    frame["end_day"] = earlier[frame.school, frame["last"] * DAYS + DAYS - 1]
    frame = frame[(frame.start_day <= frame.end_day)].copy()
    frame["status"] = "C"
    gone = ~frame.ended
    frame.loc[gone, ["leaving_reason", "destination"]] = ""
    return frame.sort_values(["pupil", "start_day"], kind="stable", ignore_index=True)


MOVE_COLUMNS = [
    "pupil",
    "day",
    "until",
    "kind",
    "initiated_by",
    "destination",
    "decided_by",
    "reason",
    "provider",
    "provider_registered",
]
Row = dict[str, object]


def move_rows(story: Story) -> pd.DataFrame:
    """Movements off the usual timetable or roll; the planted school writes no unexplained exit down."""
    rng = stream(story.seed, "moves")
    rows: list[Row] = []
    for week in story.history.weeks:
        placed = zip(week.placed, week.placed_day, week.placed_until, strict=True)
        rows += [_placement(*row, rng) for row in placed]
        rows += [
            _managed(story, week.number, *row) for row in zip(week.managed, week.managed_day, strict=True)
        ]
        timetables = zip(week.part_time, week.part_time_until, strict=True)
        rows += [_part_time(week.number, *row, rng) for row in timetables]
        rows += [_home_education(week.number, pupil, rng) for pupil in week.home_education]
        silent = story.world.schools.off_rolling[story.history.school[week.unexplained, week.number]]
        said = [pupil for pupil in week.unexplained[~silent] if rng.random() < OFF_ROLL_SAID]
        rows += [_off_roll(week.number, pupil) for pupil in said]
    frame = pd.DataFrame(rows, columns=MOVE_COLUMNS)
    until = frame.until.astype(int)
    frame["review_day"] = np.where(until > 0, (frame.day.astype(int) + until) // 2, -1)
    return frame.sort_values(["day", "pupil", "kind"], kind="stable")


def _placement(pupil: int, day: int, until: int, rng: np.random.Generator) -> Row:
    """Off-site direction or alternative provision."""
    kind = "off_site_direction" if rng.random() < 0.6 else "alternative_provision"
    registered = "yes" if rng.random() < 0.74 else "no"
    return {
        "pupil": pupil,
        "day": day,
        "until": until,
        "kind": kind,
        "initiated_by": "school",
        "decided_by": "headteacher",
        "reason": "behaviour support",
        "provider": str(rng.choice(PROVIDERS)),
        "provider_registered": registered,
    }


def _managed(story: Story, week: int, pupil: int, day: int) -> Row:
    """A managed move, and where to."""
    destination = story.history.ends.get((int(pupil), week), ("", ""))[1]
    return {
        "pupil": pupil,
        "day": day,
        "until": -1,
        "kind": "managed_move",
        "initiated_by": "school",
        "destination": destination,
        "decided_by": "both headteachers",
    }


def _part_time(week: int, pupil: int, until: int, rng: np.random.Generator) -> Row:
    """A part-time timetable from that Monday."""
    return {
        "pupil": pupil,
        "day": week * DAYS,
        "until": until,
        "kind": "part_time_timetable",
        "initiated_by": str(rng.choice(["school", "family"])),
        "decided_by": "headteacher",
        "reason": str(rng.choice(["anxiety", "reintegration", "health"])),
    }


def _home_education(week: int, pupil: int, rng: np.random.Generator) -> Row:
    """Elective home education from that Friday."""
    return {
        "pupil": pupil,
        "day": _friday(week),
        "until": -1,
        "kind": "elective_home_education",
        "initiated_by": str(rng.choice(["family", "unknown"], p=[0.8, 0.2])),
        "destination": "home education",
    }


def _off_roll(week: int, pupil: int) -> Row:
    """Taken off roll, said but not explained."""
    return {"pupil": pupil, "day": _friday(week), "until": -1, "kind": "off_roll", "initiated_by": "unknown"}


def _friday(week: int) -> int:
    """Day index of that week's Friday."""
    return week * DAYS + DAYS - 1
