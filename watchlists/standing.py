"""New, Still, Easing or Back: where a pupil stands beside the lists published before."""

from dataclasses import dataclass
from datetime import date

import pandas as pd

from watchlists.phrases import counted, nth
from watchlists.school_time import monday

NEW, STILL, EASING, BACK = "New", "Still", "Easing", "Back"


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
    """The lists before: first day of this stay for those on the last one, last day for others."""

    last: dict[str, date]
    left: dict[str, date]

    def standing(self, pupil_id: str, as_of: date, easing: bool) -> Standing:
        """The standing of one pupil who is on the list of `as_of`. Weeks count from Monday to Monday."""
        since = self.last.get(pupil_id)
        if since is None:
            if pupil_id in self.left:
                away = max(1, weeks_between(self.left[pupil_id], as_of))
                return Standing(BACK, f"after {counted(away, 'week')}", as_of)
            return Standing(NEW, "", as_of)
        week = weeks_between(since, as_of) + 1
        if week == 1:
            return Standing(NEW, "", since)
        return Standing(EASING if easing else STILL, f"{nth(week)} week", since)


def earlier_lists(previous: pd.DataFrame | None, as_of: date) -> Earlier:
    """What earlier lists say. `previous` may hold one list or several: Back needs older ones."""
    if previous is None or previous.empty:
        return Earlier({}, {})
    dated = previous.assign(as_of=pd.to_datetime(previous["as_of"]).dt.date)
    dated = dated[dated["as_of"] < as_of].sort_values("as_of")
    if dated.empty:
        return Earlier({}, {})
    latest = dated["as_of"].max()
    last = dated[dated["as_of"] == latest]
    started = pd.to_datetime(last["since"]).dt.date if "since" in last else last["as_of"]
    older = dated[dated["as_of"] < latest]
    return Earlier(
        dict(zip(last["pupil_id"], started, strict=True)),
        dict(zip(older["pupil_id"], older["as_of"], strict=True)),
    )


def weeks_between(start: date, end: date) -> int:
    """How many Mondays later the week of `end` is."""
    return (monday(end) - monday(start)).days // 7
