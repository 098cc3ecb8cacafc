"""Rows of what is recorded about conduct: incidents, removals, suspensions, recognitions, lessons."""

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import pandas as pd

from sources.pretend.history import History
from sources.pretend.marks import MARK, Grid
from sources.pretend.overlay import present_on, suspensions
from sources.pretend.population import Ints, Pupils, Reals
from sources.pretend.process import PRIMARY, PROCESS
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS
from sources.pretend.weekly import World

CATEGORIES = (
    "low-level disruption",
    "defiance",
    "verbal abuse",
    "fighting",
    "damage",
    "prohibited item",
    "mobile phone",
    "bullying",
    "racist language",
    "truancy",
)
CATEGORY_SHARES = (
    (0.46, 0.24, 0.10, 0.06, 0.03, 0.02, 0.06, 0.01, 0.01, 0.01),
    (0.16, 0.24, 0.20, 0.22, 0.05, 0.03, 0.03, 0.05, 0.02, 0.0),
    (0.06, 0.12, 0.26, 0.40, 0.05, 0.06, 0.0, 0.03, 0.02, 0.0),
)
LOCATIONS = ("classroom", "corridor", "playground", "dining hall", "toilets", "gate", "bus")
LOCATION_SHARES = (0.58, 0.14, 0.13, 0.06, 0.04, 0.03, 0.02)
ACTIONS = (
    ("warning", "detention", "sent out"),
    ("detention", "sent out", "call home"),
    ("detention", "call home", "sent out"),
)
ACTION_SHARES = ((0.62, 0.22, 0.16), (0.46, 0.34, 0.20), (0.50, 0.35, 0.15))
REMOVED = "internal exclusion"
# Reasons of suspensions, primary then secondary and special: share of recorded reasons.
REASONS = ("DB", "VA", "PP", "PA", "VP", "DA", "DM", "OW", "RA", "MT", "BU", "LG", "TH", "SM")
REASON_SHARES = (
    (0.36, 0.10, 0.19, 0.22, 0.04, 0.001, 0.045, 0.012, 0.011, 0.002, 0.006, 0.003, 0.002, 0.004),
    (0.50, 0.20, 0.12, 0.017, 0.05, 0.035, 0.020, 0.015, 0.012, 0.010, 0.006, 0.007, 0.007, 0.007),
)
REASON_CATEGORY = {
    "DB": "defiance",
    "VA": "verbal abuse",
    "PP": "fighting",
    "PA": "fighting",
    "VP": "verbal abuse",
    "DM": "damage",
    "RA": "racist language",
    "BU": "bullying",
}
PRAISE = ("effort", "kindness", "homework", "progress", "teamwork", "helping others", "attendance")


@dataclass(frozen=True)
class Story:
    """What the rows are made from."""

    pupils: Pupils
    world: World
    history: History
    marks: Grid
    seed: int

    def phase(self, pupil: Ints, day: Ints) -> Ints:
        """Phase of the school each pupil was at on that day."""
        return self.world.schools.phase[self.school(pupil, day)]

    def school(self, pupil: Ints, day: Ints) -> Ints:
        """School index of each pupil on that day."""
        return self.history.school[pupil, day // DAYS].astype(np.int64)

    @cached_property
    def incidents(self) -> pd.DataFrame:
        """All incidents, drawn once."""
        return incident_rows(self)

    @cached_property
    def removals(self) -> pd.DataFrame:
        """All removals, drawn once."""
        return removal_rows(self, self.incidents)


def pick(rng: np.random.Generator, shares: npt.NDArray[np.float64]) -> Ints:
    """One choice a row from a table of shares a row."""
    edges = np.cumsum(shares / shares.sum(axis=1, keepdims=True), axis=1)
    return np.asarray((rng.random(len(shares))[:, None] > edges).sum(axis=1).clip(max=shares.shape[1] - 1))


def scatter_days(story: Story, counts: npt.NDArray[np.uint8], rng: np.random.Generator) -> tuple[Ints, Ints]:
    """Pupil and day of so many events a pupil-week, on the school's open days with the pupil present."""
    pupil, week = np.nonzero(counts)
    times = counts[pupil, week]
    pupil, week = np.repeat(pupil, times), np.repeat(week, times)
    school = story.history.school[pupil, week].astype(np.int64)
    week_open = story.world.terms.open.reshape(len(story.world.terms.open), -1, DAYS)[school, week]
    nth = (rng.random(len(pupil)) * week_open.sum(axis=1)).astype(np.int64)
    day = week * DAYS + (week_open.cumsum(axis=1) > nth[:, None]).argmax(axis=1)
    there = present_on(story.marks, pupil, day)
    return pupil[there], day[there]


def incident_rows(story: Story) -> pd.DataFrame:
    """Incidents with severity, category, time, place and action; `led` numbers the suspension it led to."""
    rng = stream(story.seed, "incidents")
    pupil, day = scatter_days(story, story.history.incidents, rng)
    conduct = PROCESS.conduct
    severity = pick(rng, np.broadcast_to(conduct.severity, (len(pupil), 3)))
    category = pick(rng, np.array(CATEGORY_SHARES)[severity])
    action = pick(rng, np.array(ACTION_SHARES)[severity])
    phase = story.phase(pupil, day)
    removed = rng.random(len(pupil)) < np.array(conduct.removed)[severity] * np.array([0.25, 1.0, 0.7])[phase]
    names = np.where(removed, REMOVED, np.array(ACTIONS)[severity, action])
    plain = pd.DataFrame(
        {
            "pupil": pupil,
            "day": day,
            "category": np.array(CATEGORIES)[category],
            "severity": severity + 1,
            "action": names,
            "led": -1,
        }
    )
    frame = pd.concat([plain, _incidents_behind(story, rng)], ignore_index=True)
    frame = frame.sort_values(
        ["day", "pupil", "severity", "category", "led"], kind="stable", ignore_index=True
    )
    minute = rng.integers(8 * 60 + 35, 15 * 60 + 15, len(frame))
    frame["time"] = [f"{m // 60:02d}:{m % 60:02d}" for m in minute]
    frame["location"] = np.array(LOCATIONS)[pick(rng, np.broadcast_to(LOCATION_SHARES, (len(frame), 7)))]
    frame["incident_id"] = [f"i{n:08d}" for n in range(len(frame))]
    return frame


def _incidents_behind(story: Story, rng: np.random.Generator) -> pd.DataFrame:
    """The incident behind each suspension, on the morning of its first day; a few were never logged."""
    spans = suspensions(story.history)
    reason = suspension_reasons(story)
    first = [REASON_CATEGORY.get(r.split(";")[0], "prohibited item") for r in reason]
    frame = pd.DataFrame(
        {
            "pupil": spans.pupil,
            "day": spans.day,
            "category": first,
            "severity": 2 + (rng.random(len(first)) < 0.55),
            "action": "suspension",
            "led": np.arange(len(first)),
        }
    )
    return frame[rng.random(len(frame)) < 0.85]


def suspension_reasons(story: Story) -> list[str]:
    """One to three reason codes of each suspension, joined by `;`."""
    rng = stream(story.seed, "reasons")
    spans = suspensions(story.history)
    shares = np.array(REASON_SHARES)[(story.phase(spans.pupil, spans.day) != PRIMARY).astype(np.int64)]
    chosen = np.stack([pick(rng, shares) for _ in range(3)], axis=1)
    many = 1 + (rng.random(len(chosen)) < 0.22) + (rng.random(len(chosen)) < 0.05)
    return [";".join(dict.fromkeys(REASONS[c] for c in row[:n])) for row, n in zip(chosen, many, strict=True)]


def suspension_rows(story: Story, incidents: pd.DataFrame) -> pd.DataFrame:
    """Suspensions and permanent exclusions."""
    spans, weeks = suspensions(story.history), story.history.weeks
    link = incidents[incidents.led >= 0].set_index("led").incident_id
    frame = pd.DataFrame(
        {
            "pupil": spans.pupil,
            "day": spans.day,
            "category": "SUSP",
            "sessions": spans.length.astype(float),
            "reasons": suspension_reasons(story),
        }
    )
    frame["incident_id"] = link.reindex(range(len(frame))).to_numpy()
    rng = stream(story.seed, "permanent")
    pupil = np.concatenate([w.permanent for w in weeks])
    reason = np.array(["DB", "PP", "PA", "VA", "DA", "OW"])[
        pick(rng, np.broadcast_to((0.42, 0.17, 0.14, 0.09, 0.09, 0.09), (len(pupil), 6)))
    ]
    permanent = pd.DataFrame(
        {
            "pupil": pupil,
            "day": np.concatenate([w.permanent_day for w in weeks]),
            "category": "PERM",
            "sessions": np.nan,
            "reasons": reason,
            "incident_id": None,
        }
    )
    return pd.concat([frame, permanent], ignore_index=True).sort_values(["day", "pupil"], kind="stable")


def removal_rows(story: Story, incidents: pd.DataFrame) -> pd.DataFrame:
    """Internal exclusions: sessions in quarters; most name the incident behind them."""
    rng = stream(story.seed, "removals")
    frame = incidents.loc[incidents.action == REMOVED, ["pupil", "day", "category", "incident_id"]].copy()
    frame["sessions"] = np.array([0.25, 0.5, 1.0, 2.0, 4.0])[
        pick(rng, np.broadcast_to((0.15, 0.25, 0.30, 0.22, 0.08), (len(frame), 5)))
    ]
    frame.loc[rng.random(len(frame)) < 0.3, "incident_id"] = None
    return frame.rename(columns={"category": "reason"})


def recognition_rows(story: Story) -> pd.DataFrame:
    """Recognitions: everyone has some; more when strain is low and where adults notice."""
    rng = stream(story.seed, "recognitions")
    h, pupils = story.history, story.pupils
    counts = np.zeros(h.school.shape, dtype=np.uint8)
    for week in [w.number for w in h.weeks]:
        school = h.school[:, week].astype(np.int64)
        yearly = np.array(PROCESS.conduct.recognitions)[story.world.schools.phase[school]]
        free = np.where(school >= 0, story.world.opened[school, week], 0)
        rate: Reals = (
            yearly / 190 * free * np.exp(0.45 * pupils.praised - 0.25 * (h.strain[:, week] + pupils.level))
        )
        counts[:, week] = np.minimum(rng.poisson(np.minimum(rate * 0.85, 6)), 10)
    pupil, day = scatter_days(story, counts, rng)
    frame = pd.DataFrame(
        {
            "pupil": pupil,
            "day": day,
            "category": rng.choice(PRAISE, len(pupil)),
            "points": rng.choice([1, 1, 1, 2, 5], len(pupil)),
        }
    )
    return frame.sort_values(["day", "pupil", "category"], kind="stable")


def lesson_rows(story: Story) -> pd.DataFrame:
    """Period marks other than present: lessons missed while in school, and late to. None in primaries."""
    rng = stream(story.seed, "lessons")
    h, pupils = story.history, story.pupils
    late = np.zeros(h.school.shape, dtype=np.uint8)
    for week in [w.number for w in h.weeks]:
        school = h.school[:, week].astype(np.int64)
        yearly = np.array(PROCESS.conduct.late_lessons)[story.world.schools.phase[school]]
        free = np.where(school >= 0, story.world.opened[school, week], 0)
        load = (
            0.4 * pupils.avoidance + 0.3 * pupils.conduct + 0.3 * h.strain[:, week] + 0.5 * pupils.late - 0.35
        )
        late[:, week] = np.minimum(rng.poisson(yearly / 190 * free * np.exp(np.minimum(load, 2.5))), 20)
    parts = []
    for counts, mark in ((h.truancy, "absent"), (late, "late")):
        pupil, day = scatter_days(story, counts, rng)
        whole = (story.marks[day, :, pupil] == np.array([MARK["/"], MARK["\\"]])).all(axis=1)
        pupil, day = pupil[whole], day[whole]
        parts.append(
            pd.DataFrame(
                {
                    "pupil": pupil,
                    "day": day,
                    "period": rng.integers(1, 6, len(pupil)).astype(str),
                    "mark": mark,
                }
            )
        )
    frame = pd.concat(parts, ignore_index=True).drop_duplicates(["pupil", "day", "period"])
    return frame.sort_values(["day", "pupil", "period"], kind="stable")
