"""How long lists and leavers are kept: each night begins by letting go of what is older than the settings allow.

Reckoned from the newest day of the registers, not from the machine's clock: one set years ahead must not empty a store.
"""

from dataclasses import dataclass
from datetime import date, timedelta
from pathlib import Path
from typing import Any

from configs.settings import Settings
from pipelines import audit, runs
from pipelines.forgetting import forget_leavers
from pipelines.runs import EXPIRED
from sources.store import Store

OF_PUPILS = (
    "off_list",
    "alerts",
)  # what a receipt says of single pupils; all else in it are counts and dates


@dataclass(frozen=True)
class Kept:
    """The first day whose lists are still kept, and the first day on which whoever left is still held (or None)."""

    lists: date
    leavers: date | None

    def facts(self) -> dict[str, Any]:
        """As a receipt tells it."""
        return {"lists_from": str(self.lists), "leavers_from": str(self.leavers) if self.leavers else None}


def kept(settings: Settings, newest: date) -> Kept:
    """What is kept where the registers end on that day."""
    rule = settings.retention
    leavers = newest - timedelta(days=rule.leavers) if rule.leavers else None
    return Kept(newest - timedelta(days=rule.lists), leavers)


def let_go(store: Path) -> None:
    """Empties the lists and scores that are too old, all but their receipts, and forgets whoever left too long ago.
    What went is noted in the audit log. Killed at any point, the next night finishes it."""
    held = Store(store)
    rule = kept(held.settings, held.days_held()[1])
    emptied = [name for name, receipt in runs.runs_of(store) if _too_old(store, name, receipt, rule)]
    for name in emptied:
        _say_expired(store / "runs" / name)
    for receipt in sorted((store / "runs").glob(f"*/{runs.RUN}")):
        if EXPIRED in runs.read_json(receipt):
            _empty(receipt.parent)
    gone = forget_leavers(store, rule.leavers) if rule.leavers else 0
    if emptied or gone:
        audit.note(store, EXPIRED, lists=len(emptied), pupils=gone, **rule.facts())


def _too_old(store: Path, name: str, receipt: dict[str, Any], rule: Kept) -> bool:
    return str(receipt["as_of"]) < str(rule.lists) and name != runs.current(store)


def _say_expired(run: Path) -> None:
    """The receipt first: a run that says so is read by nobody, whatever still lies beside it."""
    receipt = runs.read_json(run / runs.RUN)
    runs.replace_receipt(run, {
        **{key: value for key, value in receipt.items() if key not in OF_PUPILS}, EXPIRED: True, "files": {}
    })  # fmt: skip


def _empty(run: Path) -> None:
    for path in run.iterdir():
        if path.name != runs.RUN:
            path.unlink()
