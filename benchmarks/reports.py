"""Every report on one year of a trust: seconds for 100,000 pupils at the pace of the pupils held."""

import time
from collections.abc import Callable

from reports.run import REPORTS, Report, report
from sources.store import Store

PUPILS = 100_000


def measure(store: Store, pupils: int) -> dict[str, float]:
    """`reports.NAME_s` of each report: reckoned, and made into its page and its JSON.

    Imports are paid for by a first report that is not timed.
    """
    tables, settings, (_, last) = store.tables(), store.settings, store.days_held()

    def made(name: str) -> Report:
        return report(name, tables, settings, last)

    figures: dict[str, float] = {}
    _whole(made(REPORTS[0]))
    for name in REPORTS:
        figures[f"reports.{name}_s"] = _seconds(lambda name=name: _whole(made(name))) * PUPILS / pupils
    return figures


def _whole(held: Report) -> None:
    held.as_html()
    held.as_json()


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began
