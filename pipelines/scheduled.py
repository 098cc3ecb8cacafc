"""The night as a Prefect deployment: the two steps of the systemd unit, `ingest` and `nightly --as-of today`.

Its parameters are folders, a key's path and the word today; its states and logs name no pupil, whatever goes wrong.
A night that comes after others were missed stands for all of them: each publishes the same newest day.
"""

from datetime import date
from pathlib import Path
from traceback import extract_tb

from prefect import flow, task
from prefect.client.schemas.objects import State
from prefect.states import Completed, Failed

from configs.refusals import Refusal
from pipelines.audit import broken_at
from pipelines.flows import as_task
from pipelines.load import Asked, load
from pipelines.missed_nights import cancel_other_nights
from pipelines.moment import now
from pipelines.one_night import LOG_CHANGED, one_night
from pipelines.options import HERE
from pipelines.progress import teller

AGAIN, AFTER = 2, 600  # twice more, ten minutes apart: an export comes late, a file grows, another run ends


class NightFailed(Exception):
    """Something that nobody foresaw. Its words may hold a pupil's data, so only its kind and place are told."""


@flow(name="night", retries=AGAIN, retry_delay_seconds=AFTER, validate_parameters=False)
def night(store: str, exports: str | None, key_file: str, as_of: str = "today") -> State[None]:
    """Reads the exports, where a folder is given, and publishes the list of the day; done, with what is said of it."""
    cancel_other_nights()
    today = now().astimezone(HERE).date()
    day = today if as_of == "today" else date.fromisoformat(as_of)
    try:
        with teller("night") as say:
            if exports:
                asked = Asked(Path(exports), today, Path(key_file))
                as_task(task, "ingest", load)(asked, Path(store), say)
            words = one_night(Path(store), day, say)[1].words
            return Completed(message=words) if broken_at(Path(store)) is None else Failed(message=LOG_CHANGED)
    except Refusal:
        raise
    except Exception as error:
        last = extract_tb(error.__traceback__)[-1]
        where = f"{Path(last.filename).name}, line {last.lineno}"
        raise NightFailed(f"{type(error).__name__} in {where}. Run the night by hand to see it.") from None
