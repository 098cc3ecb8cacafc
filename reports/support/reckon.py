"""The report reckoned from the tables as known on its day."""

from dataclasses import replace

import numpy as np
import pandas as pd

from features.calendar import days_of
from reports.asked import Asked, Known, frame, schools_of
from reports.disclosure import EVERYONE, Cell, rounded, suppressed, too_small
from reports.periods import Period
from reports.steps import homes_of
from reports.support.comparing import Measured, compared, kind_found
from reports.support.fidelity import shares_held
from reports.support.moments import Moments, moments
from reports.support.risk import risk
from reports.support.trails import trails
from reports.support.trajectory import after, before, halves
from reports.support.values import CANNOT_TELL, OUTCOMES, Finding, Kind, Of, Support
from reports.support.verdict import at_once, shared_strain

LEAST = 10  # starts: of fewer nothing is shown
RISK = "calibrated risk of escalation, as log odds"


def support(known: Known, asked: Asked) -> Support:
    """Each kind's effect over the term after its start, of all schools together: all starts on record, or those from
    `asked.from_`."""
    schools = schools_of(known, asked)
    started = known["support"].count().to_pandas() > 0
    kinds = _kinds(known, asked) if started else ()
    given = _given(known)
    parts = tuple(
        Of(school.school_id, school.name, given.get(school.school_id, {})) for school in schools.held
    )
    together = Of(EVERYONE, schools.together, given.get(EVERYONE, {}))
    return Support(_period(known, asked), parts, together, kinds)


def _period(known: Known, asked: Asked) -> Period:
    """From the day asked for, or the first open day on record, to the day of the report."""
    first = asked.from_ or min((pd.Timestamp(day).date() for day in [known["calendar"].date.min().to_pandas()]
                                if not pd.isna(day)), default=asked.as_of)  # fmt: skip
    return Period("now", first, asked.as_of)


def _kinds(known: Known, asked: Asked) -> tuple[Kind, ...]:
    days = days_of(known)
    homes = homes_of(known, days)
    found = moments(known, asked, homes, days)
    if found.rows.empty:
        return tuple(
            _unsaid(name, 0, int(left)) for name, left in zip(found.kinds, found.left_out, strict=True)
        )
    measured = _measured(known, asked, found, homes)
    lengths = _lengths(known)
    kinds = tuple(_kind(found, measured, place, lengths.get(name)) for place, name in enumerate(found.kinds))
    return _doubted_together(kinds)


def _doubted_together(kinds: tuple[Kind, ...]) -> tuple[Kind, ...]:
    """The kinds; where all together show a strain that no record did, none that shows any of it is believed."""
    early = [at_once(kind.checks) for kind in kinds]
    if not shared_strain([each for each in early if each is not None]):
        return kinds
    return tuple(
        _doubted(kind) if each is not None and each > 0 else kind
        for kind, each in zip(kinds, early, strict=True)
    )


def _doubted(kind: Kind) -> Kind:
    findings = tuple(replace(each, verdict=CANNOT_TELL, why=(*each.why, "shared")) for each in kind.findings)
    return replace(kind, findings=findings)


def _measured(known: Known, asked: Asked, found: Moments, homes: pd.DataFrame) -> Measured:
    held = trails(known, homes, days_of(known))
    columns, outcomes = before(known, found, held, homes), after(known, asked, found, held, homes)
    code = found.rows["code"].to_numpy()
    free = found.rows["number"].to_numpy() <= found.first.min(axis=1, initial=np.iinfo("int64").max)[code]
    columns[RISK] = risk(columns.to_numpy(), outcomes["escalation"], free, code)
    shares = shares_held(known, found, homes)
    return Measured(tuple(columns.columns), columns.to_numpy(), halves(found, held), outcomes, held, shares)


def _kind(found: Moments, measured: Measured, place: int, open_days: float | None) -> Kind:
    name, left = found.kinds[place], int(found.left_out[place])
    starts = int(((found.rows["start"] == place) & found.rows["closed"]).sum())
    held = compared(found, measured, place) if starts >= LEAST else None
    return _unsaid(name, starts, left) if held is None else kind_found(name, left, open_days, measured, held)


def _unsaid(name: str, starts: int, left_out: int) -> Kind:
    """A kind of which nothing can be said."""
    return Kind(name, starts, left_out, tuple(Finding(outcome, why=("few",)) for outcome in OUTCOMES))


def _lengths(known: Known) -> dict[str, float]:
    """How many days, weekends among them, half of each kind that has ended ran at least: the dose, as recorded."""
    rows = frame(
        known["support"].filter(known["support"].end_date.notnull()), "kind", "start_date", "end_date"
    )
    ran = (rows["end_date"] - rows["start_date"]).dt.days + 1
    return {str(kind): float(days) for kind, days in ran.groupby(rows["kind"]).median().items()}


def _given(known: Known) -> dict[str, dict[str, int | None]]:
    """Of each school, how many pupils ever started each kind, to the nearest five; None where too few to show."""
    rows = frame(known["support"], "pupil_id", "school_id", "kind").drop_duplicates()
    both = pd.concat([rows, rows.assign(school_id=EVERYONE).drop_duplicates()])
    counts = both.groupby(["school_id", "kind"])["pupil_id"].nunique().rename("pupils").reset_index()
    cells: dict[Cell, int] = {
        (str(row["school_id"]), str(row["kind"])): int(row["pupils"]) for row in counts.to_dict("records")
    }
    hidden = suppressed(cells, {cell for cell, count in cells.items() if too_small(count, count)})
    found: dict[str, dict[str, int | None]] = {}
    for cell, count in sorted(cells.items()):
        found.setdefault(cell[0], {})[cell[1]] = None if cell in hidden else rounded(count)
    return found
