"""Waits for help by hand; and an extract for a partner agency that names nobody and leaves a trace."""

import csv
import json
from datetime import timedelta
from typing import Any

import pytest
from click.testing import CliRunner

from configs.refusals import BadSettings
from pipelines import audit
from pipelines.cli import handrail
from pipelines.reporting import extract_of
from tests.reports.conftest import Planted
from tests.reports.small_trust import made, open_days, small_trust

DAYS = open_days()
ASKED = DAYS[10]


@pytest.fixture(scope="module")
def oak() -> dict[str, Any]:
    """Twenty referrals on one day: ten began after four weeks, six after ten, four never; five pupils rose "
    "meanwhile."""
    rows = small_trust()
    for number in range(20):
        begins = {0: 28, 1: 70}.get((number >= 10) + (number >= 16))
        rows["referrals"].append({
            "pupil_id": f"oak{number}", "service": "CAMHS", "referred_on": ASKED,
            "started_on": begins and ASKED + timedelta(days=begins),
        })  # fmt: skip
        if number < 3 or number in (17, 18):
            rows["removals"].append(
                {"pupil_id": f"oak{number}", "school_id": "oak", "date": DAYS[14], "sessions": 1.0}
            )
        if number == 5:  # a step after the start is no step while waiting
            rows["removals"].append(
                {"pupil_id": "oak5", "school_id": "oak", "date": DAYS[60], "sessions": 1.0}
            )
    return made("services", rows, DAYS[120]).as_json()["schools"][1]


def test_waits_by_hand(oak: dict[str, Any]) -> None:
    assert (oak["referrals"], oak["waiting"], oak["median_weeks"]) == (20, 5, 4.0)
    assert (oak["begun_within_4_weeks"], oak["begun_within_12_weeks"], oak["begun_within_18_weeks"]) == (
        0.5,
        0.8,
        0.8,
    )
    assert oak["rose_while_waiting"] == 0.25


def read(book: bytes) -> list[dict[str, str]]:
    lines = book.decode("utf-8-sig").splitlines()
    return list(csv.DictReader(lines[1:]))


def test_an_extract_names_nobody_and_two_agreements_cannot_be_put_together(planted: Planted) -> None:
    one, same, other = (
        extract_of(planted.store.root, None, None, None, agreement)
        for agreement in ("CAMHS-1", "CAMHS-1", "LA-7")
    )
    assert one == same
    rows = read(one)
    assert set(rows[0]) == {"pseudonym", "service", "referred_in", "weeks_waited", "started", "attendance_since",
                            "suspended_since"}  # fmt: skip
    assert not {row["pseudonym"] for row in rows} & {row["pseudonym"] for row in read(other)}
    held = set(planted.store.tables()["pupils"].to_pandas()["pupil_id"])
    assert not {row["pseudonym"] for row in rows} & held
    for service in {row["service"] for row in rows}:
        assert len({row["pseudonym"] for row in rows if row["service"] == service}) >= 10


def test_every_extract_is_audited_and_none_is_made_without_an_agreement(planted: Planted) -> None:
    log = planted.store.root / "audit" / "log.jsonl"
    extract_of(planted.store.root, None, None, None, "LA-8")
    last = json.loads(log.read_text(encoding="utf-8").splitlines()[-1])
    assert (last["event"], last["agreement"]) == ("extract", "LA-8")
    assert last["rows"] > 0
    assert audit.broken_at(planted.store.root) is None
    before = log.read_bytes()
    for agreement in ("", "x", "=cmd|x"):
        with pytest.raises(BadSettings, match="--agreement"):
            extract_of(planted.store.root, None, None, None, agreement)
    assert log.read_bytes() == before


def test_the_command_refuses_an_extract_of_another_report(planted: Planted) -> None:
    asked = ["report", "needs", "--extract", "--agreement", "LA-8", "--store", str(planted.store.root)]
    assert isinstance(CliRunner().invoke(handrail, asked).exception, BadSettings)
