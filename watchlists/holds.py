"""Objection and correction holds: while one stands the pupil is neither scored nor listed."""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from watchlists.language import marked
from watchlists.notebook import PEOPLE, moment_last, notebook

KINDS = {
    "objection": marked("The pupil or a parent has objected"),
    "correction": marked("A record is being corrected"),
}


@dataclass(frozen=True)
class Hold:
    """One hold, by whom and when."""

    pupil_id: str
    school_id: str
    kind: str
    by: str
    at: datetime


def held(store: Path) -> dict[str, Hold]:
    """Every hold that stands, by pupil."""
    if not PEOPLE.begun(store):
        return {}
    with notebook(store) as base:
        rows = base.rows("select pupil_id, school_id, kind, by, at from holds order by pupil_id")
    return {row[0]: Hold(*moment_last(row)) for row in rows}


def hold(store: Path, standing: Hold) -> None:
    """Holds a pupil out; a later hold replaces an earlier one."""
    with notebook(store) as base:
        base.do(
            "insert into holds (pupil_id, school_id, kind, by, at) values (:pupil, :school, :kind, :by, :at)"
            " on conflict (pupil_id) do update set school_id = excluded.school_id, kind = excluded.kind,"
            " by = excluded.by, at = excluded.at",
            pupil=standing.pupil_id, school=standing.school_id, kind=standing.kind, by=standing.by,
            at=standing.at.isoformat(timespec="seconds"),
        )  # fmt: skip


def release(store: Path, pupil_id: str) -> None:
    """Ends a hold: the pupil is in the next night's list again like everyone else."""
    with notebook(store) as base:
        base.do("delete from holds where pupil_id = :pupil", pupil=pupil_id)


def with_holds(settings_hash: str, standing: Iterable[str]) -> str:
    """What a night was asked: the settings' own hash, and who was held out where anyone was."""
    out = sorted(standing)
    return hashlib.sha256("\n".join([settings_hash, *out]).encode()).hexdigest() if out else settings_hash
