"""A real PostgreSQL of the tests' own, from Debian, in a folder that goes when they end."""

import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from urllib.parse import quote

PROGRAMS = sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
OWNER = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []  # PostgreSQL refuses to run as root
NUMBERS = count()
PASSWORD = "a-pass/word@nowhere"  # noqa: S105 - of a server that lives for one test


@dataclass(frozen=True)
class Server:
    """One PostgreSQL on this machine, listening on a port of its own."""

    folder: Path
    port: int
    fsync: bool

    @property
    def address(self) -> str:
        """What HANDRAIL_DATABASE holds for the role handrail."""
        return f"postgresql://handrail:{quote(PASSWORD, safe='')}@127.0.0.1:{self.port}/handrail"

    def emptied(self) -> str:
        """The address of a place of its own in the database, with nothing in it."""
        name = f"test_{next(NUMBERS)}"
        self.say(f"create schema {name} authorization handrail")
        return f"{self.address}?options=-csearch_path%3D{name}"

    def start(self) -> None:
        """Starts it, or raises where it does not come up."""
        options = f"-p {self.port} -k {self.folder} -c fsync={'on' if self.fsync else 'off'}"
        run("pg_ctl", "start", "-w", "-D", self.folder / "data", "-o", options, "-l", self.folder / "log")

    def stop(self, how: str = "immediate") -> None:
        """Ends it at once, as a power cut would, unless told otherwise."""
        run("pg_ctl", "stop", "-w", "-D", self.folder / "data", "-m", how)

    def say(self, sql: str, database: str = "handrail") -> str:
        """What a statement of the server's owner answers."""
        return run(
            "psql", "-h", self.folder, "-p", self.port, "-v", "ON_ERROR_STOP=1", "-Atqc", sql, database
        )


@contextmanager
def a_server(*, fsync: bool = False) -> Iterator[Server]:
    """A server with the role handrail, until the block ends; with `fsync` as safe, and as slow, as a real one."""
    with tempfile.TemporaryDirectory(prefix="postgres-") as held:
        folder = Path(held)
        if OWNER:
            shutil.chown(folder, "postgres", "postgres")
        run("initdb", "-D", folder / "data", "-E", "UTF8", "--locale=C.UTF-8", "--no-sync", "-A", "trust")
        rules = "local all all trust\nhost all all 127.0.0.1/32 scram-sha-256\n"
        (folder / "data" / "pg_hba.conf").write_text(rules, encoding="utf-8")
        server = Server(folder, free_port(), fsync)
        server.start()
        try:
            server.say(f"create role handrail login password '{PASSWORD}'", "postgres")
            server.say("create database handrail owner handrail", "postgres")
            yield server
        finally:
            if (folder / "data" / "postmaster.pid").exists():
                server.stop()


def run(program: str, *words: object) -> str:
    """What a program of PostgreSQL prints, run as a user who may. It holds no pipe open for the server it starts."""
    with tempfile.TemporaryFile("w+") as said:
        subprocess.run(
            [*OWNER, str(PROGRAMS[-1] / program), *map(str, words)],
            check=True, cwd="/", stdin=subprocess.DEVNULL, stdout=said, stderr=subprocess.STDOUT,
        )  # fmt: skip
        said.seek(0)
        return said.read().strip()


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])
