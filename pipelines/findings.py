"""What a look at a store found, a line each, for `doctor` and `check`. No line holds a pupil's data.

Each check gives its faults, none where all is well, and stands beside what is said where it finds none.
"""

import json
import sys
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import NoReturn, TypeAlias, TypeVar

import click

from configs.refusals import BadSettings, Refusal

UNREADABLE = (OSError, ValueError, LookupError, TypeError, AttributeError)
P = TypeVar("P", bound="Patient")
Check: TypeAlias = tuple[Callable[[P], Iterator[str]], str]


@dataclass(frozen=True)
class Patient:
    """A store, the key its pupils were named with, and the day it is looked at."""

    store: Path
    key_file: Path
    today: date


@dataclass(frozen=True)
class Finding:
    """One line: `fine`, or to mend, and what was found in words."""

    fine: bool
    words: str

    def __str__(self) -> str:
        return f"{'fine' if self.fine else 'to mend'}: {self.words}"


def looked(patient: P, checks: Sequence[Check[P]]) -> list[Finding]:
    """What was found, in the order of the checks: one fine line for a check without faults, else one line a fault."""
    if not patient.store.is_dir():
        return [Finding(False, str(no_store(patient.store)))]
    return [finding for check, fine in checks for finding in _found(check, fine, patient)]


def no_store(store: Path) -> BadSettings:
    """The refusal of a place where there is no store."""
    return BadSettings(
        f"There is no store at {store}. Give --store, run `handrail ingest` first, or restore your copy there."
    )


def told(faults: Iterator[str], fine: str) -> Iterator[str]:
    """The faults of a check; where what it reads is too damaged to be read, that is the last."""
    try:
        yield from faults
    except Refusal as refusal:
        yield str(refusal)
    except UNREADABLE as error:
        yield f"This could not be read ({type(error).__name__}), so nobody knows whether this holds: {fine}"


def say(findings: Sequence[Finding], as_json: bool) -> NoReturn:
    """Prints them, a line each or as JSON, and ends the command: 0 where all is fine, else 1."""
    fine = all(finding.fine for finding in findings)
    facts = {"fine": fine, "findings": [asdict(finding) for finding in findings]}
    click.echo(json.dumps(facts, indent=1) if as_json else "\n".join(map(str, findings)))
    sys.exit(0 if fine else 1)


def _found(check: Callable[[P], Iterator[str]], fine: str, patient: P) -> list[Finding]:
    return [Finding(False, fault) for fault in told(check(patient), fine)] or [Finding(True, fine)]
