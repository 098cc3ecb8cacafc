"""A folder for backups: on a disk, or in an object store that speaks S3, reached through fsspec.

Its keys and its endpoint come from the environment (`AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_ENDPOINT_URL`)
or from the machine's own role, never from the address.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from configs.refusals import BadSettings, Refusal
from pipelines.progress import Say

KINDS = ("file", "s3")
AT_ONCE = 64  # files sent or fetched together


@dataclass(frozen=True)
class Elsewhere:
    """One such folder: what it was called, and how to reach it."""

    name: str
    files: Any
    path: str

    def at(self, *parts: str) -> str:
        """The place of something in it."""
        return "/".join((self.path.rstrip("/"), *parts))


def elsewhere(url: str) -> Elsewhere:
    """The folder at `file:///...`, `s3://BUCKET/...` or a path. Refused (BadSettings): any other kind, keys in the
    address, and S3 without s3fs."""
    kind, there, rest = url.partition("://")
    if not there:
        kind, rest = "file", url
    if kind not in KINDS or "::" in url:
        raise BadSettings(f"Backups go to file:///FOLDER or s3://BUCKET/FOLDER, not to '{kind}'.")
    if kind == "s3" and "@" in rest.partition("/")[0]:
        raise BadSettings(
            "Keys do not stand in an address: give AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
        )
    if kind == "file":
        rest = str(Path(rest).absolute())
    from fsspec import filesystem

    more = {"auto_mkdir": True} if kind == "file" else {}
    try:
        files = filesystem(kind, use_listings_cache=False, skip_instance_cache=True, **more)
    except ImportError as error:
        raise BadSettings("s3:// needs s3fs. Install handrail[s3].") from error
    return Elsewhere(url, files, rest)


def some_at_once(places: Sequence[str], say: Say) -> Iterator[Sequence[str]]:
    """The places a few at a time, saying how many are done."""
    for start in range(0, len(places), AT_ONCE):
        say(f"{start:,} of {len(places):,} files")
        yield places[start : start + AT_ONCE]


@contextmanager
def reached(there: Elsewhere) -> Iterator[None]:
    """Refused (BadSettings), in one line, where the folder cannot be reached or used."""
    try:
        yield
    except Refusal:
        raise
    except Exception as error:  # an object store fails in ways of its own
        reason = (str(error).strip().splitlines() or ["no reason given"])[0][:160]
        raise BadSettings(
            f"{there.name} cannot be used ({type(error).__name__}: {reason}). Check the address, AWS_ENDPOINT_URL, the "
            "keys and the disk."
        ) from error
