"""The same work as Prefect flows of a few coarse tasks. Parameters are a folder and a date, never a pupil.

Where Prefect cannot be used, the plain functions are run instead, and that is said: a list that is late because
its scheduler is ill helps nobody.
"""

import functools
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

from configs.refusals import Refusal
from pipelines import nightly as night_work
from pipelines import runs
from pipelines.log import fault_of
from pipelines.night import Night
from pipelines.nightly import Published
from pipelines.retrain import Trained, retrain

T = TypeVar("T")
Say = Callable[[str], None]
QUIET = {
    "PREFECT_SERVER_ANALYTICS_ENABLED": "false",  # nothing calls home
    "DO_NOT_TRACK": "1",
    "PREFECT_LOGGING_TO_API_WHEN_MISSING_FLOW": "ignore",
    "PREFECT_LOGGING_LEVEL": "WARNING",
    "PREFECT_RESULTS_PERSIST_BY_DEFAULT": "false",
}


def run_nightly(night: Night, orchestration: str, say: Say) -> Published:
    """The night's list, through Prefect where the settings ask for it and it can be had."""

    def plainly() -> Published:
        return night_work.run_plainly(night, say)

    return _through(orchestration, night.store, lambda: _nightly_flow(night, say), plainly, say)


def run_retrain(store: Path, as_of: date | None, orchestration: str, say: Say) -> Trained:
    """A trained model, through Prefect where the settings ask for it and it can be had."""
    return _through(
        orchestration,
        store,
        lambda: _retrain_flow(store, as_of, say),
        lambda: retrain(store, as_of, say),
        say,
    )


def _through(orchestration: str, store: Path, flow: Callable[[], T], plainly: Callable[[], T], say: Say) -> T:
    if orchestration == "plain":
        return plainly()
    try:
        _settle_prefect(store)
        return flow()
    except _Unreachable as error:
        say(f"Prefect could not be used ({error}); running without it")
        return plainly()


class _Unreachable(Exception):
    """Prefect itself could not be used; the work has not been begun."""


def keep_prefect_quiet(store: Path) -> None:
    """Prefect's home in the store, and its telemetry off, unless the environment says otherwise."""
    for name, value in QUIET.items():
        os.environ.setdefault(name, value)
    os.environ.setdefault("PREFECT_HOME", str(store.resolve() / "prefect"))


def _settle_prefect(store: Path) -> None:
    """Prefect as we want it, and a first sign of life before any work is given to it."""
    keep_prefect_quiet(store)
    try:
        from prefect.client.orchestration import get_client

        with get_client(sync_client=True) as client:
            client.hello().raise_for_status()
    except Exception as error:  # whatever Prefect's own trouble is, the night's list matters more
        raise _Unreachable(type(error).__name__) from error


def _nightly_flow(night: Night, say: Say) -> Published:
    from prefect import flow, task

    @flow(name="nightly", validate_parameters=False)
    def nightly(store: str, as_of: str) -> Published:  # noqa: ARG001 - what Prefect shows of a run
        with runs.begun(night.store, night.as_of) as part:
            for name, step in night_work.STEPS:
                say(f"making the {name}")
                as_task(task, name, step)(night, part)
            published: Published = as_task(task, "publish", night_work.publish)(night, part)
        return published

    return nightly(str(night.store), str(night.as_of))


def _retrain_flow(store: Path, as_of: date | None, say: Say) -> Trained:
    from prefect import flow, task

    @flow(name="retrain", validate_parameters=False)
    def retrain_flow(store: str, as_of: str | None) -> Trained:
        day = date.fromisoformat(as_of) if as_of else None
        trained: Trained = as_task(task, "train", retrain)(Path(store), day, say)
        return trained

    return retrain_flow(str(store), str(as_of) if as_of else None)


class NightFailed(Exception):
    """Something that nobody foresaw. Its words may hold a pupil's data, so only its kind and place are told."""


def as_task(task: Any, name: str, work: Callable[..., T]) -> Callable[..., T]:
    """The work as a Prefect task that keeps no result and looks no further into its arguments."""
    made: Callable[..., T] = task(unwritten(work), name=name, persist_result=False, cache_policy=None)
    return made


def unwritten(work: Callable[..., T]) -> Callable[..., T]:
    """The work, such that what Prefect writes down of an error holds nothing of a pupil: refusals and the system's own
    errors name none; of any other only the kind and the place are left (NightFailed)."""

    @functools.wraps(work)
    def told(*given: Any) -> T:
        try:
            return work(*given)
        except (Refusal, OSError, NightFailed):
            raise
        except Exception as error:
            failed = NightFailed(f"{fault_of(error)}. With `orchestration: plain` the night shows all of it.")
        raise failed  # out here, so that the error itself does not come along as its context

    return told
