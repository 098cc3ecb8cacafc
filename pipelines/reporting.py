"""`handrail report`: any report, from the store or from a file of the Department's."""

import hashlib
from datetime import date
from pathlib import Path

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.harm import lists_of
from pipelines.retrain import day_held
from reports.asked import Asked
from reports.run import ABOUT_LISTS, Report, england_intake, report
from sources.as_known import as_known
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
    lists = lists_of(store, day) if name in ABOUT_LISTS else None
    return report(
        name, held.tables(), held.settings, day, from_, school, opaque=opaque_of(store), lists=lists
    )


def extract_of(
    store: Path, as_of: date | None, from_: date | None, school: str | None, agreement: str
) -> bytes:
    """The shared-outcomes extract for a partner agency as CSV, made under an agreement and audited before it is given.

    Refused: no agreement. Where the audit log cannot be written there is no extract.
    """
    from reports.services.extract import checked, extract

    held, named = Store(store), checked(agreement)
    day = day_held(held, as_of)
    asked = Asked(day, held.settings, from_, school, opaque_of(store))
    made = extract(as_known(held.tables(), day), asked, named)
    book = made.as_csv()
    audit.note(
        store, "extract", agreement=named, as_of=str(day), school=school, rows=len(made.rows),
        left_out=made.left_out, sha256=hashlib.sha256(book).hexdigest(),
    )  # fmt: skip
    return book
