"""Stores as earlier versions of Handrail left them: the week of `a_folder`, laid out as it was then.

Each stands for what those versions wrote: the SQL of their databases is theirs, and so are the columns of their files
and the keys of their receipts.
"""

import hashlib
import json
import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pandas as pd
import yaml

from models import shelf
from sources.store import Store
from tests.sources.a_folder import load, write

RUN = "2025-09-02-1"
PASSED_BY = "2025-09-02"
LEAD = (
    "r.okafor",
    "Ms R. Okafor",
    "safeguarding",
    "",
    '["oak"]',
    "[]",
    "[]",
    "no hash",
    "2025-09-02T08:00:00+00:00",
)
NAMES = """create table people (
    pupil_id text primary key, first_name text not null, last_name text not null,
    preferred_name text not null, tutor_group text not null)"""
OWN_WORDS = """create table people (
    pupil_id text primary key, first_name text not null, last_name text not null,
    preferred_name text not null, tutor_group text not null, own_words text not null default '',
    what_helps text not null default '', key_adult text not null default '')"""
SIGN_IN = """
create table accounts (
    name text primary key, full_name text not null, role text not null, email text not null, schools text not null,
    years text not null, tutor_groups text not null, password text not null, made_at text not null);
create table sessions (
    token text primary key, name text not null references accounts (name) on delete cascade,
    started real not null, used real not null);
create table tries (who text not null, at real not null);
create index tries_by_who on tries (who, at);
"""
TOLD = "create table told (run text not null, name text not null, at text not null, primary key (run, name));"
ELSEWHERE = """
alter table accounts add column sign_in_code text not null default '';
create table journeys (
    place text primary key, nonce text not null, verifier text not null, way text not null, at real not null);
pragma user_version = 2;
"""


def first_list(store: Path) -> None:
    """Before anybody signed in: names, a list, an audit log without a head."""
    _records(store)
    _people(store, NAMES)
    _run(store)
    _log(store, padded=None)


def sign_in(store: Path) -> None:
    """Accounts, and a log whose head is as long as what it says."""
    _records(store)
    _people(store, NAMES)
    _accounts(store, SIGN_IN)
    _run(store)
    _log(store, padded=0)


def your_view(store: Path) -> None:
    """What staff say, pupils' own words, who was told by e-mail; lists say who stayed, came and left."""
    _records(store)
    _people(store, OWN_WORDS)
    _accounts(store, SIGN_IN + TOLD)
    _run(store, turnover={"oak": {"stayed": 0, "came": 0, "left": 0}}, alerts=[])
    _log(store, padded=256)


def elsewhere(store: Path) -> None:
    """Signing in with the school's own provider; stops and drift are looked for each night."""
    drift = {"records": [], "scores": None, "late": None, "alarms": []}
    _records(store)
    _people(store, OWN_WORDS)
    _accounts(store, SIGN_IN + TOLD + ELSEWHERE)
    _run(store, turnover={}, alerts=[], stopped=[], drift=drift, updated_at="06:00")
    _log(store, padded=256)


EARLIER: tuple[Callable[[Path], None], ...] = (first_list, sign_in, your_view, elsewhere)


def _records(root: Path) -> None:
    store = Store(root)
    load(write(root.parent / f"{root.name}-exports"), store)
    store.write_manifest({**store.manifest(), "layout": 1})
    store.keep_settings(store.settings)
    settings = yaml.safe_load((root / "settings.yaml").read_text(encoding="utf-8"))
    for later in ("leak", "drift"):  # rules that the gate of the first versions did not have
        del settings["gate"][later]
    settings["orchestration"] = "plain"
    (root / "settings.yaml").write_text(yaml.safe_dump(settings), encoding="utf-8")
    gate = {"passed": False, "criteria": []}
    facts = {"outcomes": {}, "gate": gate, "rows": {}, "as_of": PASSED_BY, "evaluations": {}}
    shelf.record_training(root / "models", shelf.save(root / "models", {}, {}, facts).id, PASSED_BY)


def _people(store: Path, table: str) -> None:
    with closing(sqlite3.connect(store / "people.db")) as base, base:
        base.executescript(table)
        base.execute(
            "insert into people (pupil_id, first_name, last_name, preferred_name, tutor_group)"
            " values ('ann', 'Ann', 'Archer', '', '7A'), ('ben', 'Ben', 'Null', 'Benny', '7B')"
        )


def _accounts(store: Path, tables: str) -> None:
    with closing(sqlite3.connect(store / "accounts.db")) as base, base:
        base.executescript(tables)
        columns = "name, full_name, role, email, schools, years, tutor_groups, password, made_at"
        base.execute(f"insert into accounts ({columns}) values (?, ?, ?, ?, ?, ?, ?, ?, ?)", LEAD)


def _run(store: Path, **later: Any) -> None:
    """A list of facts alone, with nobody on it; `later` are the keys that later versions added to its receipt."""
    folder = store / "runs" / RUN
    folder.mkdir(parents=True)
    pupils = pd.DataFrame({"pupil_id": ["ann", "ben"], "school_id": "oak", "year_group": "7"})
    pupils.assign(why="No step up is on record.").to_parquet(folder / "roll.parquet", index=False)
    chances = {f"p_{name}": float("nan") for name in ("escalation", "suspension", "severe_absence", "exit")}
    scores = pupils.assign(
        as_of=PASSED_BY, level_school=0, level_self=0, **chances, rank=pd.array([1, 2], "Int64")
    )
    scores.to_parquet(folder / "scores.parquet", index=False)
    columns = ["pupil_id", "school_id", "as_of", "rank", "band", "concerns", "strengths", "changed", "changes",
               "support", "year_group", "since"]  # fmt: skip
    pd.DataFrame({name: [] for name in columns}, dtype=object).to_parquet(
        folder / "watchlist.parquet", index=False
    )
    school = {"first_list": True, "latest": {"attendance": PASSED_BY}, "stale": [], "year_groups": ["7"]}
    (folder / "cards.json").write_text(
        json.dumps({"pupils": {}, "schools": {"oak": school}}), encoding="utf-8"
    )
    seals = {path.name: hashlib.sha256(path.read_bytes()).hexdigest() for path in folder.iterdir()}
    receipt = {
        "as_of": PASSED_BY, "data_hash": Store(store).data_hash(), "model_id": shelf.newest(store / "models"),
        "settings_hash": "of then", "note": "", "published": True, "gate": "facts only",
        "gate_words": "Facts alone.", "how_sure": None, "baselines": [], "freshness": {"attendance": PASSED_BY},
        "off_list": [], "schools": {"oak": "Oak School"}, "compared_with": None, "listed": 0, "on_roll": 2,
        "trained": {}, "trained_as_of": PASSED_BY, "files": seals, **later,
    }  # fmt: skip
    (folder / "run.json").write_text(json.dumps(receipt, indent=1, sort_keys=True), encoding="utf-8")
    (store / "current.json").write_text(json.dumps({"run": RUN}) + "\n", encoding="utf-8")


def _log(store: Path, padded: int | None) -> None:
    """Two lines of the log, and its head: filled up to so many bytes, or none where it had no head."""
    before, lines = "0" * 64, []
    for event in ("ingested", "published"):
        at = "2025-09-02T02:00:00+00:00"
        lines.append(json.dumps({"at": at, "event": event, "before": before}, sort_keys=True).encode())
        before = hashlib.sha256(lines[-1]).hexdigest()
    (store / "audit").mkdir()
    (store / "audit" / "log.jsonl").write_bytes(b"".join(line + b"\n" for line in lines))
    if padded is not None:
        head = json.dumps({"size": sum(len(line) + 1 for line in lines), "seal": before}).encode()
        (store / "audit" / "head").write_bytes(head.ljust(padded))
