"""How pupils leave a school: by an exit the ladder names, by an ordinary move, or at the end of their time there."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from configs.ladder import Ladder
from features.calendar import SchoolDays

EXIT, ORDINARY, NOT_YET_KNOWN = "exit", "ordinary", "not yet known"
TOGETHER = 10  # pupils of one year group who leave on one day may be at the end of their time there
LAST_STRETCH = 45  # open days: from the middle of May, when study leave begins, a year group's time may end
SCHOOLING_ENDS = (11, 13)  # year groups after which pupils may go elsewhere though the school goes on


@dataclass(frozen=True)
class Leavings:
    """The last open day of each spell that has ended, and how it ended.

    `rows`: pupil_id, school_id, number (open day after which the pupil was gone), date, how (`exit`, `ordinary`
    or `not yet known`), early (whether it was before the end of the year, or of the pupil's time there).
    """

    rows: pd.DataFrame


def leavings(
    spells: pd.DataFrame, enrolments: pd.DataFrame, days: SchoolDays, ladder: Ladder, latest: np.datetime64
) -> Leavings:
    """Every ended spell with how it ended, as far as the records up to `latest` tell.

    Unexplained is a spell that ended before the school's last open day of the year (for the last year group,
    before the day on which most of it left), with no enrolment elsewhere in the store within
    `exit_settles_after` open days and no destination recorded. Until those days have passed it is not yet known.
    """
    ended = spells[spells["end_date"].notna() & spells["school_id"].isin(list(days.open_days))].copy()
    ended["end_date"] = pd.to_datetime(ended["end_date"])
    last_rows = _last_enrolment(ended, enrolments)
    early = ended["end_date"].to_numpy() < _last_day_there(ended, last_rows, enrolments, days)
    parts = [_settling(rows, str(school), days, ladder) for school, rows in ended.groupby("school_id")]
    settle = pd.concat(parts).reindex(ended.index) if parts else pd.DataFrame(columns=["number", "settles"])
    elsewhere = _enrolled_elsewhere(ended, enrolments, settle["settles"])
    explained = elsewhere | (
        ladder.destination_explains & last_rows["destination"].fillna("").ne("").to_numpy()
    )
    settled = settle["settles"].to_numpy(dtype="datetime64[ns]") <= latest
    how = np.where(~early | explained, ORDINARY, np.where(settled, EXIT, NOT_YET_KNOWN))
    rows = ended[["pupil_id", "school_id", "end_date"]].rename(columns={"end_date": "date"})
    return Leavings(rows.assign(number=settle["number"].to_numpy(dtype="int64"), how=how, early=early))


def _settling(rows: pd.DataFrame, school: str, days: SchoolDays, ladder: Ladder) -> pd.DataFrame:
    """The open-day number of each end, and the date by which an enrolment elsewhere would have shown."""
    numbers = days.number(school, rows["end_date"])
    settles = [days.day_or_later(school, int(number) + ladder.exit_settles_after) for number in numbers]
    return pd.DataFrame({"number": numbers, "settles": pd.to_datetime(settles)}, index=rows.index)


def _last_enrolment(ended: pd.DataFrame, enrolments: pd.DataFrame) -> pd.DataFrame:
    """The last enrolment row of each ended spell: its year group and destination, aligned with `ended`."""
    rows = enrolments.sort_values(["pupil_id", "school_id", "start_date"], kind="stable")
    rows = rows.assign(end_date=pd.to_datetime(rows["end_date"]))
    rows = rows.drop_duplicates(["pupil_id", "school_id", "end_date"], keep="last")
    keys = ["pupil_id", "school_id", "end_date"]
    return (
        ended[keys]
        .merge(rows[[*keys, "year_group", "destination"]], on=keys, how="left")
        .set_index(ended.index)
    )


def _last_day_there(
    ended: pd.DataFrame, last_rows: pd.DataFrame, enrolments: pd.DataFrame, days: SchoolDays
) -> np.ndarray:
    """The date from which leaving is ordinary: the school's last open day of that school year, or for a year group
    whose time there ends with the year, the day late in it on which most of its leavers went together.

    Many who leave on one day at any other time are many exits, not the end of anyone's schooling.
    """
    school_year = _school_year(ended["end_date"])
    last = np.empty(len(ended), dtype="datetime64[ns]")
    for where in ended.groupby([ended["school_id"], school_year]).indices.values():
        place = where[0]
        last[where] = days.last_of_year(str(ended["school_id"].iloc[place]), int(school_year.iloc[place]))
    ends, final = ended["end_date"].to_numpy(dtype="datetime64[ns]"), _final(ended, last_rows, enrolments)
    for where in ended.groupby([ended["school_id"], school_year, last_rows["year_group"]]).indices.values():
        school = str(ended["school_id"].iloc[where[0]])
        together, counts = np.unique(ends[where], return_counts=True)
        enough = counts.max() >= max(TOGETHER, len(where) / 3)
        if final[where[0]] and enough and together[counts.argmax()] >= _stretch(school, last[where[0]], days):
            last[where] = np.minimum(last[where], together[counts.argmax()])
    return last


def _stretch(school: str, last: np.datetime64, days: SchoolDays) -> np.datetime64:
    """The first day of the school year's last stretch."""
    number = int(days.number(school, [last.astype("datetime64[D]").item()])[0])
    return np.datetime64(days.day(school, max(number - LAST_STRETCH + 1, 1)))


def _final(ended: pd.DataFrame, last_rows: pd.DataFrame, enrolments: pd.DataFrame) -> np.ndarray:
    """Whether each leaver was in a year group after which schooling may end, or in the school's highest."""
    highest = _year(enrolments["year_group"]).groupby(enrolments["school_id"]).max()
    own = _year(last_rows["year_group"])
    return (own.isin(SCHOOLING_ENDS) | (own >= ended["school_id"].map(highest).astype("float64"))).to_numpy(
        dtype="bool"
    )


def _year(year_groups: "pd.Series[str]") -> "pd.Series[float]":
    """Year groups by number, Reception 0 and nursery below it, however a school writes them."""
    written = year_groups.fillna("").astype("str").str.strip().str.upper()
    number = written.str.extract(r"(\d+)$")[0].astype("float64")
    return number.mask(written == "R", 0.0).mask(written.str.startswith("N"), -1.0).fillna(-2.0)


def _school_year(dates: pd.Series) -> pd.Series:
    """The calendar year in which each date's school year began (1 September)."""
    begins: pd.Series = (dates.dt.year - (dates.dt.month < 9)).astype("int64")
    return begins


def _enrolled_elsewhere(ended: pd.DataFrame, enrolments: pd.DataFrame, settles: pd.Series) -> np.ndarray:
    """Whether each leaver was on roll anywhere after the end, from a start no later than the settling date."""
    rows = enrolments[["pupil_id", "start_date", "end_date"]].assign(
        other_start=pd.to_datetime(enrolments["start_date"]), other_end=pd.to_datetime(enrolments["end_date"])
    )
    left = ended[["pupil_id", "end_date"]].assign(settles=settles.to_numpy(), place=np.arange(len(ended)))
    both = left.merge(rows[["pupil_id", "other_start", "other_end"]], on="pupil_id")
    after = both["other_end"].isna() | (both["other_end"] > both["end_date"])
    found = both[after & (both["other_start"] <= both["settles"])]["place"].unique()
    return np.isin(np.arange(len(ended)), found)
