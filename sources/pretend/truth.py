"""What really was: true chances, latent traits, effects of support, and what was planted."""

from pathlib import Path

import numpy as np
import numpy.typing as npt
import pandas as pd
import yaml

from sources.pretend.chances import AS_OF_EVERY, suspension_chances
from sources.pretend.conduct import Story
from sources.pretend.files import Names, write_parquet
from sources.pretend.futures import other_chances
from sources.pretend.process import OUTCOMES, SUPPORTS
from sources.pretend.terms import DAYS, Terms

HORIZON = 60  # open days


def as_of_weeks(terms: Terms) -> frozenset[int]:
    """Every fourth week of term whose window closes inside the data; as-of is its last open day."""
    opened = terms.opened.min(axis=0)
    ahead = opened[::-1].cumsum()[::-1] - opened
    full = [w for w in range(terms.weeks) if opened[w] > 0 and ahead[w] >= HORIZON]
    return frozenset(full[AS_OF_EVERY - 1 :: AS_OF_EVERY])


def write_truth(out: Path, story: Story, names: Names, gap: dict[str, object]) -> None:
    """Write the truth folder. Ingest never reads it."""
    out.mkdir(parents=True, exist_ok=True)
    write_parquet(out / "chances.parquet", chance_rows(story, names))
    write_parquet(out / "pupils.parquet", trait_rows(story, names))
    effects = pd.DataFrame([(s.kind, s.effect) for s in SUPPORTS], columns=["kind", "effect_on_strain"])
    effects.to_csv(out / "support_effects.csv", index=False, lineterminator="\n")
    schools = story.world.schools
    planted = {
        "feed_gap": gap,
        "unexplained_exits": {"school_id": _marked(names, schools.off_rolling)},
        "unlike_community": {"school_id": _marked(names, schools.unlike_community)},
        "support_without_effect": [s.kind for s in SUPPORTS if s.effect == 0],
    }
    (out / "planted.yaml").write_text(yaml.safe_dump(planted, sort_keys=True), encoding="utf-8")


def _marked(names: Names, mark: npt.NDArray[np.bool_]) -> str:
    """The one school so marked."""
    return str(names.schools[int(np.flatnonzero(mark)[0])])


def trait_rows(story: Story, names: Names) -> pd.DataFrame:
    """The latent traits of every pupil."""
    p = story.pupils
    return pd.DataFrame(
        {
            "pupil_id": names.pupils,
            "level": p.level,
            "conduct": p.conduct,
            "avoidance": p.avoidance,
            "fsm": p.fsm,
            "sen": p.sen,
            "care": p.care,
        }
    ).sort_values("pupil_id")


def chance_rows(story: Story, names: Names) -> pd.DataFrame:
    """A row a pupil on roll and as-of date: the true chance of each outcome in the next 60 open days."""
    parts = []
    for number, snapshot in enumerate(story.history.snapshots):
        who, chance = suspension_chances(story, snapshot, HORIZON)
        others = other_chances(story, snapshot, who, HORIZON, number)
        frame = pd.DataFrame({"pupil": who, "suspension": chance, **others})
        school = snapshot.state.school[who]
        last = [
            story.world.terms.open[s, : (snapshot.week + 1) * DAYS].nonzero()[0][-1]
            for s in range(len(names.schools))
        ]
        frame["pupil_id"], frame["school_id"] = names.pupils[who], names.schools[school]
        frame["as_of"] = names.day(np.array(last))[school]
        parts.append(frame)
    columns = ["pupil_id", "school_id", "as_of", *OUTCOMES]
    if not parts:
        return pd.DataFrame({c: pd.Series(dtype=object if c in columns[:2] else float) for c in columns})
    return pd.concat(parts, ignore_index=True)[columns].sort_values(["as_of", "pupil_id"], ignore_index=True)
