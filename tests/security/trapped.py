"""Runs a command so that any word to another machine is written down: by Python, and by the kernel's own account."""

import os
import re
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

TRAP = Path(__file__).parent / "trap"
STRACE = shutil.which("strace")
CALLS = "trace=connect,sendto,sendmsg,sendmmsg,bind"
TO = re.compile(r'inet_addr\("([0-9.]+)"\)|inet_pton\(AF_INET6, "([0-9a-f:.]+)"')
HERE = ("127.", "::1", "::ffff:127.")


@dataclass(frozen=True)
class Trapped:
    """What became of a command: its end, the Python processes it came to, and what was said to other machines."""

    returncode: int
    stdout: str
    stderr: str
    processes: tuple[str, ...]
    outbound: tuple[str, ...]


def trapped(*command: str | Path, at: Path, **environment: str) -> Trapped:
    """Runs the command in a process of its own with the trap set, as a school's would be with no setting of ours."""
    watched, arguments = start(*command, at=at, **environment)
    done = subprocess.run(arguments, env=watched, capture_output=True, text=True, check=False)
    return Trapped(done.returncode, done.stdout, done.stderr, *told(at))


def handrail(*arguments: str | Path, at: Path, **environment: str) -> Trapped:
    """Runs `handrail` in the trap."""
    return trapped(sys.executable, "-m", "pipelines", *arguments, at=at, **environment)


def start(*command: str | Path, at: Path, **environment: str) -> tuple[dict[str, str], list[str]]:
    """The environment and arguments that run the command in the trap; `at` is a folder for what is found."""
    at.mkdir(parents=True, exist_ok=True)
    ways = os.pathsep.join(filter(None, [str(TRAP), os.environ.get("PYTHONPATH"), os.getcwd()]))
    watched = {**os.environ, "PYTHONPATH": ways, "HANDRAIL_TRAP": str(at / "python"), **environment}
    kernel = [STRACE, "-f", "-qq", "--seccomp-bpf", "-e", CALLS, "-o", str(at / "kernel")] if STRACE else []
    return watched, [*kernel, *map(str, command)]


def told(at: Path) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The processes that were watched, and every word to another machine."""
    lines = (at / "python").read_text(encoding="utf-8").splitlines() if (at / "python").exists() else []
    kernel = (at / "kernel").read_text(encoding="utf-8").splitlines() if (at / "kernel").exists() else []
    began = tuple(line for line in lines if " began " in line)
    spoken = [line for line in lines if line not in began] + [line for line in kernel if leaves(line)]
    return began, tuple(spoken)


def leaves(call: str) -> bool:
    """Whether a call, as strace writes it, has an address of another machine in it."""
    return any(not (four or six).startswith(HERE) for four, six in TO.findall(call))
