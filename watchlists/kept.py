"""A school whose registers have ended keeps its last list, with that list's own date, while the others go on."""

import dataclasses
import json
from collections.abc import Collection
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from watchlists.build import COLUMNS, Built
from watchlists.language import marked
from watchlists.too_old import list_of

SILENT = marked("Nobody is listed here while no registers come in.")
REGISTER = "attendance"


@dataclass(frozen=True)
class Last:
    """A list as it was published: its rows, its cards, why each of the others was not on it, and the run's receipt."""

    rows: pd.DataFrame
    cards: dict[str, Any]
    why: dict[tuple[str, str], str]
    facts: dict[str, Any]

    def of(self, school: str) -> str:
        """The day of the school's list: the run's, or an earlier one where it was kept before."""
        return str(list_of(self.cards["schools"][school], self.facts))


def read_last(run: Path) -> Last:
    """The list that a finished run published."""
    rows = pd.read_parquet(run / "watchlist.parquet")
    for name in rows.columns:
        rows[name] = [list(told) if hasattr(told, "tolist") else told for told in rows[name]]
    roll = pd.read_parquet(run / "roll.parquet")
    why = zip(roll["pupil_id"], roll["school_id"], strict=True), roll["why"]
    cards, facts = (
        json.loads((run / name).read_text(encoding="utf-8")) for name in ("cards.json", "run.json")
    )
    return Last(rows, cards, dict(zip(*why, strict=True)), facts)


def keep(built: Built, last: Last, schools: Collection[str]) -> Built:
    """The same, but of these schools the last list instead of tonight's. Whoever is no longer on the roll there, or is
    held out, is not on it any more."""
    kept = sorted({*schools} & {*last.cards["schools"]} & {*built.cards["schools"]})
    if not kept:
        return built
    roll = _roll(built.roll, last, kept)
    here = set(zip(roll["pupil_id"], roll["school_id"], strict=True))
    pairs = pd.Series(list(zip(last.rows["pupil_id"], last.rows["school_id"], strict=True)), last.rows.index)
    stays = last.rows["school_id"].isin(kept) & pairs.isin(here)
    parts = (built.watch_list[~built.watch_list["school_id"].isin(kept)], last.rows[stays][list(COLUMNS)])
    rows = pd.concat([part for part in parts if len(part)] or parts[:1])
    rows = rows.sort_values(["school_id", "rank"], ignore_index=True)
    return dataclasses.replace(
        built,
        watch_list=rows,
        roll=roll,
        cards={
            "schools": _schools(built, last, kept),
            "pupils": _pupils(built, last, set(rows["pupil_id"]), kept),
        },
        off_list=[row for row in built.off_list if row["school_id"] not in kept]
        + [row for row in last.facts.get("off_list", []) if row["school_id"] in kept],
        turnover=_schoolwise(built.turnover, last.facts.get("turnover", {}), kept),
    )


def _roll(roll: pd.DataFrame, last: Last, kept: list[str]) -> pd.DataFrame:
    """Tonight's roll, with the reasons of the last list at the schools that keep it."""
    pairs = zip(roll["pupil_id"], roll["school_id"], roll["why"], strict=True)
    return roll.assign(why=[last.why.get((p, s), SILENT) if s in kept else why for p, s, why in pairs])


def _schools(built: Built, last: Last, kept: list[str]) -> dict[str, Any]:
    """Tonight's account of each school; of those that keep their list, whose it is and that its registers ended."""
    own = {
        school: {**built.cards["schools"][school], "list_of": last.of(school),
                 "first_list": last.cards["schools"][school].get("first_list", False),
                 "stale": sorted({*built.cards["schools"][school]["stale"], REGISTER})}
        for school in kept
    }  # fmt: skip
    return {**built.cards["schools"], **own}


def _pupils(built: Built, last: Last, listed: set[str], kept: list[str]) -> dict[str, Any]:
    tonight = {pupil: card for pupil, card in built.cards["pupils"].items() if card["school_id"] not in kept}
    before = {pupil: card for pupil, card in last.cards["pupils"].items()
              if card["school_id"] in kept and pupil in listed}  # fmt: skip
    return {**before, **tonight}


def _schoolwise(tonight: dict[str, Any], before: dict[str, Any], kept: list[str]) -> dict[str, Any]:
    return {
        **{school: counts for school, counts in tonight.items() if school not in kept},
        **{school: counts for school, counts in before.items() if school in kept},
    }
