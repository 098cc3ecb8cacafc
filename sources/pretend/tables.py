"""All the canonical tables of one trust as frames by name (attendance, too long, is written by itself)."""

import numpy as np
import pandas as pd

from sources.pretend import care, conduct, places, roll
from sources.pretend.conduct import Story
from sources.pretend.files import Names
from sources.pretend.groups import ETHNICITIES, LANGUAGES
from sources.pretend.shape import before_or_on, columns, ended, on_open_days, with_names
from sources.pretend.streams import stream

LATE_K = np.timedelta64(300, "D")


def all_tables(story: Story, names: Names) -> dict[str, pd.DataFrame]:
    """Every table but attendance."""
    return {
        "schools": places.school_rows(story.world.schools),
        "calendar": _dated(places.calendar_rows(story.world.terms), names, "school_id", "date"),
        "communities": places.community_rows(story.world.schools, story),
        "training": _dated(places.training_rows(story), names, "school_id", "date", "topic", "staff_trained"),
        **_people(story, names),
        **_conduct(story, names),
        **_care(story, names),
    }


def _dated(frame: pd.DataFrame, names: Names, *wanted: str) -> pd.DataFrame:
    """`day` becomes `date`, and the wanted columns are kept."""
    frame = with_names(frame, names)
    frame["date"] = names.day(frame.day.to_numpy(dtype=np.int64))
    return columns(frame, *wanted)


def _people(story: Story, names: Names) -> dict[str, pd.DataFrame]:
    """Pupils, enrolments and names."""
    enrolments = roll.enrolment_rows(story)
    people = with_names(places.people_rows(story, enrolments), names)
    seen = with_names(enrolments, names)
    seen["start_date"] = names.day(seen.start_day.to_numpy())
    seen["end_date"] = names.day(np.where(seen.ended, seen.end_day, -1))
    ever = np.zeros(len(story.pupils.cohort), dtype=np.bool_)
    ever[enrolments.pupil] = True
    return {
        "pupils": pupil_rows(story, names)[ever].reset_index(drop=True),
        "enrolments": columns(
            seen,
            "pupil_id",
            "school_id",
            "start_date",
            "end_date",
            "year_group",
            "status",
            "leaving_reason",
            "destination",
        ),
        "people": columns(
            people, "pupil_id", "first_name", "last_name", "preferred_name", "tutor_group", *places.PROFILES
        ),
    }


def pupil_rows(story: Story, names: Names) -> pd.DataFrame:
    """Date of birth, sex, ethnicity, language and area of every pupil."""
    rng, pupils = stream(story.seed, "birthdays"), story.pupils
    n = len(pupils.cohort)
    # a pupil in year group g (0 for Reception) at year index 0 turned g + 4 before that September
    born = np.array(
        [f"{story.world.terms.first_year - 5 - c}-09-01" for c in pupils.cohort], dtype="datetime64[D]"
    )
    born = born + rng.integers(0, 365, n).astype("timedelta64[D]")
    home = pupils.plan.max(axis=1)
    return pd.DataFrame(
        {
            "pupil_id": names.pupils,
            "date_of_birth": born,
            "sex": np.where(pupils.male, "M", "F"),
            "ethnicity": np.array([e.code for e in ETHNICITIES])[pupils.ethnicity],
            "first_language": np.where(pupils.english, "ENG", rng.choice(LANGUAGES, n)),
            "area_code": [f"A{h + 1:03d}" for h in home],
        }
    )


def _conduct(story: Story, names: Names) -> dict[str, pd.DataFrame]:
    """Incidents, removals, suspensions, recognitions, lessons."""
    incidents = story.incidents
    suspended = with_names(on_open_days(story, conduct.suspension_rows(story, incidents)), names)
    suspended["start_date"] = names.day(suspended.day.to_numpy(dtype=np.int64))
    where = ("pupil_id", "school_id", "date")
    return {
        "incidents": _dated(
            on_open_days(story, incidents),
            names,
            "incident_id",
            *where,
            "category",
            "severity",
            "time",
            "location",
            "action",
        ),
        "removals": _dated(
            on_open_days(story, story.removals), names, *where, "sessions", "reason", "incident_id"
        ),
        "suspensions": columns(
            suspended, "pupil_id", "school_id", "start_date", "category", "sessions", "reasons", "incident_id"
        ),
        "achievements": _dated(
            on_open_days(story, conduct.recognition_rows(story)), names, *where, "category", "points"
        ),
        "lessons": _dated(on_open_days(story, conduct.lesson_rows(story)), names, *where, "period", "mark"),
    }


def _care(story: Story, names: Names) -> dict[str, pd.DataFrame]:
    """Support, moves, needs, referrals, meetings and surveys."""
    support, end = care.support_rows(story), story.world.terms.open.shape[1]
    given = with_names(on_open_days(story, support), names)
    given = given[
        given.until >= given.day
    ]  # support due to begin in a holiday it would not outlast never began
    given["start_date"] = names.day(given.day.to_numpy(dtype=np.int64))
    given["end_date"] = ended(given.until.to_numpy(), names, end).to_numpy()
    surveys = on_open_days(story, care.survey_rows(story))
    return {
        "support": columns(
            given.drop_duplicates(["pupil_id", "school_id", "kind", "start_date"]),
            "pupil_id",
            "school_id",
            "kind",
            "start_date",
            "end_date",
            "sessions_planned",
            "sessions_held",
        ),
        "moves": _moves(story, names, end),
        "needs": _needs(story, names),
        "referrals": _referrals(story, names, support, end),
        "meetings": _dated(
            on_open_days(story, care.meeting_rows(story, support)),
            names,
            "pupil_id",
            "school_id",
            "date",
            "kind",
        ),
        "surveys": _dated(surveys, names, "pupil_id", "date", "scale", "score"),
    }


def _moves(story: Story, names: Names, end: int) -> pd.DataFrame:
    """Moves with their dates. One that falls on a closed day starts on the next open one."""
    moves = with_names(on_open_days(story, roll.move_rows(story)), names)
    moves["start_date"] = names.day(moves.day.to_numpy(dtype=np.int64))
    moves["end_date"] = ended(moves.until.to_numpy(), names, end).to_numpy()
    moves["review_date"] = names.day(moves.review_day.to_numpy())
    wanted = (
        "pupil_id",
        "school_id",
        "kind",
        "start_date",
        "end_date",
        "initiated_by",
        "destination",
        "decided_by",
        "review_date",
        "reason",
        "provider",
        "provider_registered",
    )
    return columns(moves.drop_duplicates(list(wanted[:4])), *wanted)


def _needs(story: Story, names: Names) -> pd.DataFrame:
    """Needs with dates; those known before the data carry a date in the summer before, or earlier."""
    frame = with_names(care.need_rows(story), names)
    school = story.history.school.astype(np.int64)
    opened = story.world.opened[school, np.arange(school.shape[1])]
    ever = np.flatnonzero(((school >= 0) & (opened > 0)).any(axis=1))
    frame = frame[frame.pupil.isin(ever)]
    first = names.dates[0] - LATE_K
    frame["start_date"] = before_or_on(frame.day.to_numpy(), names, first).to_numpy()
    frame["end_date"] = ended(frame.until.to_numpy(), names, story.world.terms.open.shape[1]).to_numpy()
    return columns(frame, "pupil_id", "kind", "code", "start_date", "end_date")


def _referrals(story: Story, names: Names, support: pd.DataFrame, end: int) -> pd.DataFrame:
    """Referrals with the day asked, begun and ended."""
    frame = with_names(care.referral_rows(story, support), names)
    frame["referred_on"] = names.day(frame.day.to_numpy())
    frame["started_on"] = ended(frame.started.to_numpy(), names, end).to_numpy()
    ends = np.where(frame.started >= end, -1, frame.until)
    frame["ended_on"] = ended(ends, names, end).to_numpy()
    return columns(frame, "pupil_id", "service", "referred_on", "started_on", "ended_on")
