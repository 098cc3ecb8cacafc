"""The report reckoned from the lists as published and the tables as known on its day."""

from collections.abc import Mapping
from datetime import date

import numpy as np
import pandas as pd

from features.calendar import SchoolDays, days_of
from models.groups import audit_groups
from reports.asked import Asked, Known, schools_of
from reports.disclosure import EVERYONE
from reports.harm.after_listing import CHARACTERISTICS, NOT_RECORDED, never_supported, overruled
from reports.harm.cut import near_the_cut
from reports.harm.following import Near, course, decided, met, with_what_followed
from reports.harm.values import Followed, Harm, OfSchool
from reports.harm.watch import what_followed, within_a_term
from reports.steps import homes_of


def harm(known: Known, asked: Asked) -> Harm:
    """What followed being listed, in the last term by school, in all of it by group."""
    schools, days, lists = schools_of(known, asked), days_of(known), asked.lists
    near, recent = _near(known, asked, days)
    together = OfSchool(EVERYONE, what_followed(schools.together, near, recent))
    parts = tuple(
        OfSchool(school.school_id, what_followed(school.name, near, recent & _of(near, school.school_id)),
                 lists.looked.get(school.school_id, ""))
        for school in schools.held
    )  # fmt: skip
    return Harm(
        asked.period, parts, together, _groups(known, near),
        never_supported(known, lists.nights), overruled(known, lists.answers), course(near, recent),
    )  # fmt: skip


def alerts(known: Known, asked: Asked) -> dict[str, Followed]:
    """The schools at which more sanctions followed being listed than chance explains: by school_id. Also those with
    more than others, where that holds of all schools together but of none alone."""
    near, recent = _near(known, asked, days_of(known))
    found = {
        school: what_followed(school, near, recent & _of(near, school))
        for school in sorted(near.rows["school_id"].unique())
    }
    alarmed = {school: each for school, each in found.items() if each.alert}
    if not alarmed and len(found) > 1 and what_followed("", near, recent).alert:
        return {school: each for school, each in found.items() if (each.sanctions.estimate or 0) > 1}
    return alarmed


def _near(known: Known, asked: Asked, days: SchoolDays) -> tuple[Near, np.ndarray]:
    """The rows about the cut with what followed, and which of them the watch still looks at."""
    homes = homes_of(known, days)
    now = {str(school): int(latest) for school, latest in homes.groupby("school_id")["now"].max().items()}
    ladder = asked.settings.ladder
    near = with_what_followed(
        near_the_cut(asked.lists.nights, homes, days),
        decided(known, ladder, homes, days),
        met(known, homes, days),
        now,
    )
    near.rows["pupil_id"] = homes["pupil_id"].to_numpy()[near.rows["code"]]
    return near, within_a_term(near, now, _looked(asked.lists.looked, days))


def _looked(looked: Mapping[str, str], days: SchoolDays) -> dict[str, int]:
    return {
        school: int(days.number(school, [date.fromisoformat(day)])[0])
        for school, day in looked.items()
        if school in days.open_days
    }


def _of(near: Near, school: str) -> np.ndarray:
    return (near.rows["school_id"] == school).to_numpy()


def _groups(known: Known, near: Near) -> tuple[tuple[str, Followed], ...]:
    """The same by group, over all that is held."""
    named = near.rows[["pupil_id"]].merge(audit_groups(known), on="pupil_id", how="left")
    found = []
    for what in CHARACTERISTICS:
        groups: pd.Series[str] = named[what].fillna("").replace("", NOT_RECORDED)
        found += [
            (what, what_followed(group, near, (groups == group).to_numpy())) for group in sorted(set(groups))
        ]
    return tuple(found)
