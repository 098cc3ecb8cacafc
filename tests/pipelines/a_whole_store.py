"""A small store with all that a store may have."""

from datetime import UTC, date, datetime
from pathlib import Path

from pipelines import runs
from sources.audit import append
from sources.exports.keys import read_key, remember_key
from sources.store import Store
from tests.sources.a_folder import load, write
from watchlists.access import accounts
from watchlists.access.roles import Account
from watchlists.answers import Answer, save
from watchlists.people import hold_people

NOW, LATER = datetime(2025, 9, 4, 2, tzinfo=UTC), datetime(2025, 9, 5, 2, tzinfo=UTC)
HEAD = Account("head", "Ms Head", "head", frozenset(("oak",)))


def a_whole_store(folder: Path) -> Path:
    """The folder, with a key and a store: a list, names, an account, an answer, an audit log."""
    store = folder / "store"
    load(write(folder / "exports"), Store(store))
    part = runs.begin(store, date(2025, 9, 3))
    runs.write_json(part / "cards.json", {"schools": {}, "pupils": {}})
    name = runs.finish(part, {"as_of": "2025-09-03", "published": True})
    runs.make_current(store, name, runs.fence_of(part))
    remember_key(read_key(folder / "key"), store)
    hold_people([("ann", "Zoë", "Lee", "", "7 Oak")], store)
    accounts.add(store, HEAD, None, NOW)
    save(store, Answer("ann", "oak", "act", "Will ring home", "2025-09-03", "Ms Head", NOW))
    for number in range(3):
        append(store, NOW, "ingested", load=number)
    return folder


def quietly(words: str) -> None:
    """Says nothing of how far a backup is."""
    del words
