"""The night as a Prefect deployment: the two steps of the systemd unit, `ingest` and `nightly --as-of today`.

Its parameters are folders, a key's path and the word today; its states and logs name no pupil, whatever goes wrong.
A night that comes after others were missed stands for all of them: each publishes the same newest day.
"""

from datetime import date
from pathlib import Path

from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from pipelines.audit import broken_at
from pipelines.flows import as_task, unwritten
from pipelines.load import Asked, load
from pipelines.missed_nights import cancel_other_nights
from pipelines.moment import now
from pipelines.one_night import LOG_CHANGED, one_night
from pipelines.options import HERE
from pipelines.progress import teller

AGAIN, AFTER = 2, 600  # twice more, ten minutes apart: an export comes late, a file grows, another run ends


@flow(name="night", retries=AGAIN, retry_delay_seconds=AFTER, validate_parameters=False)
def night(store: str, exports: str | None, key_file: str, as_of: str = "today") -> State[None]:
    """Reads the exports, where a folder is given, and publishes the list of the day; done, with what is said of it."""
    cancel_other_nights()
    return unwritten(_steps)(Path(store), Path(exports) if exports else None, Path(key_file), as_of)


def _steps(store: Path, exports: Path | None, key_file: Path, as_of: str) -> State[None]:
    today = now().astimezone(HERE).date()
    day = today if as_of == "today" else date.fromisoformat(as_of)
    with teller("night") as say:
        if exports:
            as_task(task, "ingest", load)(Asked(exports, today, key_file), store, say)
        words = one_night(store, day, say)[1].words
    return Completed(message=words) if broken_at(store) is None else Failed(message=LOG_CHANGED)
