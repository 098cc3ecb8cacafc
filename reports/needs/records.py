"""The needs on record, when each was first known, and the staff trained for them."""

from datetime import date, timedelta
from functools import cache

import ibis
import pandas as pd

from configs.settings import HERE, read_yaml
from reports.asked import Asked, Known, frame
from reports.needs.values import ANY, NO_NEED

SEN = ("sen_type", "sen_provision")
NO_PROVISION = ("N", "")
OF_ANY_KIND = ("sen_type", "sen_provision", "social_care", "young_carer")
YEAR = timedelta(days=365)


@cache
def topics() -> dict[str, tuple[str, ...]]:
    """Need → the words of training topics that are about it."""
    return {str(need): tuple(words) for need, words in read_yaml(HERE / "training.yaml").items()}


def needs_now(known: Known, pupils: "pd.Series[str]") -> pd.DataFrame:
    """A row for each of the pupils and each kind of need in force: pupil_id, need (NO_NEED where there is none)."""
    table = known["needs"]
    rows = frame(table.filter(table.end_date.isnull(), table.kind.isin(SEN)), "pupil_id", "kind", "code")
    rows["code"] = rows["code"].fillna("")
    kinds = rows[rows["kind"] == "sen_type"].rename(columns={"code": "need"})[["pupil_id", "need"]]
    provided = rows[(rows["kind"] == "sen_provision") & ~rows["code"].isin(NO_PROVISION)]
    untyped = provided[~provided["pupil_id"].isin(set(kinds["pupil_id"]))][["pupil_id"]].assign(need="")
    both = pd.concat([kinds, untyped]).drop_duplicates()
    every = pd.DataFrame({"pupil_id": pupils.drop_duplicates()}).merge(both, on="pupil_id", how="left")
    return every.fillna({"need": NO_NEED})


def first_known(known: Known) -> pd.DataFrame:
    """The first day of each kind of need ever on record of a pupil, and under ANY of any special educational need:
    pupil_id, need, needed_on."""
    table = known["needs"]
    table = table.filter(table.kind.isin(SEN), ~table.code.fill_null("").isin(NO_PROVISION))
    kinds = table.filter(table.kind == "sen_type").mutate(need=table.code)
    both = kinds.union(table.mutate(need=ibis.literal(ANY)))
    first = both.group_by("pupil_id", "need").agg(needed_on=both.start_date.min())
    return frame(first, "pupil_id", "need", "needed_on")


def first_suspended(known: Known) -> pd.DataFrame:
    """A row for each pupil and school of a suspension or permanent exclusion: the pupil's first, wherever it was."""
    table = known["suspensions"]
    rows = frame(
        table.filter(table.category.isin(["SUSP", "FIXD", "PERM"])), "pupil_id", "school_id", "start_date"
    )
    rows["suspended_on"] = rows.groupby("pupil_id")["start_date"].transform("min")
    return rows[["pupil_id", "school_id", "suspended_on"]].drop_duplicates()


def with_any_need(known: Known) -> set[str]:
    """The pupils with a need of any kind in force."""
    table = known["needs"]
    rows = table.filter(
        table.end_date.isnull(), table.kind.isin(OF_ANY_KIND), ~table.code.fill_null("-").isin(NO_PROVISION)
    )
    return set(rows.select("pupil_id").distinct().to_pandas()["pupil_id"])


def staff_trained(known: Known, asked: Asked) -> dict[tuple[str, str], int]:
    """(school, need) → staff trained on topics about that need in the year up to the report's day."""
    table = known["training"]
    since: date = asked.as_of - YEAR
    rows = frame(table.filter(table.date > since), "school_id", "topic", "staff_trained")
    found: dict[tuple[str, str], int] = {}
    for row in rows.fillna({"staff_trained": 0, "topic": ""}).to_dict("records"):
        topic = str(row["topic"]).lower()
        for need in (need for need, words in topics().items() if any(word in topic for word in words)):
            key = (row["school_id"], need)
            found[key] = found.get(key, 0) + int(row["staff_trained"])
    return found
