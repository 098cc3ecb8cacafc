"""How long a piece of work takes, and what a program of its own measures of itself."""

import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path


def seconds(work: Callable[[], object]) -> float:
    """How long one call takes."""
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def apart(program: str, *arguments: object) -> list[float]:
    """The numbers on the last line that a program prints, run in a process of its own so that its peak is its own."""
    words = [sys.executable, "-c", program, *map(str, arguments)]
    done = subprocess.run(words, check=True, capture_output=True, text=True)  # noqa: S603 — the benchmarks' own words
    return [float(number) for number in done.stdout.splitlines()[-1].split()]


def peak_mb() -> float:
    """The most memory that this process has held. Not ru_maxrss, which a new process takes over from its parent."""
    held = Path("/proc/self/status").read_text(encoding="utf-8").splitlines()
    return int(next(line for line in held if line.startswith("VmHWM")).split()[1]) / 1024
