"""New, Still, Easing or Back: where a pupil stands beside the lists published before."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from models.staying import weeks_between
from watchlists.language import marked, said
from watchlists.phrases import counted, long_day, nth
from watchlists.records import Record
from watchlists.sentences import Told

NEW, STILL, EASING, BACK = marked("New"), marked("Still"), marked("Easing"), marked("Back")


@dataclass(frozen=True)
class Standing:
    """The word, the words after it, and the first day of this stay on the list."""

    word: str
    detail: str
    since: date

    @property
    def text(self) -> str:
        """ "New", "Still, 3rd week", "Back, after 5 weeks"."""
        return f"{self.word}, {self.detail}" if self.detail else self.word


@dataclass(frozen=True)
class Earlier:
    """The lists before: first day of this stay for those on the last one, last day for others; the last one's day."""

    last: dict[str, date]
    left: dict[str, date]
    latest: date | None = None

    def standing(self, pupil_id: str, as_of: date, easing: bool) -> Standing:
        """The standing of one pupil who is on the list of `as_of`. Weeks count from Monday to Monday."""
        since = self.last.get(pupil_id)
        if since is None:
            if pupil_id in self.left:
                away = max(1, weeks_between(self.left[pupil_id], as_of))
                return Standing(BACK, said("after {weeks}", weeks=counted(away, "week")), as_of)
            return Standing(NEW, "", as_of)
        week = weeks_between(since, as_of) + 1
        if week == 1:
            return Standing(NEW, "", since)
        detail = said("{nth} week", nth=nth(week), number=week)
        return Standing(EASING if easing else STILL, detail, since)


def earlier_lists(previous: pd.DataFrame | None, as_of: date) -> Earlier:
    """What earlier lists say. `previous` may hold one list or several: Back needs older ones."""
    if previous is None or previous.empty:
        return Earlier({}, {})
    dated = previous.assign(as_of=pd.to_datetime(previous["as_of"]).dt.date)
    dated = dated[dated["as_of"] < as_of].sort_values("as_of")
    if dated.empty:
        return Earlier({}, {})
    latest = dated["as_of"].max()
    of_school = dated.groupby("school_id")["as_of"].transform("max") if "school_id" in dated else latest
    last = dated[dated["as_of"] == of_school]  # a school whose registers ended has kept an earlier list
    started = pd.to_datetime(last["since"]).dt.date if "since" in last else last["as_of"]
    older = dated[dated["as_of"] < of_school]
    return Earlier(
        dict(zip(last["pupil_id"], started, strict=True)),
        dict(zip(older["pupil_id"], older["as_of"], strict=True)),
        latest,
    )


def came_on(record: Record, told: Told, earlier: Earlier) -> str:
    """Why a pupil who was not on the last list is on this one, in words; "" for whoever stayed, and on a first list."""
    if record.pupil_id in earlier.last or earlier.latest is None:
        return ""
    recent = [row.date for concern in told.concerns for row in concern.rows if row.date > earlier.latest]
    if recent:
        upto = long_day(max(recent), record.as_of)
        return said("Came onto the list for what was recorded since the last one, up to {day}.", day=upto)
    return said("Came onto the list as others’ records eased; nothing was recorded here since the last one.")
