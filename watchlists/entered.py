"""Support and reviews entered on the page, as canonical tables that the next ingest reads.

Kinds are a fixed list, so that nothing written freely reaches a table that features read.
"""

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from sources import server
from sources.sql import holds_anything
from sources.store import replace_whole
from watchlists.language import marked
from watchlists.notebook import SAID, notebook

FOLDER = "entered"
KINDS = {
    "check_in": marked("Check-in with an adult"),
    "mentoring": marked("Mentoring"),
    "family_contact": marked("Contact with home"),
    "small_group": marked("Small group"),
    "counselling": marked("Counselling"),
    "learning_support": marked("Help with learning"),
    "attendance_plan": marked("Attendance plan"),
    "other": marked("Other support"),
}
SUPPORT = ("pupil_id", "school_id", "kind", "start_date", "end_date", "known_on")
REVIEWS = ("pupil_id", "school_id", "date", "kind", "known_on")


@dataclass(frozen=True)
class Support:
    """One kind of support from its first day, ended or not."""

    pupil_id: str
    school_id: str
    kind: str
    start_date: date
    end_date: date | None
    known_on: date
    by: str


def enter(store: Path, support: Support) -> None:
    """Keeps a support (one entered before gets its new end) and writes the tables anew."""
    end = support.end_date.isoformat() if support.end_date else ""
    with notebook(store) as base:
        base.do(
            "insert into supports (pupil_id, school_id, kind, start_date, end_date, known_on, by)"
            " values (:pupil, :school, :kind, :start, :end, :known, :by)"
            " on conflict (pupil_id, school_id, kind, start_date) do update"
            " set end_date = excluded.end_date, known_on = excluded.known_on, by = excluded.by",
            pupil=support.pupil_id, school=support.school_id, kind=support.kind, end=end,
            start=support.start_date.isoformat(), known=support.known_on.isoformat(), by=support.by,
        )  # fmt: skip
    _write(store)


def review(store: Path, pupil_id: str, school_id: str, on: date, known_on: date, by: str) -> None:
    """Keeps that support was reviewed with the pupil or family on a day, as a meeting."""
    with notebook(store) as base:
        base.do(
            "insert into reviews (pupil_id, school_id, date, known_on, by)"
            " values (:pupil, :school, :date, :known, :by) on conflict do nothing",
            pupil=pupil_id, school=school_id, date=on.isoformat(), known=known_on.isoformat(), by=by,
        )  # fmt: skip
    _write(store)


def entered_for(store: Path, pupil_id: str) -> list[Support]:
    """The support entered for a pupil, latest first."""
    with notebook(store) as base:
        rows = base.rows(
            "select pupil_id, school_id, kind, start_date, end_date, known_on, by from supports"
            " where pupil_id = :pupil order by start_date desc, kind",
            pupil=pupil_id,
        )
    return [
        Support(pupil, school, kind, date.fromisoformat(start), date.fromisoformat(end) if end else None,
                date.fromisoformat(known), by)
        for pupil, school, kind, start, end, known, by in rows
    ]  # fmt: skip


def forget_said(store: Path, pupils: Iterable[str]) -> int:
    """How many rows staff had said or entered of these pupils, and are no more; what was freed is overwritten."""
    removed = 0
    with notebook(store) as base:
        for table in SAID:
            for pupil in pupils:
                removed += base.do(f"delete from {table} where pupil_id = :pupil", pupil=pupil)
    if entered_folder(store):
        _write(store)
    return removed


def entered_folder(store: Path) -> Path | None:
    """The folder with what was entered, or None where nothing was. Where a server holds it, it is written anew: some of
    it was entered on other machines."""
    folder = store / FOLDER
    if server.address() is not None and _anything(store):
        _write(store)
    return folder if folder.is_dir() else None


def _anything(store: Path) -> bool:
    with notebook(store) as base:
        return holds_anything(("supports", "reviews"), base)


def _write(store: Path) -> None:

    with notebook(store) as base:
        supports = base.rows(f"select {', '.join(SUPPORT)} from supports order by {', '.join(SUPPORT)}")
        reviews = base.rows(
            "select pupil_id, school_id, date, 'review', known_on from reviews order by 1, 2, 3"
        )
    for name, header, rows in (("support", SUPPORT, supports), ("meetings", REVIEWS, reviews)):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerows([header, *rows])
        replace_whole(store / FOLDER / f"{name}.csv", text.getvalue())
