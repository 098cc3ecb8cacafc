"""`handrail schedule`: the night as a served Prefect flow, every night at a time of the school's own clock.

For one machine a served flow is what Prefect has: one process that starts each night in a process of its own. Where
PREFECT_API_URL names no server, one is started beside it, on this machine alone and behind a password of its own.
"""

import os
import re
import secrets
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, sleep
from typing import TYPE_CHECKING

import click

from configs.refusals import BadSettings, Refusal
from pipelines.findings import no_store
from pipelines.flows import keep_prefect_quiet
from pipelines.options import HERE
from sources.store import Store

if TYPE_CHECKING:
    from prefect.runner import Runner

PATIENCE = 120  # seconds for Prefect's own server to come up
EVERY = 10  # seconds between two looks at what is due
CLOCK = re.compile(r"([01]\d|2[0-3]):([0-5]\d)")
LOOPBACK = "127.0.0.1"


@dataclass(frozen=True)
class Rota:
    """What is to be done every night: on which store, from which exports, with which key, at what time."""

    store: Path
    exports: Path | None
    key_file: Path
    at: str

    @property
    def cron(self) -> str:
        """The time as cron has it."""
        hour, minute = self.at.split(":")
        return f"{int(minute)} {int(hour)} * * *"

    @property
    def name(self) -> str:
        """The deployment's name, another for each store: two on one server must not take each other's place."""
        return "-".join(self.store.resolve().parts[1:])


class NoServer(Refusal):
    """Prefect's own server did not come up."""


def keep_rota(rota: Rota) -> None:
    """Registers the nightly with Prefect and starts each night when it is due, until stopped. Refused (BadSettings)
    where there is no store, the settings ask for no Prefect, or the time is none."""
    if not rota.store.is_dir():
        raise no_store(rota.store)
    if Store(rota.store).settings.orchestration == "plain":
        raise BadSettings(
            f"The settings of {rota.store} say `orchestration: plain`: no Prefect. Run `handrail nightly` from cron or "
            "a systemd timer (docs/it.md), or set `orchestration: prefect`."
        )
    if not CLOCK.fullmatch(rota.at):
        raise BadSettings(f"--at is '{rota.at}'; write the time as 02:00.")
    if rota.exports and not rota.exports.is_dir():
        raise BadSettings(f"There is no folder of exports at {rota.exports}. Check --exports.")
    keep_prefect_quiet(rota.store)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))  # so that our own server is stopped with this
    with _server():
        _serve(rota)


def _serve(rota: Rota) -> None:
    import asyncio

    from prefect.runner import Runner

    runner = Runner(name=rota.name, pause_on_shutdown=False, query_seconds=EVERY)
    asyncio.run(_register_and_start(runner, rota))


async def _register_and_start(runner: "Runner", rota: Rota) -> None:
    import httpx

    try:
        await _register(runner, rota)
    except httpx.HTTPError as error:
        raise NoServer(
            f"The Prefect server at {os.environ['PREFECT_API_URL']} did not take the night ({type(error).__name__}). "
            "Check PREFECT_API_URL, or leave it out: a server is then started beside this."
        ) from error
    click.echo(
        f"The night of {rota.store} is started every day at {rota.at}, London time.  (Ctrl+C stops it)"
    )
    await runner.start()


async def _register(runner: "Runner", rota: Rota) -> None:
    from prefect.client.orchestration import get_client
    from prefect.client.schemas.actions import GlobalConcurrencyLimitUpdate
    from prefect.client.schemas.objects import ConcurrencyLimitConfig, ConcurrencyLimitStrategy
    from prefect.schedules import Cron
    from prefect.types.entrypoint import EntrypointType

    from pipelines.missed_nights import make_up_for_missed
    from pipelines.scheduled import night

    deployment = await runner.aadd_flow(
        night,
        name=rota.name,
        schedule=Cron(rota.cron, timezone=str(HERE)),
        concurrency_limit=ConcurrencyLimitConfig(
            limit=1, collision_strategy=ConcurrencyLimitStrategy.CANCEL_NEW
        ),
        parameters={
            "store": str(rota.store.resolve()),
            "exports": str(rota.exports.resolve()) if rota.exports else None,
            "key_file": str(rota.key_file.resolve()),
            "as_of": "today",
        },
        entrypoint_type=EntrypointType.MODULE_PATH,
    )
    async with get_client() as client:
        # A night that a power cut ended never gave its place back, and every later one would be turned away. Two nights
        # at once are held apart by the store's own lock.
        await client.update_global_concurrency_limit(
            f"deployment:{deployment}", GlobalConcurrencyLimitUpdate(active_slots=0)
        )
        await make_up_for_missed(client, deployment)


@contextmanager
def _server() -> Iterator[None]:
    """Prefect's server: the one that PREFECT_API_URL names, or one of our own for as long as this runs."""
    if os.environ.get("PREFECT_API_URL"):
        yield
        return
    port, password = _free_port(), f"handrail:{secrets.token_urlsafe(32)}"
    os.environ["PREFECT_API_URL"] = f"http://{LOOPBACK}:{port}/api"
    os.environ["PREFECT_API_AUTH_STRING"] = os.environ["PREFECT_SERVER_API_AUTH_STRING"] = password
    command = [sys.executable, "-m", "prefect", "server", "start", "--no-ui", "--host", LOOPBACK]
    with subprocess.Popen([*command, "--port", str(port)], stdout=subprocess.DEVNULL) as server:  # noqa: S603 - ours
        try:
            _wait_for(server, port)
            yield
        finally:
            server.terminate()


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind((LOOPBACK, 0))
        return int(taken.getsockname()[1])


def _wait_for(server: "subprocess.Popen[bytes]", port: int) -> None:
    until = monotonic() + PATIENCE
    while monotonic() < until and server.poll() is None:
        try:
            socket.create_connection((LOOPBACK, port)).close()
            return
        except OSError:
            sleep(0.5)
    raise NoServer(
        "Prefect's own server did not come up. Set PREFECT_API_URL to one that runs, or run `handrail nightly` from "
        "cron or a systemd timer (docs/it.md)."
    )
