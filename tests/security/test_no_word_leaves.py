"""Nothing leaves the machine: real commands in real processes, every socket watched by Python and by the kernel."""

import ast
import os
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import httpx
import pandas as pd
import pytest

from pipelines.runs import current
from tests.a_server import free_port
from tests.pipelines.trust import trained_store
from tests.security.a_server import patiently
from tests.security.trapped import STRACE, handrail, start, told, trapped
from tests.sources.a_folder import write
from tests.test_house import imports, modules
from tests.watchlists.a_visit import LEAD, PASSWORD, token_in
from watchlists.access import accounts

MONDAY = "2026-03-09"
SPEAKS = {
    "sources/exports/fetching.py": "the hub that `handrail pull` is given",
    "sources/exports/pull.py": "the same hub",
    "watchlists/access/openid.py": "the school's own provider of sign-ins",
    "pipelines/email.py": "the school's mail server",
    "pipelines/scheduling.py": "Prefect's server on this machine",
}
WAYS_OUT = {"httpx", "requests", "aiohttp", "socket", "smtplib", "ftplib", "telnetlib", "http", "websockets"}


def test_few_modules_can_speak_and_each_to_whom_the_school_names() -> None:
    found = {
        path.as_posix() for path, tree in modules() if WAYS_OUT & set(imports(tree)) or asks_urllib(tree)
    }
    assert found == set(SPEAKS)


def asks_urllib(tree: ast.Module) -> bool:
    """Whether urllib is used to fetch, not only to take addresses apart."""
    return any(
        (isinstance(node, ast.ImportFrom) and node.module == "urllib.request")
        or (isinstance(node, ast.Import) and any(alias.name == "urllib.request" for alias in node.names))
        for node in ast.walk(tree)
    )  # fmt: skip


@pytest.mark.parametrize(
    "says",
    [
        "import urllib.request as ask; ask.urlopen('http://192.0.2.1/', timeout=1)",
        "import socket; socket.getaddrinfo('example.org', 80)",
        "import socket; socket.socket(type=socket.SOCK_DGRAM).sendto(b'x', ('192.0.2.1', 9))",
        "import socket; socket.socket().bind(('0.0.0.0', 0))",
    ],
)
def test_the_trap_shuts_on_whoever_speaks(tmp_path: Path, says: str) -> None:
    done = trapped(sys.executable, "-c", says, at=tmp_path)
    assert done.returncode == 1
    assert done.outbound


@pytest.mark.skipif(STRACE is None, reason="needs Debian's strace")
def test_what_python_does_not_see_the_kernel_does(tmp_path: Path) -> None:
    says = (
        "import ctypes, socket, struct; libc = ctypes.CDLL(None); one = socket.socket(type=socket.SOCK_DGRAM);"
        "libc.connect(one.fileno(), struct.pack('=HHL8x', 2, 2304, 0x010200C0), 16)"
    )
    done = trapped(sys.executable, "-c", says, at=tmp_path)
    assert (done.returncode, len(done.outbound)) == (0, 1)
    assert "192.0.2.1" in done.outbound[0]


def test_taking_records_in_says_nothing_to_anyone(tmp_path: Path) -> None:
    done = handrail("ingest", write(tmp_path / "week"), "--store", tmp_path / "store", at=tmp_path / "trap")
    assert done.returncode == 0, done.stderr
    assert len(done.processes) == 1
    assert done.outbound == ()


@pytest.mark.slow
def test_training_says_nothing_to_anyone(tmp_path: Path) -> None:
    store = tmp_path / "store"
    shutil.copytree(trained_store(), store)
    done = handrail("train", "--store", store, "--as-of", "2026-03-02", at=tmp_path / "trap")
    assert done.returncode in (0, 6), done.stderr
    assert done.outbound == ()


@pytest.mark.slow
@pytest.mark.parametrize("orchestration", ["plain", "prefect"])
def test_the_night_and_all_that_is_read_of_it_say_nothing_to_anyone(
    tmp_path: Path, orchestration: str
) -> None:
    store, spoken = tmp_path / "store", []
    shutil.copytree(trained_store(), store)
    kept = (store / "settings.yaml").read_text(encoding="utf-8")
    (store / "settings.yaml").write_text(
        kept.replace("orchestration: plain", f"orchestration: {orchestration}")
    )

    def done(*arguments: str | Path, ends: tuple[int, ...] = (0,)) -> tuple[str, ...]:
        end = handrail(*arguments, "--store", store, at=tmp_path / f"trap {arguments[0]}")
        assert end.returncode in ends, end.stderr
        assert "without it" not in end.stderr
        spoken.extend(end.outbound)
        return end.processes

    processes = done("nightly", "--as-of", MONDAY, ends=(0, 6))
    assert (len(processes) > 1) == (orchestration == "prefect")  # Prefect's server is watched as well
    done("report", "lost-learning", "--as-of", MONDAY, "--html")
    done("explain", pd.read_parquet(run_of(store) / "scores.parquet")["pupil_id"][0])
    done("doctor", ends=(0, 1))
    spoken += served(store, tmp_path / "trap serve")
    assert spoken == []


def run_of(store: Path) -> Path:
    return store / "runs" / str(current(store))


def served(store: Path, at: Path) -> tuple[str, ...]:
    """What is said to other machines while somebody signs in and reads the list of a school."""
    accounts.add(store, replace(LEAD, schools=frozenset(("*",))), PASSWORD, datetime.now(UTC))
    port = free_port()
    watched, arguments = start(sys.executable, "-m", "pipelines", "serve", "--port", str(port), "--store", str(store),
                               at=at)  # fmt: skip
    with subprocess.Popen(arguments, env=watched, stdout=subprocess.DEVNULL, start_new_session=True) as pages:
        try:
            with httpx.Client(base_url=f"http://127.0.0.1:{port}", follow_redirects=True) as browser:
                page = patiently(browser, "/sign-in")
                form = {"token": token_in(page), "name": LEAD.name, "password": PASSWORD, "next": "/"}
                page = browser.post("/sign-in", data=form).text
                school = re.findall(r'href="(/school/[^/"?]+)', page)[0]
                assert browser.get(f"{school}/print?for=support").status_code == 200
        finally:
            os.killpg(pages.pid, signal.SIGINT)
    processes, spoken = told(at)
    assert processes
    return spoken
