"""The reports of a run: each one's value as a file of the run, from which pages, workbooks and JSON are made at once.

A report that cannot be made of the records held is published as the words that say why.
"""

import json
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

from pydantic import TypeAdapter

from configs.refusals import Refusal
from reports.asked import Asked, Known
from reports.run import REPORTS, Report, recipe_of

PREFIX, WHY_NOT = "report-", "why_not"


class NotMade(Refusal):
    """The run has no such report: the words say why."""


def file_of(name: str) -> str:
    """The name of a report's file in the folder of a run."""
    return f"{PREFIX}{name}.json"


def publish(folder: Path, known: Known, asked: Asked) -> None:
    """Writes every report, of every school held, to the folder of a run."""
    for name in REPORTS:
        (folder / file_of(name)).write_bytes(_made(name, known, asked))


def published(folder: Path, name: str) -> Report:
    """The report of that name of a finished run. Refused (NotMade): where the run has none, with the reason."""
    path = folder / file_of(name)
    try:
        return _read(path, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise NotMade("It is made with the next list.") from error


@lru_cache(maxsize=2 * len(REPORTS))
def _read(path: Path, written: int) -> Report:
    """Read once, and again only where the file was written anew because a pupil was forgotten."""
    del written
    name, held = path.stem.removeprefix(PREFIX), path.read_bytes()
    told = json.loads(held)
    if WHY_NOT in told:
        raise NotMade(told[WHY_NOT])
    return Report(_adapter(name).validate_json(held), recipe_of(name).forms)


def _made(name: str, known: Known, asked: Asked) -> bytes:
    recipe = recipe_of(name)
    try:
        value = recipe.reckon(known, asked)
    except Refusal as why:
        return json.dumps({WHY_NOT: str(why)}, ensure_ascii=False).encode()
    return _adapter(name).dump_json(value, fallback=lambda number: number.item())


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(recipe_of(name).value)
