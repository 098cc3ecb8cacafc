"""Everyone on roll that night, and for those who are not on the list a plain reason: no score, no place."""

from collections.abc import Iterable

import pandas as pd

from watchlists.language import marked

OTHERS = marked("Other pupils’ records changed more.")
HELD_OUT = marked("Left out of the list and never scored while an objection or a correction is looked into.")
HELD_OFF = marked("left out while an objection or a correction is looked into.")
NO_STEP = marked("Only facts that changed are shown this week, and no step up is on record.")


def roster(scores: pd.DataFrame, listed: pd.Series, *, facts_only: bool) -> pd.DataFrame:
    """A row for each pupil on roll: pupil_id, school_id, year_group, why (empty for the listed), by school and id."""
    here = scores[["pupil_id", "school_id", "year_group"]].astype(str)
    why = pd.Series(NO_STEP if facts_only else OTHERS, index=here.index).mask(
        here["pupil_id"].isin(listed), ""
    )
    return here.assign(why=why).sort_values(["school_id", "pupil_id"], ignore_index=True)


def off_with_holds(off: list[dict[str, str]], out: Iterable[str]) -> list[dict[str, str]]:
    """Who left the list, with the true reason for whoever is held out of it."""
    held = set(out)
    return [{**row, "why": HELD_OFF} if row["pupil_id"] in held else row for row in off]


def with_held_out(roll: pd.DataFrame, out: pd.DataFrame) -> pd.DataFrame:
    """The roll with those whom a hold keeps out of the scores and the list."""
    return pd.concat([roll, out.astype(str).assign(why=HELD_OUT)]).sort_values(
        ["school_id", "pupil_id"], ignore_index=True
    )
