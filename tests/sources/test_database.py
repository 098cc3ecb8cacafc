"""The files that pages write to: made by an older version, or another file at the same place."""

import shutil
import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path

import pytest

from watchlists import holds
from watchlists.access import accounts, sessions
from watchlists.access.roles import Account
from watchlists.holds import Hold
from watchlists.people import edition, everyone, hold_people

OLD_PEOPLE = """create table people (pupil_id text primary key, first_name text not null, last_name text not null,
    preferred_name text not null, tutor_group text not null);
insert into people values ('p1', 'Zoë', 'Lee', '', '9 Oak');
pragma user_version = 7;"""
OLD_ACCOUNTS = """create table accounts (name text primary key, full_name text not null, role text not null,
    email text not null, schools text not null, years text not null, tutor_groups text not null,
    password text not null, made_at text not null);
insert into accounts values ('head', 'Ms Head', 'head', '', '["s1"]', '[]', '[]', 'x', '2024-09-01');
pragma user_version = 1;"""
NOW = datetime(2026, 3, 9, 8, tzinfo=UTC)
HEAD = Account("head", "Ms Head", "head", frozenset(("s1",)))


def old(path: Path, said: str) -> None:
    with closing(sqlite3.connect(path)) as base:
        base.executescript(said)


def test_names_and_accounts_of_an_older_version_are_still_there(tmp_path: Path) -> None:
    old(tmp_path / "people.db", OLD_PEOPLE)
    old(tmp_path / "accounts.db", OLD_ACCOUNTS)
    assert everyone(tmp_path)["p1"].name == "Zoë Lee"
    assert accounts.everyone(tmp_path) == [HEAD]
    holds.hold(tmp_path, Hold("p1", "s1", "objection", "Ms Head", NOW))
    assert list(holds.held(tmp_path)) == ["p1"]


def test_a_store_put_back_while_pages_are_open_is_the_one_that_is_read(tmp_path: Path) -> None:
    accounts.add(tmp_path, HEAD, None, NOW)
    shutil.copy(tmp_path / "accounts.db", tmp_path / "copy.db")
    accounts.remove(tmp_path, "head")
    (tmp_path / "copy.db").replace(tmp_path / "accounts.db")
    for left in tmp_path.glob("accounts.db-*"):
        left.unlink()
    assert accounts.names(tmp_path) == ["head"]


@pytest.mark.kept
def test_a_removed_account_has_no_session_left(tmp_path: Path) -> None:
    accounts.add(tmp_path, HEAD, None, NOW)
    token = sessions.begin(tmp_path, "head", NOW)
    assert sessions.who(tmp_path, token, NOW) is not None
    accounts.remove(tmp_path, "head")
    accounts.add(tmp_path, HEAD, None, NOW)
    assert sessions.who(tmp_path, token, NOW) is None


@pytest.mark.kept
def test_a_name_loaded_twice_turns_the_edition_each_time(tmp_path: Path) -> None:
    assert edition(tmp_path) == 0
    for said in ("Zoë", "Zo"):
        hold_people([("p1", said, "Lee", "", "9 Oak")], tmp_path)
    assert (edition(tmp_path), everyone(tmp_path)["p1"].first_name) == (2, "Zo")
