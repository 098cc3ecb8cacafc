"""Which schools' lists the pages show today, and which are too old, for those who ask outside the pages."""

from collections.abc import Iterator
from datetime import date
from pathlib import Path

from pipelines import runs
from pipelines.findings import Check, Patient
from watchlists.too_old import WITHDRAWN_AFTER, list_of, too_old


def shown_and_withdrawn(store: Path, today: date) -> tuple[list[str], dict[str, date]]:
    """The schools whose list is shown on a day, and the day of each list that is too old; none before the first
    list."""
    name = runs.current(store)
    if name is None:
        return [], {}
    receipt, cards = (
        runs.receipt(store, name),
        runs.read_json(store / "runs" / name / "cards.json")["schools"],
    )
    gone = {school: list_of(cards[school], receipt) for school in too_old(cards, receipt, today)}
    return sorted({*cards} - {*gone}), gone


def in_words(gone: dict[str, date]) -> str:
    """That these schools' lists are shown no more, and how to mend it."""
    lists = "; ".join(f"{school}, of {day}" for school, day in gone.items())
    return (
        f"Too old to be shown, so the pages name nobody: the list of school {lists}. After {WITHDRAWN_AFTER} open days "
        "a list is withdrawn. Ingest newer exports and run `handrail nightly`; see that its timer is on."
    )


def _age(patient: Patient) -> Iterator[str]:
    _, gone = shown_and_withdrawn(patient.store, patient.today)
    if gone:
        yield in_words(gone)


AGE: Check[Patient] = (
    _age,
    "The list that pages show is of the last four school weeks, or there is none yet.",
)
