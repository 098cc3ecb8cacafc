"""The pages on a real server, spoken to in bytes, as no browser would."""

import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx
import uvicorn
from fastapi import FastAPI

from tests.a_server import free_port


@dataclass(frozen=True)
class Server:
    """A server at work on this port of this machine."""

    port: int

    def says(self, *sent: bytes, patience: float = 10) -> bytes:
        """What comes back for these bytes, until the server closes the connection or nothing comes any more."""
        with socket.create_connection(("127.0.0.1", self.port), timeout=patience) as line:
            told = b""
            try:
                for piece in sent:
                    line.sendall(piece)
                while piece := line.recv(1 << 16):
                    told += piece
            except (TimeoutError, ConnectionError, BrokenPipeError):
                pass
            return told

    def get(self, path: str, *more: str) -> bytes:
        """The answer to a GET of exactly that path, dots and all."""
        lines = [f"GET {path} HTTP/1.1", f"Host: 127.0.0.1:{self.port}", "Connection: close", *more, "", ""]
        return self.says("\r\n".join(lines).encode())


@contextmanager
def serving(app: FastAPI) -> Iterator[Server]:
    """The application behind the server that `handrail serve` uses."""
    port = free_port()
    server = uvicorn.Server(uvicorn.Config(app, port=port, log_level="critical", access_log=False))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        while not server.started:
            time.sleep(0.01)
        yield Server(port)
    finally:
        server.should_exit = True
        thread.join()


def patiently(browser: httpx.Client, path: str) -> str:
    """The page, once it is served."""
    for _ in range(600):
        try:
            return browser.get(path).text
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the pages were never served")
