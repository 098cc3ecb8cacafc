"""The night as a Prefect deployment: a real server, a real served flow, and what happens after nights were missed."""

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pandas as pd
import pytest

from configs.refusals import BadSettings
from pipelines.flows import QUIET, NightFailed, unwritten
from pipelines.options import HERE
from pipelines.runs import current
from pipelines.scheduling import Rota, keep_rota
from tests.a_server import free_port
from tests.pipelines.trust import exports, handrail, trained_store

MONDAY = "2026-03-09"
PATIENCE = 400  # seconds


def with_prefect(to: Path) -> Path:
    """The trained store, its settings asking for Prefect."""
    shutil.copytree(trained_store(), to)
    settings = (to / "settings.yaml").read_text(encoding="utf-8")
    (to / "settings.yaml").write_text(settings.replace("orchestration: plain", "orchestration: prefect"))
    return to


def eventually(what: str, found: Callable[[], Any], instead: Callable[[], Any] = str) -> Any:
    until = time.monotonic() + PATIENCE
    while time.monotonic() < until:
        try:
            if seen := found():
                return seen
        except httpx.HTTPError:
            pass
        time.sleep(0.5)
    raise AssertionError(f"waited in vain for {what}: {instead()}")


@dataclass(frozen=True)
class Begun:
    """A process, and the file that it writes to: never a pipe, which holds it up once it is full and nobody reads."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def pid(self) -> int:
        return self.process.pid

    def says(self, words: str) -> bool:
        return words in self.log.read_text(encoding="utf-8")

    def end(self) -> None:
        self.process.terminate()
        self.process.wait(timeout=60)


def started(log: Path, *command: str, **environment: str) -> Begun:
    with log.open("w") as file:
        process = subprocess.Popen(command, stdout=file, stderr=file, env={**os.environ, **environment})
    return Begun(process, log)


@pytest.fixture
def server(tmp_path: Path) -> Iterator[httpx.Client]:
    """A Prefect server of the school's own."""
    port = free_port()
    command = (sys.executable, "-m", "prefect", "server", "start", "--no-ui", "--port", str(port))
    begun = started(tmp_path / "server.log", *command, **QUIET, PREFECT_HOME=str(tmp_path / "server"))
    with httpx.Client(base_url=f"http://127.0.0.1:{port}/api/", timeout=30) as client:
        eventually("Prefect's server", lambda: client.get("health").is_success)
        yield client
    begun.end()


def scheduled(client: httpx.Client, store: Path, log: str, *options: str) -> Begun:
    words = ("schedule", "--store", str(store), "--key-file", str(store.parent / "key"), *options)
    at = str(client.base_url).rstrip("/")
    return started(store.parent / log, sys.executable, "-m", "pipelines", *words, PREFECT_API_URL=at)


def asked(client: httpx.Client, path: str, **body: Any) -> Any:
    """What the server answers, asked again as Prefect's own client does where another held its base."""
    done = eventually("an answer", lambda: (told := client.post(path, json=body)).status_code != 503 and told)
    assert done.is_success, done.text
    return done.json()


def the_deployment(client: httpx.Client) -> dict[str, Any]:
    held = eventually("the deployment", lambda: asked(client, "deployments/filter"))
    assert len(held) == 1
    return dict(held[0])


def nights(client: httpx.Client) -> list[dict[str, Any]]:
    """The nights that were asked for, oldest first; not those that the clock will ask for."""
    runs = asked(client, "flow_runs/filter", sort="EXPECTED_START_TIME_ASC")
    now = datetime.now(UTC)
    return [
        run for run in runs
        if run["deployment_id"] and datetime.fromisoformat(run["expected_start_time"]) <= now
    ]  # fmt: skip


ENDS = {"Completed", "Cancelled", "AwaitingRetry", "Failed", "Crashed"}


def states(client: httpx.Client) -> list[str]:
    return [run["state_name"] for run in nights(client)]


def are_due(client: httpx.Client, deployment: dict[str, Any], count: int) -> None:
    """So many nights that nobody has begun, the last of them a minute old."""
    for ago in range(count):
        when = datetime.now(UTC) - timedelta(days=ago, minutes=1)
        state = {"type": "SCHEDULED", "state_details": {"scheduled_time": str(when)}}
        parameters = {**deployment["parameters"], "as_of": MONDAY}
        asked(client, f"deployments/{deployment['id']}/create_flow_run", state=state, parameters=parameters)


@pytest.mark.slow
def test_missed_nights_are_made_up_for_by_one_that_publishes_the_same_bytes(
    server: httpx.Client, tmp_path: Path
) -> None:
    plain, store = tmp_path / "plain", with_prefect(tmp_path / "store")
    shutil.copytree(trained_store(), plain)
    assert handrail("nightly", "--store", plain, "--as-of", MONDAY).returncode in (0, 6)
    first = scheduled(server, store, "first.log", "--exports", str(exports()))
    deployment = the_deployment(server)
    eventually("the first to serve", lambda: first.says("London time"))
    _is_every_night_at_two_one_at_a_time(deployment, store)
    eventually("the clock to ask for nights", lambda: asked(server, "flow_runs/filter"))
    _are_at_two_in_england(asked(server, "flow_runs/filter"))
    # The mains fail in the middle of a night. Its place is not free, so the next three are turned away.
    are_due(server, deployment, 1)
    eventually("a night to begin", lambda: states(server) == ["Running"])
    for process in (first.pid, *_children(first.pid)):
        os.kill(process, signal.SIGKILL)
    are_due(server, deployment, 3)
    eventually(
        "the server to turn them away", lambda: sorted(states(server)) == ["Cancelled"] * 3 + ["Running"]
    )
    again = scheduled(server, store, "again.log", "--exports", str(exports()))
    eventually("one to be made up for", lambda: "Completed" in states(server))
    assert sorted(states(server)) == ["Cancelled"] * 3 + ["Completed", "Crashed"], nights(server)
    are_due(server, deployment, 7)  # more than one look of the runner takes in
    eventually(
        "all nights to end",
        lambda: states(server).count("Completed") == 2 and set(states(server)) <= ENDS,
        instead=lambda: nights(server),
    )
    assert sorted(states(server)) == ["Cancelled"] * 9 + ["Completed"] * 2 + ["Crashed"], nights(server)
    again.end()
    for name in ("features.parquet", "scores.parquet", "watchlist.parquet", "cards.json"):
        ours, theirs = (root / "runs" / str(current(root)) / name for root in (store, plain))
        assert ours.read_bytes() == theirs.read_bytes(), name
    _names_no_pupil(tmp_path / "server")


def _is_every_night_at_two_one_at_a_time(deployment: dict[str, Any], store: Path) -> None:
    schedule = deployment["schedules"][0]["schedule"]
    assert (schedule["cron"], schedule["timezone"]) == ("0 2 * * *", "Europe/London")
    assert deployment["global_concurrency_limit"]["limit"] == 1
    assert deployment["concurrency_options"]["collision_strategy"] == "CANCEL_NEW"
    assert not deployment["paused"]
    assert deployment["parameters"] == {
        "store": str(store), "exports": str(exports()), "key_file": str(store.parent / "key"), "as_of": "today"
    }  # fmt: skip


def _are_at_two_in_england(runs: list[dict[str, Any]]) -> None:
    """Summer and winter, by the clock on the wall."""
    times = [datetime.fromisoformat(run["expected_start_time"]).astimezone(HERE) for run in runs]
    assert len({time.date() for time in times}) == len(times) > 1
    assert {(time.hour, time.minute) for time in times} == {(2, 0)}


def _names_no_pupil(home: Path) -> None:
    kept = b"".join(path.read_bytes() for path in home.rglob("prefect.db*"))
    pupils = pd.read_csv(exports() / "people.csv", dtype=str, keep_default_na=False)["pupil_id"]
    assert not [pupil for pupil in pupils if pupil.encode() in kept]


@pytest.mark.slow
def test_without_a_server_of_the_schools_own_one_is_started_that_nobody_else_can_use(tmp_path: Path) -> None:
    store = with_prefect(tmp_path / "store")
    words = ("schedule", "--store", str(store), "--at", "18:30", "--key-file", str(tmp_path / "key"))
    begun = started(tmp_path / "schedule.log", sys.executable, "-m", "pipelines", *words, PREFECT_API_URL="")
    eventually("the line", lambda: begun.says("every day at 18:30, London time"))
    listening = subprocess.run(["ss", "-ltnp"], capture_output=True, text=True, check=False).stdout
    held = list(_children(begun.pid))
    ours = [
        line.split()[3] for line in listening.splitlines() if any(f"pid={child}," in line for child in held)
    ]
    assert ours
    for address in ours:
        assert address.startswith("127.0.0.1:")
    assert httpx.post(f"http://{ours[0]}/api/deployments/filter", json={}).status_code == 401
    begun.end()
    assert not [child for child in held if Path(f"/proc/{child}").exists()]


def _children(pid: int) -> Iterator[int]:
    for child in Path(f"/proc/{pid}/task/{pid}/children").read_text(encoding="ascii").split():
        yield int(child)
        yield from _children(int(child))


def test_settings_that_ask_for_no_prefect_are_refused_in_one_line(tmp_path: Path) -> None:
    store = tmp_path / "store"
    store.mkdir()
    (store / "settings.yaml").write_text("orchestration: plain\n", encoding="utf-8")
    done = handrail("schedule", "--store", store)
    assert done.returncode == 2
    assert "orchestration: plain" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.slow
def test_a_server_that_does_not_answer_is_said_in_one_line(tmp_path: Path) -> None:
    done = handrail("schedule", "--store", tmp_path, PREFECT_API_URL="http://127.0.0.1:9/api",
                    PREFECT_CLIENT_MAX_RETRIES="0")  # fmt: skip
    assert done.returncode == 1
    assert "did not take the night" in done.stderr
    assert len(done.stderr.splitlines()) == 1


@pytest.mark.parametrize("at", ["2 o'clock", "24:00", "2:00", "02:00:00"])
def test_a_time_that_is_none_is_refused(tmp_path: Path, at: str) -> None:
    with pytest.raises(BadSettings, match="write the time as 02:00"):
        keep_rota(Rota(tmp_path, None, tmp_path / "key", at))


def test_two_stores_on_one_server_are_two_deployments() -> None:
    names = {
        Rota(Path(place), None, Path("key"), "02:00").name for place in ("/srv/oak/store", "/srv/elm/store")
    }
    assert names == {"srv-oak-store", "srv-elm-store"}
    assert Rota(Path("store"), None, Path("key"), "06:05").cron == "5 6 * * *"


def test_what_prefect_writes_of_an_error_nobody_foresaw_holds_no_pupil() -> None:
    def work(pupil: str) -> None:
        raise ValueError(f"no such mark: {pupil}")

    with pytest.raises(
        NightFailed, match=r"ValueError at test_schedule\.py:\d+ < flows\.py:\d+\. With"
    ) as failed:
        unwritten(work)("Ann Archer")
    assert "Archer" not in str(failed.value)
    assert failed.value.__context__ is None


def test_a_refusal_and_a_full_disk_are_told_as_they_are() -> None:
    for error in (BadSettings("Set the clock right."), OSError(28, "No space left on device")):
        with pytest.raises(type(error)):
            unwritten(_raise)(error)


def _raise(error: Exception) -> None:
    raise error
