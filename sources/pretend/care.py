"""Rows of needs, referrals, support, meetings and surveys."""

import numpy as np
import numpy.typing as npt
import pandas as pd

from sources.pretend.conduct import Story, pick
from sources.pretend.groups import CARE, NEED_TYPES, NEEDS_PLAN, NEEDS_SUPPORT
from sources.pretend.overlay import suspensions
from sources.pretend.population import Ints
from sources.pretend.process import SUPPORTS
from sources.pretend.streams import stream
from sources.pretend.terms import DAYS

Texts = npt.NDArray[np.object_] | npt.NDArray[np.str_]
COME = (
    8.0,
    2.0,
)  # of the sessions planned for a pupil, the share that was held: a beta distribution, four in five
RECORDED_LATE = 0.22  # share of SEN support first recorded in the period, often after a suspension


def need_rows(story: Story) -> pd.DataFrame:
    """Needs with the day each was recorded. Day -1 means before the first day of the data."""
    rng = stream(story.seed, "needs")
    pupils, n = story.pupils, len(story.pupils.cohort)
    everyone = np.arange(n)
    days = story.world.terms.weeks * DAYS
    spans = suspensions(story.history)
    first = np.full(n, days)
    np.minimum.at(first, spans.pupil, spans.day)
    suspended = first < days
    late = (pupils.sen == 1) & (rng.random(n) < np.where(suspended, 2 * RECORDED_LATE, RECORDED_LATE / 2))
    recorded = np.where(suspended, first + rng.integers(5, 45, n), rng.integers(0, days, n))
    start = np.where(late, np.minimum(recorded, days - 1), -1)
    need = np.array(NEED_TYPES)[pick(rng, np.where((pupils.sen == 2)[:, None], NEEDS_PLAN, NEEDS_SUPPORT))]
    care_start = np.where(rng.random(n) < 0.4, rng.integers(0, days, n), -1)
    care_end = np.where((care_start >= 0) & (rng.random(n) < 0.4), care_start + rng.integers(40, 200, n), -1)
    fsm_start = np.where(rng.random(n) < 0.05, rng.integers(0, days // 2 + 1, n), -1)
    parts = [
        _need(everyone[pupils.sen > 0], "sen_provision", np.array(["", "K", "E"])[pupils.sen], start),
        _need(everyone[pupils.sen > 0], "sen_type", need, start),
        _need(everyone[pupils.fsm], "fsm", np.full(n, "FSM"), fsm_start),
        _need(everyone[pupils.care > 0], "social_care", np.array(CARE)[pupils.care], care_start, care_end),
        _need(everyone[pupils.carer], "young_carer", np.full(n, "S"), care_start),
    ]
    frame = pd.concat(parts, ignore_index=True)
    return frame.sort_values(["pupil", "kind", "day"], kind="stable")


def _need(who: Ints, kind: str, code: Texts, start: Ints, end: Ints | None = None) -> pd.DataFrame:
    """Rows of one kind of need."""
    return pd.DataFrame(
        {
            "pupil": who,
            "kind": kind,
            "code": code[who],
            "day": start[who],
            "until": -1 if end is None else end[who],
        }
    )


def support_rows(story: Story) -> pd.DataFrame:
    """Support given, by kind, from a Monday to a Friday; the last may still run. A session was planned each week, and
    most pupils missed some."""
    parts = []
    for week in story.history.weeks:
        for kind, (who, until) in zip(SUPPORTS, week.supported, strict=True):
            parts.append(
                pd.DataFrame(
                    {
                        "pupil": who,
                        "kind": kind.kind,
                        "day": week.number * DAYS + DAYS,
                        "until": until * DAYS + DAYS - 1,
                    }
                )
            )
    frame = pd.concat(parts, ignore_index=True).sort_values(["day", "pupil", "kind"], kind="stable")
    rng = stream(story.seed, "sessions of support")
    planned = np.maximum((frame.until.to_numpy() - frame.day.to_numpy() + 1) // DAYS, 0)
    held = rng.binomial(planned, rng.beta(*COME, len(frame)))
    return frame.assign(sessions_planned=planned, sessions_held=held)


def referral_rows(story: Story, support: pd.DataFrame) -> pd.DataFrame:
    """Referrals to services outside the school, with long waits; some never start."""
    rng = stream(story.seed, "referrals")
    chosen = support[(support.kind == "counselling") | (rng.random(len(support)) < 0.10)]
    n = len(chosen)
    wait = np.where(chosen.kind == "counselling", 5, rng.integers(20, 150, n))
    asked = np.maximum(chosen.day.to_numpy() - np.where(chosen.kind == "counselling", 30, 0), 0)
    starts = np.where((rng.random(n) < 0.75) | (chosen.kind == "counselling"), asked + wait, -1)
    service = np.where(
        chosen.kind == "counselling",
        "school counsellor",
        rng.choice(
            ["CAMHS", "early help", "educational psychology", "speech and language"],
            n,
            p=[0.4, 0.3, 0.2, 0.1],
        ),
    )
    ends = np.where((starts >= 0) & (rng.random(n) < 0.7), starts + rng.integers(30, 120, n), -1)
    return pd.DataFrame(
        {"pupil": chosen.pupil.to_numpy(), "service": service, "day": asked, "started": starts, "until": ends}
    ).drop_duplicates(["pupil", "service", "day"])


def meeting_rows(story: Story, support: pd.DataFrame) -> pd.DataFrame:
    """Reintegration meetings after most suspensions, family meetings, reviews, and pastoral contacts."""
    rng = stream(story.seed, "meetings")
    spans = suspensions(story.history)
    held = rng.random(len(spans.pupil)) < 0.82
    after = spans.day + 1 + (spans.length + 1) // 2
    family = support[support.kind == "family_contact"]
    review = support[(support.kind == "mentoring") & (rng.random(len(support)) < 0.6)]
    contact = support[rng.random(len(support)) < 0.4]
    frame = pd.concat(
        [
            pd.DataFrame({"pupil": spans.pupil[held], "day": after[held], "kind": "reintegration"}),
            pd.DataFrame({"pupil": family.pupil, "day": family.day + 2, "kind": "family"}),
            pd.DataFrame({"pupil": review.pupil, "day": (review.day + review.until) // 2, "kind": "review"}),
            pd.DataFrame(
                {
                    "pupil": contact.pupil,
                    "day": contact.day + rng.integers(0, 15, len(contact)),
                    "kind": "pastoral_contact",
                }
            ),
        ],
        ignore_index=True,
    )
    return frame.sort_values(["day", "pupil", "kind"], kind="stable")


def survey_rows(story: Story) -> pd.DataFrame:
    """Belonging and safety once a term, for those on roll from Year 3 who answered."""
    rng = stream(story.seed, "surveys")
    parts = []
    for year, (first, last) in enumerate(story.world.terms.year_weeks):
        for week in (first + 8, first + 23, first + 38):
            if week >= last:
                continue
            asked = (story.history.school[:, week] >= 0) & (story.pupils.cohort + year >= 3)
            strain = story.history.strain[:, week] + story.pupils.level
            for scale, middle in (("belonging", 0.66), ("safety", 0.72)):
                answered = np.flatnonzero(asked & (rng.random(len(asked)) < 0.78 - 0.04 * strain))
                score = middle - 0.09 * strain[answered] + rng.normal(0, 0.13, len(answered))
                parts.append(
                    pd.DataFrame(
                        {
                            "pupil": answered,
                            "day": week * DAYS + 2,
                            "scale": scale,
                            "score": np.round(np.clip(score, 0, 1), 2),
                        }
                    )
                )
    columns = {"pupil": int, "day": int, "scale": object, "score": float}
    frame = (
        pd.concat(parts, ignore_index=True)
        if parts
        else pd.DataFrame({k: pd.Series(dtype=v) for k, v in columns.items()})
    )
    return frame.sort_values(["day", "pupil", "scale"], kind="stable")
