"""Who was asked, what they said, and what else is known of them: the rows the report is counted from."""

import numpy as np
import pandas as pd

from reports.asked import Asked, Known, frame
from reports.characteristics import CHARACTERISTICS, NOT_RECORDED, characteristics
from reports.lost_learning.records import POSSIBLE, codes_of
from reports.on_roll import OWN, on_roll
from reports.periods import NOW, slots

ABSENCE = ((0.0, "missed under 5 of 100"), (0.05, "5 to 10"), (0.10, "10 to 20"), (0.20, "20 or more"))
INCIDENTS = ((0, "no recorded incident"), (1, "1 or 2"), (3, "3 to 5"), (6, "6 or more"))


def answers(known: Known, asked: Asked) -> pd.DataFrame:
    """A row for each answer in the period: pupil_id, school_id, scale, score, half_term."""
    period, table = asked.period, known["surveys"]
    rows = frame(
        table.filter(table.date.between(period.start, period.end)), "pupil_id", "date", "scale", "score"
    )
    rows = rows.merge(on_roll(known, asked)[OWN].drop_duplicates("pupil_id"), on="pupil_id")
    calendar = known["calendar"].select("school_id", "date").to_pandas()
    found = slots(calendar, sorted(set(rows["school_id"])), (period,))
    names = {(row["school_id"], row["slot"]): row["half_term"] for row in found.held.to_dict("records")
             if row["period"] == NOW}  # fmt: skip
    edges = np.array(found.edges, dtype="datetime64[D]")
    place = np.searchsorted(edges, rows["date"].to_numpy(dtype="datetime64[D]"), side="right")
    halves = [
        names.get((school, at), "") for school, at in zip(rows["school_id"], place.tolist(), strict=True)
    ]
    return rows.assign(half_term=halves)[[*OWN, "scale", "score", "half_term"]]


def asked_pupils(known: Known, asked: Asked, told: pd.DataFrame) -> pd.DataFrame:
    """A row for each pupil on roll in a year group of a school in which anyone answered: their characteristics, and
    in the period the band of absence, the band of incidents and the year group."""
    roll = on_roll(known, asked).drop_duplicates("pupil_id")
    years = roll.merge(told[["pupil_id"]].drop_duplicates(), on="pupil_id")[["school_id", "year_group"]]
    rows = roll.merge(years.drop_duplicates(), on=["school_id", "year_group"])
    rows = rows.merge(characteristics(known), on="pupil_id", how="left")
    rows = rows.merge(_absence(known, asked), on="pupil_id", how="left")
    rows = rows.merge(_incidents(known, asked), on="pupil_id", how="left").fillna({"incidents": 0})
    return rows.assign(
        absence=_band(rows["absence"], ABSENCE), incidents=_band(rows["incidents"], INCIDENTS)
    ).fillna(dict.fromkeys(CHARACTERISTICS, NOT_RECORDED))


def _absence(known: Known, asked: Asked) -> pd.DataFrame:
    period, marks = asked.period, known["attendance"]
    marks = marks.filter(marks.date.between(period.start, period.end), marks.code.isin(codes_of(*POSSIBLE)))
    missed = (marks.code.isin(codes_of("authorised", "unauthorised")) & (marks.code != "E")).cast("float64")
    rows: pd.DataFrame = marks.group_by("pupil_id").agg(absence=missed.mean()).to_pandas()
    return rows


def _incidents(known: Known, asked: Asked) -> pd.DataFrame:
    period, table = asked.period, known["incidents"]
    table = table.filter(table.date.between(period.start, period.end))
    rows: pd.DataFrame = table.group_by("pupil_id").agg(incidents=table.count()).to_pandas()
    return rows


def _band(values: "pd.Series[float]", bands: tuple[tuple[float, str], ...]) -> list[str]:
    starts = np.array([first for first, _ in bands])
    place = np.searchsorted(starts, values.fillna(-1).to_numpy("float64"), side="right") - 1
    return [bands[at][1] if at >= 0 else NOT_RECORDED for at in place]
