"""A store that an earlier version of Handrail laid out, brought up to today's layout by the first command that writes.

Each step may be done twice and writes whole files; the manifest, which says the layout, is replaced last by one atomic
rename. A store whose upgrade was killed is still one of the earlier layout, and the next command finishes the work.
"""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from configs.settings import HERE, read_yaml
from pipelines import audit, runs
from sources.store import LAYOUT, MANIFEST, SETTINGS, Store
from watchlists.access.base import ACCOUNTS
from watchlists.notebook import PEOPLE

# What a receipt of layout 1 may lack: it was written before the night looked for it, so nothing was found.
NOT_LOOKED_FOR: dict[str, Any] = {
    "compared_with": None,
    "drift": {"records": [], "scores": None, "late": None, "alarms": []},
    "turnover": {},
    "stopped": [],
    "alerts": [],
    "off_list": [],
    "note": "",
}


def bring_up_to_date(store: Path) -> None:
    """Does what stands between the store's layout and today's; nothing where there is nothing to do."""
    held = Store(store)
    while (held.tables_folder / MANIFEST).exists() and (layout := held.manifest()["layout"]) < LAYOUT:
        STEPS[layout](store)
        audit.note(store, "upgraded", layout=layout + 1)
        held.write_manifest({**held.manifest(), "layout": layout + 1})


def _from_one(store: Path) -> None:
    """Layout 2: the settings kept have a rule for all that the gate asks, the databases every column and table, and
    every receipt says all that its readers ask."""
    if (store / SETTINGS).exists():
        kept = Store(store).settings
        Store(store).keep_settings(replace(kept, gate=_over(read_yaml(HERE / "gate.yaml"), kept.gate)))
    for base in (PEOPLE, ACCOUNTS):
        if base.begun(store):
            with base.transaction(store):
                pass  # whoever opens it adds the tables and columns that it lacks
    for name, receipt in runs.runs_of(store):
        if lacking := {key: value for key, value in NOT_LOOKED_FOR.items() if key not in receipt}:
            runs.replace_receipt(store / "runs" / name, {**receipt, **lacking})


def _over(shipped: dict[str, Any], own: dict[str, Any]) -> dict[str, Any]:
    """The shipped rules with a school's own laid over them, at every depth."""
    both = {
        key: _over(shipped[key], value)
        if isinstance(value, dict) and isinstance(shipped.get(key), dict)
        else value
        for key, value in own.items()
    }
    return {**shipped, **both}


STEPS: dict[int, Callable[[Path], None]] = {1: _from_one}
