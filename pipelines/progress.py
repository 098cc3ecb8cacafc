"""What is happening now: a moving line on a terminal, plain lines elsewhere, nothing where a machine reads,
and lines of JSON where they are asked for."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import click

from pipelines import log

Say = Callable[[str], None]


@contextmanager
def teller(command: str, quiet: bool = False) -> Iterator[Say]:
    """A function that says what is being done, for the length of the block."""
    if log.as_json():
        log.tell("began", command=command)
        yield lambda words: log.tell("step", command=command, words=words)
        log.tell("ended", command=command)
    elif quiet:
        yield lambda _: None
    elif sys.stderr.isatty():
        with _moving(command) as say:
            yield say
    else:
        began = time.monotonic()
        yield lambda words: click.echo(f"{command} {time.monotonic() - began:6.1f} s  {words}", err=True)


@contextmanager
def _moving(command: str) -> Iterator[Say]:
    from rich.console import Console

    with Console(stderr=True).status(command) as status:
        yield lambda words: status.update(f"{command}: {words}")
