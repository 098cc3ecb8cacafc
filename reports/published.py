"""The reports of a run: each one's value as a file of the run, from which pages, workbooks and JSON are made at once.

Each is published twice: as of the run's day, for those who may see the pupils behind it, and as of the end of the last
half term, for those who read totals alone. What stands still for half a term cannot be set beside yesterday's, so that
one pupil shows in the difference. A report that cannot be made of the records held is published as the words that say
why.
"""

import dataclasses
import json
import shutil
from datetime import date
from functools import cache, lru_cache
from pathlib import Path
from typing import Any

import ibis.expr.types as ir
from pydantic import TypeAdapter

from configs.refusals import Refusal
from configs.source_code import code_hash
from reports.asked import Asked, Known, any_open
from reports.periods import settled_day
from reports.run import REPORTS, Report, recipe_of
from reports.shared import Shared
from sources.as_known import as_known

PUBLISHED = tuple(
    name for name in REPORTS if name != "support"
)  # that one takes minutes: made when asked for
PREFIX, SETTLED, WHY_NOT, WAY = "report-", "-settled", "why_not", "settled.json"
NONE_OVER = "No half term is over yet: totals are first told when one is."


class NotMade(Refusal):
    """The run has no such report: the words say why."""


def file_of(name: str, *, settled: bool = False) -> str:
    """The name of a report's file in the folder of a run; `settled` as of the end of the last half term."""
    return f"{PREFIX}{name}{SETTLED if settled else ''}.json"


def publish(folder: Path, tables: dict[str, ir.Table], asked: Asked, earlier: Path | None = None) -> None:
    """Writes the reports, of every school held, to the folder of a run: as of its day, and settled. Those settled are
    the `earlier` run's where it settled them on the same day, in the same way."""
    known = Shared(as_known(tables, asked.as_of))
    for name in PUBLISHED:
        (folder / file_of(name)).write_bytes(_made(name, known, asked))
    day = settled_day(any_open(known))
    way = {"day": str(day), "settings": asked.settings.digest(), "code": code_hash(Path(__file__).parent)}
    (folder / WAY).write_text(json.dumps(way), encoding="utf-8")
    if earlier is not None and _way_of(earlier) == way:
        for name in PUBLISHED:
            shutil.copyfile(earlier / file_of(name, settled=True), folder / file_of(name, settled=True))
        return
    _settle(folder, tables, asked, day)


def _settle(folder: Path, tables: dict[str, ir.Table], asked: Asked, day: date | None) -> None:
    then = dataclasses.replace(asked, as_of=day, lists=asked.lists.until(day)) if day else asked
    known = Shared(as_known(tables, then.as_of))
    for name in PUBLISHED:
        settled = _made(name, known, then) if day else _not_made(NONE_OVER)
        (folder / file_of(name, settled=True)).write_bytes(settled)


def _way_of(run: Path) -> Any:
    """How a run settled its reports; None where it did not say."""
    try:
        return json.loads((run / WAY).read_bytes())
    except (OSError, ValueError):
        return None


def published(folder: Path, name: str, *, settled: bool = False) -> Report:
    """The report of that name of a finished run. Refused (NotMade): where the run has none, with the reason."""
    path = folder / file_of(name, settled=settled)
    try:
        return _read(path, name, path.stat().st_mtime_ns)
    except FileNotFoundError as error:
        raise NotMade("It is made with the next list.") from error


@lru_cache(maxsize=4 * len(REPORTS))
def _read(path: Path, name: str, written: int) -> Report:
    """Read once, and again only where the file was written anew because a pupil was forgotten."""
    del written
    held = path.read_bytes()
    told = json.loads(held)
    if WHY_NOT in told:
        raise NotMade(told[WHY_NOT])
    return Report(_adapter(name).validate_json(held), recipe_of(name).forms)


def _made(name: str, known: Known, asked: Asked) -> bytes:
    recipe = recipe_of(name)
    try:
        value = recipe.reckon(known, asked)
    except Refusal as why:
        return _not_made(str(why))
    return _adapter(name).dump_json(value, fallback=lambda number: number.item())


def _not_made(why: str) -> bytes:
    return json.dumps({WHY_NOT: why}, ensure_ascii=False).encode()


@cache
def _adapter(name: str) -> TypeAdapter[Any]:
    return TypeAdapter(recipe_of(name).value)
