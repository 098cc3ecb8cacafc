"""Sixty nights with faults drawn by lot: after each, whatever happened, the list that pages show is whole, the records
are as they were written and the audit log is unbroken.

`HANDRAIL_SOAK_NIGHTS` says how many (60).
"""

import os
import random
import resource
import subprocess
import tempfile
import time
from collections.abc import Callable
from datetime import date
from pathlib import Path

from benchmarks.nights import TRAINED, command, done, export, handrail, open_days, trained
from pipelines import runs
from sources.audit import broken_at
from sources.store import Store, sha256_of

NIGHTS = int(os.environ.get("HANDRAIL_SOAK_NIGHTS", "60"))
SCHOOLS, PUPILS, SEED = 2, 120, 60
SHARE = 0.6  # of nights on which something goes wrong
LONGEST = 15.0  # seconds; a kill comes at any moment of a night
FILE_OF = 40_000  # bytes; what a full disk still takes of a file
EARLIER = """
import datetime, sys
from pipelines import moment
real = moment.now
moment.now = lambda: real() - datetime.timedelta(days=3)
from pipelines.cli import main
main()
"""

Fault = Callable[["Soak", date], str]


class Soak:
    """A store, the trust whose evenings it is given, and the lots that are drawn."""

    def __init__(self, work: Path) -> None:
        self.work, self.store = work, trained(work, SCHOOLS, PUPILS)
        self.draw = random.Random(SEED)  # noqa: S311 - faults, no secret
        self.school = sorted(Store(self.store).tables()["schools"].to_pandas()["school_id"])[-1]

    def evening(self, day: date, without: str = "") -> Path:
        """The exports of an evening."""
        return export(self.work / "whole", self.work / "tonight", day, without=without)

    def ingest(self, day: date, without: str = "") -> list[str]:
        """The command that reads them."""
        return command("ingest", self.evening(day, without), "--seen-on", day, "--store", self.store)

    def nightly(self, day: date) -> list[str]:
        """The command that publishes."""
        return command("nightly", "--as-of", day, "--store", self.store)

    def faults(self) -> list[str]:
        """What is not whole: the current run, the records or the audit log."""
        run = str(runs.current(self.store))
        folders = [(self.store / "runs" / run, runs.receipt(self.store, run)["files"].items())]
        files = Store(self.store).manifest()["files"]
        folders += [(self.store / "tables", {file["path"]: file["sha256"] for file in files}.items())]
        wrong = [
            name for folder, seals in folders for name, seal in seals if sha256_of(folder / name) != seal
        ]
        return [*wrong, *(["the audit log"] if broken_at(self.store) is not None else [])]


def ran(words: list[str], **how: object) -> int:
    """The exit code of a command run to its end."""
    return subprocess.run(words, capture_output=True, check=False, **how).returncode  # type: ignore[call-overload]  # noqa: S603


def killed(words: list[str], after: float) -> int:
    """The exit code of a command killed so long after it began."""
    with subprocess.Popen(words, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:  # noqa: S603 - our own
        try:
            process.wait(after)
        except subprocess.TimeoutExpired:
            process.kill()
    return process.returncode


def quiet(soak: Soak, day: date) -> str:
    return f"{ran(soak.ingest(day))} {ran(soak.nightly(day))}"


def killed_at_night(soak: Soak, day: date) -> str:
    return f"{ran(soak.ingest(day))} {killed(soak.nightly(day), soak.draw.uniform(0, LONGEST))}"


def killed_reading(soak: Soak, day: date) -> str:
    return f"{killed(soak.ingest(day), soak.draw.uniform(0, LONGEST / 3))} {ran(soak.nightly(day))}"


def half_copied(soak: Soak, day: date) -> str:
    words = soak.ingest(day)
    path = soak.work / "tonight" / soak.draw.choice(("attendance.csv", "enrolments.csv", "incidents.csv"))
    whole = path.read_bytes()
    path.write_bytes(whole[: soak.draw.randrange(len(whole))])
    return f"{ran(words)} {ran(soak.nightly(day))}"


def disk_full(soak: Soak, day: date) -> str:
    def little() -> None:
        resource.setrlimit(resource.RLIMIT_FSIZE, (FILE_OF, FILE_OF))

    return f"{ran(soak.ingest(day))} {ran(soak.nightly(day), preexec_fn=little)}"


def two_at_once(soak: Soak, day: date) -> str:
    ran(soak.ingest(day))
    both = [subprocess.Popen(soak.nightly(day), stdout=-3, stderr=-3) for _ in range(2)]  # noqa: S603 - our own
    return " ".join(str(process.wait()) for process in both)


def clock_back(soak: Soak, day: date) -> str:
    words = soak.nightly(day)
    return f"{ran(soak.ingest(day))} {ran([words[0], '-c', EARLIER, *words[3:]])}"


def lost_mlflow(soak: Soak, day: date) -> str:
    (soak.store / "mlflow.db").write_bytes(b"gone")
    return quiet(soak, day)


def damaged_settings(soak: Soak, day: date) -> str:
    path = soak.store / "settings.yaml"
    whole = path.read_bytes()
    path.write_bytes(whole[: soak.draw.randrange(len(whole))] + b"\n]{\xff")
    told = quiet(soak, day)
    path.write_bytes(whole)  # as whoever looks after it would put it back
    return told


def missing_school(soak: Soak, day: date) -> str:
    return f"{ran(soak.ingest(day, without=soak.school))} {ran(soak.nightly(day))}"


FAULTS: tuple[Fault, ...] = (
    killed_at_night, killed_reading, half_copied, disk_full, two_at_once, clock_back, lost_mlflow,
    damaged_settings, missing_school,
)  # fmt: skip


def measure() -> dict[str, float]:
    """`soak.nights_survived` of NIGHTS, and how many lists that left; a last quiet night must publish."""
    survived, began = 0, time.monotonic()
    with tempfile.TemporaryDirectory() as held:
        soak = Soak(Path(held))
        done("nightly", "--store", soak.store)
        days = open_days(soak.work / "whole", TRAINED)
        for day in days[:NIGHTS]:
            fault = soak.draw.choice(FAULTS) if soak.draw.random() < SHARE else quiet
            told, wrong = fault(soak, day), soak.faults()
            survived += not wrong
            print(
                f"{time.monotonic() - began:6.0f} s  {day}  {fault.__name__:16} {told:8} {wrong or 'whole'}"
            )
        done("ingest", soak.evening(days[NIGHTS]), "--seen-on", days[NIGHTS], "--store", soak.store)
        last = handrail("nightly", "--as-of", days[NIGHTS], "--store", soak.store)
        assert last.returncode == 0, last.stderr
        lists = len(runs.runs_of(soak.store))
    return {"soak.nights_survived": float(survived), "soak.lists_published": float(lists)}


if __name__ == "__main__":
    print(measure())
