"""`handrail report`: any report, from the store or from a file of the Department's."""

from datetime import date
from pathlib import Path

from configs.refusals import BadSettings
from pipelines.retrain import day_held
from reports.run import Report, england_intake, report
from sources.store import Store
from watchlists.opaque import opaque_of


def made_report(
    store: Path, name: str, as_of: date | None, from_: date | None, school: str | None, beside: Path | None
) -> Report:
    """The report of that name, as known on a day (default: the latest held).

    With `beside` it is the intake of every school of England in that file, and no store is needed.
    """
    if beside is not None:
        if name != "intake":
            raise BadSettings(f"--beside is for the report intake, not for {name}.")
        return england_intake(beside)
    held = Store(store)
    day = day_held(held, as_of)
    return report(name, held.tables(), held.settings, day, from_, school, opaque=opaque_of(store))
