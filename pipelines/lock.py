"""One run at a time: an operating-system lock on the store, freed by the system if its holder dies."""

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path

from configs.refusals import AnotherRun


@contextmanager
def only_run(store: Path) -> Iterator[None]:
    """Holds the store for the length of the block; refuses at once (AnotherRun) where another run holds it."""
    store.mkdir(parents=True, exist_ok=True)
    with (store / "lock").open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError as error:
            raise AnotherRun(
                f"Another run is at work in {store}. Wait for it to end, then run again."
            ) from error
        yield


@contextmanager
def undisturbed(store: Path) -> Iterator[None]:
    """Holds the store for the length of the block, to look at it; where there is none yet, none is made."""
    with only_run(store) if store.is_dir() else nullcontext():
        yield


@contextmanager
def writing(store: Path) -> Iterator[None]:
    """Holds the store for the length of the block, brought up to today's layout. Refused: another run (AnotherRun), a
    layout of a newer version (BadData)."""
    with only_run(store):
        from pipelines.upgrading import bring_up_to_date  # a second run is refused before it has read so much

        bring_up_to_date(store)
        yield
