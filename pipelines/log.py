"""Structured logs, where `--log json` or HANDRAIL_LOG=json asks for them: a line of JSON an event, on the error stream.

Each has the moment, the event and `operation`, the same for all lines of one command; the line of a published list has
its `run`. A log holds counts, dates and names of staff, and never a pupil's data: of a fault of ours only its kind and
where it happened are told, for its words may repeat what it was about.
"""

import json
import logging
import os
import secrets
import traceback
from functools import cache
from pathlib import Path
from typing import Any

import click

from pipelines.moment import now

FORM = "HANDRAIL_LOG"
FORMS = ("text", "json")
DEEPEST = 6  # of a fault, the innermost places that are told


def as_json() -> bool:
    """Whether lines of JSON are wanted."""
    return os.environ.get(FORM) == "json"


def tell(event: str, **facts: Any) -> None:
    """One line, where lines of JSON are wanted. `facts` are as an audit log's: never a pupil's data."""
    if as_json():
        click.echo(_line(event, facts), err=True)


def complain(words: str, exit_code: int) -> None:
    """What stopped the command, in the form that is wanted."""
    if as_json():
        tell("refused", words=words, exit_code=exit_code)
    else:
        click.echo(f"handrail: {words}", err=True)


def for_server() -> dict[str, Any]:
    """How the pages' server is to log: what is wrong, in the form that is wanted."""
    handler = {"class": "logging.StreamHandler", "formatter": "discreet", "stream": "ext://sys.stderr"}
    return {
        "version": 1, "disable_existing_loggers": False, "formatters": {"discreet": {"()": Discreet}},
        "handlers": {"said": handler}, "loggers": {"uvicorn": {"handlers": ["said"], "level": "WARNING"}},
    }  # fmt: skip


class Discreet(logging.Formatter):
    """A record in one line, of a fault only its kind and its place in the code."""

    def format(self, record: logging.LogRecord) -> str:
        """The line."""
        words, level = record.getMessage().strip(), record.levelname.lower()
        fault = fault_of(record.exc_info[1]) if record.exc_info and record.exc_info[1] else ""
        if as_json():
            return _line("server", {"level": level, "words": words, **({"fault": fault} if fault else {})})
        return f"handrail: {level}: {words}" + (f": {fault}" if fault else "")


def fault_of(error: BaseException) -> str:
    """KeyError at runs.py:105 < pages.py:40: without the error's own words."""
    places = [
        f"{Path(place.filename).name}:{place.lineno}" for place in traceback.extract_tb(error.__traceback__)
    ]
    return f"{type(error).__name__} at {' < '.join(reversed(places[-DEEPEST:]))}"


def _line(event: str, facts: dict[str, Any]) -> str:
    at = now().isoformat(timespec="milliseconds")
    return json.dumps({"at": at, "operation": _operation(), "event": event, **facts}, default=str)


@cache
def _operation() -> str:
    return secrets.token_hex(6)
