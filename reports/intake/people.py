"""Who the pupils are, in the words that communities are described in."""

import ibis
import pandas as pd

from reports.asked import Asked, Known, frame
from reports.characteristics import NOT_RECORDED, characteristics
from reports.lost_learning.records import POSSIBLE, codes_of

ENGLISH = ("ENG", "ENB")
UNKNOWN_LANGUAGE = ("", "REF", "NOT")
PERSISTENT, LEAST_POSSIBLE = 0.10, 60
SAME = {
    "fsm": {"eligible": "yes", "fsm": "yes", "yes": "yes", "not eligible": "no", "no": "no", "not fsm": "no"},
    "sen": {"support": "SEN support", "sen support": "SEN support", "k": "SEN support", "plan": "EHC plan",
            "ehc plan": "EHC plan", "ehcp": "EHC plan", "e": "EHC plan", "none": "none", "n": "none"},
    "social_care": {"yes": "yes", "no": "no"},
    "language": {"english": "English", "eng": "English", "other": "other", "eal": "other"},
    "prior_absence": {"persistent": "persistent", "not persistent": "not persistent"},
}  # fmt: skip


def people(known: Known, asked: Asked) -> pd.DataFrame:
    """A row for each pupil: pupil_id and each characteristic that a community may be described by.

    Prior absence is persistent where a tenth or more of the sessions possible in the year before the period was
    missed, of at least 60; code E is not absence.
    """
    rows = characteristics(known).merge(_language(known), on="pupil_id", how="left")
    rows = rows.merge(_prior_absence(known, asked), on="pupil_id", how="left")
    return rows.fillna({"language": NOT_RECORDED, "prior_absence": NOT_RECORDED})


def _language(known: Known) -> pd.DataFrame:
    rows = frame(known["pupils"], "pupil_id", "first_language").fillna({"first_language": ""})
    code = rows["first_language"].str.strip().str.upper()
    language = pd.Series("other", index=rows.index).mask(code.isin(ENGLISH), "English")
    return rows[["pupil_id"]].assign(language=language.mask(code.isin(UNKNOWN_LANGUAGE), NOT_RECORDED))


def _prior_absence(known: Known, asked: Asked) -> pd.DataFrame:
    start = asked.period.start
    marks = known["attendance"]
    marks = marks.filter(
        marks.date < start, marks.date >= start.replace(year=start.year - 1, day=min(start.day, 28)),
        marks.code.isin(codes_of(*POSSIBLE)),
    )  # fmt: skip
    absent = marks.code.isin(codes_of("authorised", "unauthorised")) & (marks.code != "E")
    rows = marks.group_by("pupil_id").agg(possible=marks.count(), missed=absent.cast("int64").sum())
    rows = rows.filter(rows.possible >= LEAST_POSSIBLE)
    said = ibis.ifelse(rows.missed >= PERSISTENT * rows.possible, "persistent", "not persistent")
    found: pd.DataFrame = rows.select("pupil_id", prior_absence=said).to_pandas()
    return found


def communities(known: Known) -> dict[tuple[str, str], dict[str, float]]:
    """The community of each area: (area_code, characteristic) → group, in our words → share."""
    found: dict[tuple[str, str], dict[str, float]] = {}
    rows = known["communities"].select("area_code", "characteristic", "group", "share").to_pandas()
    for row in rows.to_dict("records"):
        characteristic = row["characteristic"].strip().lower()
        group = row["group"].strip()
        same = SAME.get(characteristic, {}).get(group.lower(), group)
        shares = found.setdefault((row["area_code"], characteristic), {})
        shares[same] = shares.get(same, 0.0) + float(row["share"])
    return found
