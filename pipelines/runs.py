"""Run folders: written whole to one side, then made current by one atomic rename.

A page or an export reads only what `current.json` names, so a reader sees the last whole list or the new whole
list and nothing between. The same date, data and model give the same run again, byte for byte.
"""

import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import Any

from configs.refusals import AnotherRun
from pipelines import audit
from sources.store import on_disk, replace_whole, sha256_of

RUN, CURRENT, FENCE, PART = "run.json", "current.json", "fence", ".part"
EXPIRED = "expired"  # in the receipt of a run whose list was let go of


def runs_of(store: Path) -> list[tuple[str, dict[str, Any]]]:
    """Every finished run that still holds its list, with its receipt, oldest as-of date first; of those that have
    expired the receipt alone is left."""
    found = [
        (folder.name, read_json(folder / RUN))
        for folder in (store / "runs").glob("*")
        if not folder.name.endswith(PART) and (folder / RUN).exists()
    ]
    found = [(name, receipt) for name, receipt in found if EXPIRED not in receipt]
    return sorted(found, key=lambda run: (run[1]["as_of"], int(run[0].rsplit("-", 1)[1])))


def receipt(store: Path, run: str) -> dict[str, Any]:
    """The receipt of a finished run."""
    return read_json(store / "runs" / run / RUN)


def same_run(store: Path, as_of: date, data_hash: str, model_id: str, settings_hash: str) -> str | None:
    """The name of the finished run of that date, data, model and settings, or None."""
    asked = {
        "as_of": str(as_of),
        "data_hash": data_hash,
        "model_id": model_id,
        "settings_hash": settings_hash,
    }
    for name, receipt in runs_of(store):
        if all(receipt.get(key) == value for key, value in asked.items()):
            return name
    return None


def published_before(store: Path, as_of: date) -> str | None:
    """The run whose list was last published for an earlier date, or None."""
    earlier = [name for name, run in runs_of(store) if run["published"] and run["as_of"] < str(as_of)]
    return earlier[-1] if earlier else None


def take_fence(store: Path) -> int:
    """The next fence number, taken by whoever holds the store: every earlier one is out of date from now on."""
    number = _fence(store) + 1
    replace_whole(store / FENCE, f"{number}\n")
    return number


def fence_of(part: Path) -> int:
    """The fence number of the run that an unfinished folder belongs to."""
    return int(part.name.removesuffix(PART).rsplit(".", 1)[1])


def refuse_overtaken(store: Path, fence: int) -> None:
    """Refused (AnotherRun) where another run has begun since that fence number was taken."""
    if fence != _fence(store):
        raise AnotherRun(
            f"Another run has begun in {store} since this one did, so this one published nothing. "
            "Nothing needs mending; run `handrail nightly` again if the other did not end."
        )


def begin(store: Path, as_of: date) -> Path:
    """An empty folder for a new run, to one side, with the run's fence number in its name. What a killed run left is
    swept away first."""
    fence = take_fence(store)
    runs = store / "runs"
    runs.mkdir(parents=True, exist_ok=True)
    for left in runs.glob(f"*{PART}"):
        shutil.rmtree(left)
    taken = [int(folder.name.rsplit("-", 1)[1]) for folder in runs.glob(f"{as_of}-*")]
    part = runs / f"{as_of}-{max(taken, default=0) + 1}.{fence}{PART}"
    part.mkdir()
    return part


@contextmanager
def begun(store: Path, as_of: date) -> Iterator[Path]:
    """An empty folder as `begin` makes it, for the length of the block; where the block fails, nothing of it stays. A
    run that slept meanwhile fails on what is gone: it is refused (AnotherRun) as one that was overtaken."""
    part = begin(store, as_of)
    try:
        yield part
    except Exception:
        refuse_overtaken(store, fence_of(part))
        shutil.rmtree(part, ignore_errors=True)
        raise


def finish(part: Path, receipt: Mapping[str, Any]) -> str:
    """Writes the receipt with each file's sha256, makes everything durable and gives the folder its name.
    Refused (AnotherRun) where another run has begun meanwhile."""
    refuse_overtaken(part.parent.parent, fence_of(part))
    (part / RUN).write_text(_sealed(part, receipt), encoding="utf-8")
    for path in part.iterdir():
        on_disk(path)
    on_disk(part)
    whole = part.with_name(part.name.removesuffix(f".{fence_of(part)}{PART}"))
    part.rename(whole)
    on_disk(whole.parent)
    return whole.name


def reseal(run: Path, receipt: Mapping[str, Any]) -> None:
    """Replaces the receipt of a finished run some of whose files were rewritten, so that pupils are forgotten."""
    replace_whole(run / RUN, _sealed(run, receipt))


def replace_receipt(run: Path, receipt: Mapping[str, Any]) -> None:
    """Replaces the receipt of a finished run, the seals of its files being what the receipt says."""
    replace_whole(run / RUN, json.dumps(receipt, indent=1, sort_keys=True))


def remove(store: Path, run: str) -> None:
    """Removes a finished run: its receipt first, so that what is left of it, if this is cut short, is no run."""
    folder = store / "runs" / run
    (folder / RUN).unlink(missing_ok=True)
    shutil.rmtree(folder)


def make_current(store: Path, run: str, fence: int) -> None:
    """One atomic rename: from now on pages and exports read this run. Refused (AnotherRun) where another run has begun
    since the fence number was taken."""
    refuse_overtaken(store, fence)
    replace_whole(store / CURRENT, json.dumps({"run": run}) + "\n")


def show(store: Path, run: str, fence: int, **facts: Any) -> None:
    """Makes a run current where it is not, once the audit log says so: no list is shown that the log does not know."""
    refuse_overtaken(store, fence)
    if current(store) != run:
        audit.note(store, "published", run=run, **facts)
    make_current(store, run, fence)


def current(store: Path) -> str | None:
    """The name of the run that pages read, or None before the first list."""
    path = store / CURRENT
    return str(json.loads(path.read_text(encoding="utf-8"))["run"]) if path.exists() else None


def write_json(path: Path, facts: Mapping[str, Any]) -> None:
    """Writes facts as JSON, the same facts as the same bytes."""
    path.write_text(json.dumps(facts, indent=1, sort_keys=True, ensure_ascii=False), encoding="utf-8")


def read_json(path: Path) -> dict[str, Any]:
    """The facts of a JSON file."""
    facts: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return facts


def _fence(store: Path) -> int:
    path = store / FENCE
    return int(path.read_text(encoding="utf-8")) if path.exists() else 0


def _sealed(folder: Path, receipt: Mapping[str, Any]) -> str:
    """A receipt with the sha256 of each file beside it."""
    files = {path.name: sha256_of(path) for path in sorted(folder.iterdir()) if path.name != RUN}
    return json.dumps({**receipt, "files": files}, indent=1, sort_keys=True)
