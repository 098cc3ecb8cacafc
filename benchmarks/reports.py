"""Every report on a year of 100,000 pupils: seconds to reckon it and to make its page and its JSON."""

from datetime import date
from pathlib import Path

from benchmarks.timing import seconds
from configs.settings import load_settings
from reports.run import REPORTS, report
from sources.ingest import ingest
from sources.pretend import simulate
from sources.store import Store

SCHOOLS, PUPILS = 112, 900
YEAR_ENDS = date(2026, 7, 21)


def measure(work: Path) -> dict[str, float]:
    """`reports.NAME_s` of each report; asked: under 20 each. A first one that is not timed pays for imports."""
    store = trust(work)
    _seconds(store, REPORTS[0])
    return {f"reports.{name}_s": _seconds(store, name) for name in REPORTS}


def trust(work: Path) -> Store:
    """A store with one year of a pretend trust of about 100,000 pupils."""
    simulate(work / "large", schools=SCHOOLS, pupils=PUPILS, years=1, seed=3, end=YEAR_ENDS)
    store = Store(work / "large store")
    ingest(work / "large", store, YEAR_ENDS, load_settings())
    return store


def _seconds(store: Store, name: str) -> float:
    def make() -> None:
        made = report(name, store.tables(), store.settings, store.days_held()[1])
        made.as_html()
        made.as_json()

    return seconds(make)
