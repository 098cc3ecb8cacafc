"""The list of a run: ranked to capacity, told from each pupil's own rows, set beside the last list."""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from typing import Any, cast

import ibis.expr.types as ir
import pandas as pd

from configs.settings import Settings
from models.capacity import listed, roll_of_teams
from models.staying import order_of_claims, talk_places
from watchlists.bands import FRESH, band, has_news
from watchlists.cards import card, school_cards
from watchlists.concerns import CONCERNS, concerns
from watchlists.language import said
from watchlists.leaving import off_list
from watchlists.records import Record, fetch_records
from watchlists.roster import roster
from watchlists.sentences import Told, texts
from watchlists.standing import NEW, Earlier, Standing, came_on, earlier_lists
from watchlists.staying import turnover
from watchlists.strengths import strengths
from watchlists.support import support_now
from watchlists.weeks import changes, easing

COLUMNS = (
    "pupil_id",
    "school_id",
    "as_of",
    "rank",
    "band",
    "concerns",
    "strengths",
    "changed",
    "changes",
    "support",
    "year_group",
    "since",
)
LADDERS = ("level_school", "level_self")


@dataclass(frozen=True)
class Built:
    """What a run publishes: the list, the cards behind its pages, who has left the list, and everyone on roll."""

    watch_list: pd.DataFrame
    cards: dict[str, Any]
    off_list: list[dict[str, str]]
    roll: pd.DataFrame
    turnover: dict[str, dict[str, int]] = field(default_factory=dict)


def watch_list(
    scores: pd.DataFrame,
    reasons: pd.DataFrame,
    known: Mapping[str, ir.Table],
    settings: Settings,
    as_of: date,
    previous: pd.DataFrame | None,
) -> pd.DataFrame:
    """A row for each listed pupil, by school and rank, with the columns of COLUMNS.

    Each school lists ⌈share × roll⌉ pupils, at most `per_year_group` of one year group, and as many of a year as its
    team said it can meet where it did: the highest
    `p_escalation` first, ties by the salted hash of the pupil's id. A missing score is refused.
    """
    return build(scores, reasons, known, settings, as_of, previous).watch_list


def facts_only_list(
    scores: pd.DataFrame, before: pd.DataFrame | None, known: Mapping[str, ir.Table], settings: Settings,
    as_of: date, previous: pd.DataFrame | None,
) -> pd.DataFrame:  # fmt: skip
    """The list while no model may publish: pupils on a higher step than in the run before, most steps first.

    `before` is that run's scores. The list is cut to the same capacity, all of it under "New information"."""
    return build_facts_only(scores, before, known, settings, as_of, previous).watch_list


def build(
    scores: pd.DataFrame,
    reasons: pd.DataFrame,
    known: Mapping[str, ir.Table],
    settings: Settings,
    as_of: date,
    previous: pd.DataFrame | None,
    strength: pd.Series | None = None,
) -> Built:
    """The list of `watch_list` with its cards and leavers; by `strength` where it is not to go by the chance alone."""
    order = scores["p_escalation"] if strength is None else strength
    chosen = _chosen(scores, order, settings, earlier_lists(previous, as_of), as_of)
    families = {str(scores.at[row, "pupil_id"]): _families(reasons.loc[row]) for row in chosen.index}
    return _publish(chosen, families, known, settings, scores, as_of, previous, facts_only=False)


def build_facts_only(
    scores: pd.DataFrame, before: pd.DataFrame | None, known: Mapping[str, ir.Table], settings: Settings,
    as_of: date, previous: pd.DataFrame | None,
) -> Built:  # fmt: skip
    """The list of `facts_only_list` with its cards and leavers."""
    steps = steps_up(scores, before)
    chosen = _chosen(scores, steps, settings, earlier_lists(None, as_of), as_of)
    chosen = _in_places(chosen[steps.loc[chosen.index] > 0])
    families = {str(pupil): tuple(CONCERNS) for pupil in chosen["pupil_id"]}
    return _publish(chosen, families, known, settings, scores, as_of, previous, facts_only=True)


def steps_up(scores: pd.DataFrame, before: pd.DataFrame | None) -> pd.Series:
    """How many steps higher each pupil stands than in the run before, on either ladder; 0 if not there."""
    if before is None:
        return pd.Series(0, index=scores.index)
    held = before.drop_duplicates("pupil_id").set_index("pupil_id")
    climbed = [
        (scores[ladder] - scores["pupil_id"].map(held[ladder]).astype(float)).fillna(0) for ladder in LADDERS
    ]
    return pd.concat(climbed, axis=1).max(axis=1).clip(lower=0)


def _chosen(
    scores: pd.DataFrame, order: pd.Series, settings: Settings, earlier: Earlier, as_of: date
) -> pd.DataFrame:
    """The listed rows of `scores`, with the `team` each shares a list with."""
    capacity = settings.capacity
    strength = order.to_numpy(dtype=float, na_value=math.nan)
    places = roll_of_teams(scores, capacity)
    claims = order_of_claims(scores, strength, places, earlier.last, capacity, as_of)
    rows = scores.assign(team=places.group, _strength=strength, _tie=places.tie)[listed(places, claims)]
    rows = rows.sort_values(["school_id", "_strength", "_tie"], ascending=[True, False, True], kind="stable")
    return _in_places(rows.drop(columns=["_strength", "_tie"]))


def _in_places(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows with each one's `rank` within the school, and `place` within its team."""
    return rows.assign(
        rank=rows.groupby("school_id").cumcount() + 1, place=rows.groupby("team").cumcount() + 1
    )


def _families(contributions: pd.Series) -> tuple[str, ...]:
    """The families that raise concern and may be told, strongest first; equals by name."""
    raising = {
        str(family): float(points)
        for family, points in contributions.items()
        if family in CONCERNS and points > 0
    }
    return tuple(sorted(raising, key=lambda family: (-raising[family], family)))


def _publish(
    chosen: pd.DataFrame,
    families: Mapping[str, Sequence[str]],
    known: Mapping[str, ir.Table],
    settings: Settings,
    scores: pd.DataFrame,
    as_of: date,
    previous: pd.DataFrame | None,
    *,
    facts_only: bool,
) -> Built:
    records = fetch_records(known, zip(chosen["pupil_id"], chosen["school_id"], strict=True), as_of)
    told = {pupil: _told(record, families[pupil]) for pupil, record in records.items()}
    earlier = earlier_lists(previous, as_of)
    table = _table(chosen, records, told, earlier, settings, facts_only=facts_only)
    cards = {
        "schools": school_cards(
            known, scores, as_of, settings, first_list=not (earlier.last or earlier.left)
        ),
        "pupils": {
            pupil: {
                **card(records[pupil], told[pupil]),
                "came_on": came_on(records[pupil], told[pupil], earlier),
            }
            for pupil in sorted(records)
        },
    }
    on_roll = roster(scores, table["pupil_id"], facts_only=facts_only)
    off = off_list(table, previous, scores, known, as_of)
    return Built(table, cards, off, on_roll, turnover(table, earlier, off))


def _told(record: Record, families: Sequence[str]) -> Told:
    noticed = concerns(record, families)
    return Told(noticed, strengths(record, [sentence.family for sentence in noticed]), changes(record))


def _table(
    chosen: pd.DataFrame, records: Mapping[str, Record], told: Mapping[str, Told], earlier: Earlier,
    settings: Settings, *, facts_only: bool,
) -> pd.DataFrame:  # fmt: skip
    sizes = chosen["team"].value_counts()
    rows, places = [], cast("Iterable[Any]", chosen.itertuples(index=False))
    for row in places:
        record, words = records[row.pupil_id], told[row.pupil_id]
        standing = earlier.standing(row.pupil_id, record.as_of, easing(record))
        talk = talk_places(int(sizes[row.team]), settings.capacity.talk_this_week)
        news = has_news(record, words.concerns)
        part = FRESH if facts_only else band(row.place, talk, new=standing.word == NEW, news=news)
        rows.append(_row(row, record, words, standing, part))
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _row(chosen: Any, record: Record, told: Told, standing: Standing, part: str) -> tuple[object, ...]:
    support = support_now(record)
    more = said("{support}, and {number} more", support=support[0], number=len(support) - 1)
    told_support = more if len(support) > 1 else support[0]
    return (
        record.pupil_id, record.school_id, record.as_of, int(chosen.rank), part, texts(told.concerns),
        texts(told.strengths), standing.text, texts(told.changes), told_support, chosen.year_group,
        standing.since,
    )  # fmt: skip
