"""The Sundays on which the clocks change: one night each, and each of the right day."""

import re
import shutil
import subprocess
from datetime import datetime
from pathlib import Path

import pytest

from pipelines.options import DAY

TIMER = Path(__file__).parents[2] / "deploy" / "handrail-nightly.timer"


@pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="needs systemd")
@pytest.mark.parametrize(("sunday", "hours"), [("2026-03-29", (1, 1)), ("2026-10-25", (2, 2))])
def test_the_timer_runs_once_a_night_when_clocks_change(sunday: str, hours: tuple[int, int]) -> None:
    """In UTC: at two by London's clock in winter, at one in summer, and never twice or not at all."""
    at = re.findall(r"^OnCalendar=(.*)$", TIMER.read_text(encoding="utf-8"), re.MULTILINE)[0]
    asked = ["systemd-analyze", "calendar", "--iterations=3", f"--base-time={sunday} 00:00:00 UTC", at]
    done = subprocess.run(asked, capture_output=True, text=True, check=True, env={"TZ": "UTC"})
    nights = re.findall(r"(\d{4}-\d\d-\d\d \d\d):00:00 UTC", done.stdout)
    assert nights[0] == f"{sunday} {hours[0]:02}"
    assert len({night[:10] for night in nights}) == len(nights) == 3
    assert {int(night[-2:]) for night in nights[1:]} == {hours[1]}


@pytest.mark.parametrize(
    ("moments", "day"),
    [
        (
            ("2026-03-29T00:30+00:00", "2026-03-29T01:30+00:00"),
            "2026-03-29",
        ),  # the hour from one to two is left out
        (("2026-10-25T00:30+00:00", "2026-10-25T01:30+00:00"), "2026-10-25"),  # half past one comes twice
        (("2026-03-28T23:59+00:00",), "2026-03-28"),
        (("2026-10-24T23:30+00:00",), "2026-10-25"),
    ],
)
def test_today_is_the_same_day_before_and_after_the_change(
    moments: tuple[str, ...], day: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    """So that a night run twice is the same night, and so the same run."""
    for moment in moments:
        monkeypatch.setattr("pipelines.options.now", lambda moment=moment: datetime.fromisoformat(moment))
        assert DAY.convert("today", None, None) == datetime.fromisoformat(day)
