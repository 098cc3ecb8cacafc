"""What it costs to outgrow one machine: pages on a PostgreSQL beside pages on files, and a backup to a disk and to S3.

Run apart from the others, since it needs Debian's postgresql: `python -m benchmarks.outgrown`.
"""

import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from statistics import median

import httpx
import numpy as np

from benchmarks.web import LEAD, PAGES, publish, served
from pipelines.backup import backup
from pipelines.restore import restore
from sources.audit import append, broken_at
from tests.a_server import a_server
from watchlists.access import sessions
from watchlists.opaque import opaque_of

ASKED, ROUNDS, LINES = 200, 3, 300
FILES, SIZE = 40, 8_000_000  # bytes
MOTO = """import sys; from moto.server import main; main(["-p", sys.argv[1]])"""


def main() -> None:
    """Prints every figure."""
    with a_server(fsync=True) as server:
        homes = {"files": "", "postgres": server.address}
        with tempfile.TemporaryDirectory() as work:
            for home, where in homes.items():
                publish_in(Path(work) / home, where)
            waits = {home: [] for home in homes}
            for _ in range(ROUNDS):  # in turns: another load on the machine falls on both
                for home, where in homes.items():
                    waits[home] += page_waits(Path(work) / home, where)
            for home, where in homes.items():
                print(f"page.{home}_ms                {median(waits[home]) * 1000:8.2f}")
                print(f"page.{home}_p95_ms            {np.percentile(waits[home], 95) * 1000:8.2f}")
                print(f"audit.{home}_lines_a_second   {lines_a_second(Path(work) / home, where):8.0f}")
    backups()


@contextmanager
def database(where: str) -> Iterator[None]:
    """HANDRAIL_DATABASE for the length of the block."""
    os.environ["HANDRAIL_DATABASE"] = where
    yield
    del os.environ["HANDRAIL_DATABASE"]


def publish_in(store: Path, where: str) -> None:
    """A list of a school of 2,000, its names and one account in that home."""
    store.mkdir()
    with database(where):
        publish(store)


def page_waits(store: Path, where: str) -> list[float]:
    """Seconds from asking for This week until it is whole, one after another."""
    with database(where), served(PAGES, str(store)) as address:
        page = f"{address}/school/{opaque_of(store).of('school', 's1')}"
        cookies = {"handrail": sessions.begin(store, LEAD.name, datetime.now(UTC))}
        with httpx.Client(cookies=cookies, timeout=30) as client:
            for _ in range(20):
                assert client.get(page).status_code == 200
            return [client.get(page).elapsed.total_seconds() for _ in range(ASKED)]


def lines_a_second(store: Path, where: str) -> float:
    """Lines of the audit log, each on the disk before the next."""
    with database(where):
        began = time.perf_counter()
        for number in range(LINES):
            append(store, datetime.now(UTC), "viewed", number=number)
        took = time.perf_counter() - began
        assert broken_at(store) is None
    return LINES / took


def backups() -> None:
    """Megabytes a second to a disk, and to a server that speaks S3 (moto, on this machine), and back."""
    with tempfile.TemporaryDirectory() as held, served(MOTO) as s3:
        store, draw = Path(held) / "store", np.random.default_rng(1)
        (store / "tables").mkdir(parents=True)
        for number in range(FILES):
            (store / "tables" / f"{number}.parquet").write_bytes(draw.bytes(SIZE))
        os.environ |= {"AWS_ENDPOINT_URL": s3, "AWS_ACCESS_KEY_ID": "x", "AWS_SECRET_ACCESS_KEY": "x"}
        httpx.put(f"{s3}/backups")
        for home, url in {"disk": f"{held}/elsewhere", "s3": "s3://backups/handrail"}.items():
            for what, run in {
                "backup": lambda url=url: backup(store, url, datetime.now(UTC), str),
                "restore": lambda url=url, home=home: restore(url, Path(held) / f"back-{home}", str),
            }.items():
                began = time.perf_counter()
                run()
                print(f"{what}.{home}_mb_a_second  {FILES * SIZE / 1e6 / (time.perf_counter() - began):8.0f}")


if __name__ == "__main__":
    main()
