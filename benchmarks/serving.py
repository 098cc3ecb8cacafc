"""A server of its own process, for as long as it is asked."""

import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager

Command = Callable[[int], Sequence[str]]


@contextmanager
def served(command: Command) -> Iterator[str]:
    """The address at which a program listens, until the block ends. `command` starts it on a port."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with subprocess.Popen(command(port), stdout=subprocess.DEVNULL) as server:  # noqa: S603 - our own
        try:
            _wait_for(port)
            yield f"http://127.0.0.1:{port}"
        finally:
            server.terminate()


def _wait_for(port: int) -> None:
    for _ in range(600):
        with socket.socket() as tried:
            if tried.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)  # it has no other way to say that it is up
