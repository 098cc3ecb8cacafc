"""Who was on the last list and is not on this one, each with a plain reason."""

from collections.abc import Mapping
from datetime import date

import ibis.expr.types as ir
import pandas as pd

from watchlists.language import marked, said
from watchlists.records import Record, fetch_records
from watchlists.standing import earlier_lists
from watchlists.strengths import attended_since, mornings, no_incidents
from watchlists.weeks import totals_of_two_weeks

LEFT = marked("no longer on roll here.")
OTHERS = marked("other pupils’ records changed more.")
NOTHING = marked("nothing new recorded in the last 5 school days.")


def off_list(
    table: pd.DataFrame, previous: pd.DataFrame | None, scores: pd.DataFrame, known: Mapping[str, ir.Table],
    as_of: date,
) -> list[dict[str, str]]:  # fmt: skip
    """A mapping for each pupil off the list since the last one: pupil_id, school_id, year_group and why, in words."""
    last = earlier_lists(previous, as_of).last
    if previous is None or not last:
        return []
    here = dict(zip(scores["pupil_id"], scores["school_id"], strict=True))
    was_at = dict(zip(previous["pupil_id"], previous["school_id"], strict=True))
    was_in = dict(zip(previous["pupil_id"], previous["year_group"], strict=True))
    gone = sorted(set(last) - set(table["pupil_id"]))
    staying = [(pupil, here[pupil]) for pupil in gone if here.get(pupil) == was_at[pupil]]
    records = fetch_records(known, staying, as_of)
    return [
        {
            "pupil_id": pupil,
            "school_id": was_at[pupil],
            "year_group": was_in[pupil],
            "why": why(records[pupil]) if pupil in records else said(LEFT),
        }
        for pupil in gone
    ]


def why(record: Record) -> str:
    """Why a pupil who is still on roll is off the list: a strength, nothing new, or others' changes."""
    for write in (attended_since, no_incidents, mornings):
        sentence = write(record)
        if sentence:
            return sentence.text[0].lower() + sentence.text[1:]
    quiet = not any(now for now, _ in totals_of_two_weeks(record).values())
    return said(NOTHING if quiet else OTHERS)
