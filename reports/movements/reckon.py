"""The report reckoned from the tables as known on its day."""

from dataclasses import dataclass

import pandas as pd

from reports.asked import Asked, Known, schools_of
from reports.by_group import GroupShare, shares_by_group
from reports.characteristics import characteristics
from reports.disclosure import EVERYONE
from reports.limits import Expected, expected_among, funnel_limits
from reports.movements.alerts import alerts, ground_of
from reports.movements.exits import UNEXPLAINED, not_yet_known
from reports.movements.register import register
from reports.movements.values import Alert, Movements, SchoolExits
from reports.on_roll import OWN, on_roll


def movements(known: Known, asked: Asked) -> Movements:
    """Every move off site and off roll of the period, the alerts, and exits by school and group.

    `known` are the tables as known on `asked.as_of`.
    """
    schools, ground = schools_of(known, asked), ground_of(known, asked)
    counted = _counted(known, asked, ground.exits, not_yet_known(ground.ended, asked))
    every = tuple(_school(school.school_id, school.name, counted) for school in schools.held)
    together = _school(EVERYONE, schools.together, counted)
    return Movements(
        asked.period, every, together, register(ground), _alerts(alerts(ground), asked),
        funnel_limits([each.pupils for each in every], together.pupils, together.unexplained),
    )  # fmt: skip


@dataclass(frozen=True)
class _Counted:
    """Pupils on roll, with an exit, with one unexplained and with one not yet known; by school and together."""

    pupils: dict[str, int]
    exits: dict[str, int]
    unexplained: dict[str, int]
    unknown: dict[str, int]
    groups: dict[str, tuple[GroupShare, ...]]


def _counted(known: Known, asked: Asked, left: pd.DataFrame, unknown: pd.DataFrame) -> _Counted:
    """A pupil who left is on roll of that school, whatever its enrolments say of the period."""
    roll = pd.concat([on_roll(known, asked)[OWN], left[OWN]]).drop_duplicates()
    silent = left[left["kind"] == UNEXPLAINED]
    touched = roll.merge(silent[OWN].assign(touched=1), on=OWN, how="left").fillna({"touched": 0})
    groups = shares_by_group(touched.astype({"touched": "int64"}), characteristics(known))
    return _Counted(_by_school(roll), _by_school(left), _by_school(silent), _by_school(unknown), groups)


def _by_school(rows: pd.DataFrame) -> dict[str, int]:
    """How many rows each school has, and under EVERYONE the sum of them."""
    counts = {str(school): int(count) for school, count in rows.groupby("school_id").size().items()}
    return {**counts, EVERYONE: sum(counts.values())}


def _school(school: str, name: str, counted: _Counted) -> SchoolExits:
    pupils, silent = counted.pupils.get(school, 0), counted.unexplained.get(school, 0)
    alone = school == EVERYONE
    limits = Expected(None, None, None) if alone else expected_among(
        pupils, counted.pupils[EVERYONE], counted.unexplained[EVERYONE]
    )  # fmt: skip
    return SchoolExits(
        school, name, pupils, counted.exits.get(school, 0), silent, counted.unknown.get(school, 0), limits,
        counted.groups.get(school, ()),
    )  # fmt: skip


def _alerts(rows: pd.DataFrame, asked: Asked) -> tuple[Alert, ...]:
    return tuple(
        Alert(
            row["alert"],
            asked.opaque.of("pupil", row["pupil_id"]),
            row["school_id"],
            row["date"].date(),
            float(row["amount"]),
        )
        for row in rows.to_dict("records")
    )
