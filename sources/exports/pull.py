"""Pulling a school's records from a hub over HTTP, as a folder of pages that `handrail ingest` reads.

The folder is written aside and takes its name only when every page and the list of them are on disk: a pull that dies
half-way leaves nothing by that name.
"""

import hashlib
import json
import re
import shutil
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

import httpx

from configs.refusals import AnotherRun, BadSettings, nearest
from sources.exports.fetching import Door, NotAllowed, NotPulled
from sources.exports.hubs import HUBS, Hub, Page
from sources.store import on_disk, replace_whole

MANIFEST = "manifest.json"
PART = ".part"  # a page's ending until all are there, so that nobody reads what a pull that was killed left behind
MOST_PAGES = 20_000  # of one resource; a large school's marks of six years, 200 a page, are fewer


@dataclass(frozen=True)
class Pulled:
    """What was pulled: records by resource, pages written, and the resources that the token does not open."""

    folder: Path
    records: Mapping[str, int]
    pages: int
    not_allowed: tuple[str, ...]


def token_from(file: Path | None, environ: Mapping[str, str]) -> str:
    """The token, from a file or from HANDRAIL_TOKEN; never from the command line, where others may read it."""
    if file is None and environ.get("HANDRAIL_TOKEN"):
        return environ["HANDRAIL_TOKEN"].strip()
    try:
        return file.read_text(encoding="ascii").strip() if file else ""
    except (OSError, UnicodeError):
        raise BadSettings(f"The token cannot be read from {file}. Check the file.") from None


def pull(
    source: str, url: str, out: Path, token: str, school: str | None, updated_after: date | None,
    say: Callable[[str], None], wait: Callable[[float], None] = time.sleep,
) -> Pulled:  # fmt: skip
    """Pulls every page of every resource of a hub (wonde, assembly) that Handrail reads into the new folder `out`.

    With `updated_after`, only what changed since. Refused: an address, token, school or folder that will not do
    (BadSettings); a hub that does not answer as it should (NotPulled). Then `out` is as it was before.
    """
    hub = _hub(source)
    school = _school(school)
    if out.exists() and (not out.is_dir() or any(out.iterdir())):
        raise BadSettings(f"{out} is already there. Name a new folder for this pull.")
    door = Door(_address(url), token, hub.headers, wait)
    with closing(door.client), _aside(out) as aside:
        pulled = _pull(hub, door, aside, school, updated_after, say)
    return Pulled(out, *pulled)


@contextmanager
def _aside(out: Path) -> Iterator[Path]:
    """A folder beside `out`, for its owner's eyes only: it takes that name once all is in it, else it is gone."""
    aside = out.with_name(f".{out.name}.part")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        aside.mkdir(mode=0o700)
    except OSError as error:
        if aside.exists():
            raise AnotherRun(
                f"{aside} is there: another pull is at work, or one died. If none is, remove it."
            ) from None
        raise _unwritable(out, error) from None
    try:
        yield aside
        aside.rename(out)
        on_disk(out.parent)
    except OSError as error:
        raise _unwritable(out, error) from None
    finally:
        shutil.rmtree(aside, ignore_errors=True)


def _unwritable(out: Path, error: OSError) -> NotPulled:
    return NotPulled(f"{out} cannot be written ({error.strerror}). Make room, or name another folder.")


def _pull(
    hub: Hub, door: Door, aside: Path, school: str, since: date | None, say: Callable[[str], None]
) -> tuple[dict[str, int], int, tuple[str, ...]]:
    records: dict[str, int] = {}
    files: dict[str, str] = {}
    not_allowed: list[str] = []
    for n, resource in enumerate(hub.resources):
        try:
            for page in _pages(hub, door, resource, school, since):
                count = len(page["data"]) if isinstance(page["data"], list) else 1
                records[resource] = records.get(resource, 0) + count
                if count:
                    files |= _write(aside, hub, resource, school, page, len(files))
                say(f"{resource}: {records[resource]:,} records")
        except NotAllowed as refused:
            if n == 0:
                raise
            not_allowed.append(resource)
            say(f"left out: {refused}")
    said = {"source": hub.name, "school": school, "updated_after": since.isoformat() if since else None,
            "records": records, "not_allowed": not_allowed, "files": files}  # fmt: skip
    for name in files:
        (aside / (name + PART)).rename(aside / name)
    replace_whole(aside / MANIFEST, json.dumps(said, indent=1) + "\n")
    return records, len(files), tuple(not_allowed)


def _pages(hub: Hub, door: Door, resource: str, school: str, since: date | None) -> Iterator[Page]:
    """Every page of a resource, until the hub names no next one."""
    path, params = hub.resources[resource]
    more, headers = hub.since(since) if since else ({}, {})
    address = door.address(path.format(school=school), {**params, **more} if params else {})
    seen: set[str] = set()
    for n in range(1, MOST_PAGES + 1):
        what = f"{hub.name}, {resource}, page {n}"
        seen.add(str(address))
        answer = door.ask(address, headers if params else {}, what)
        if answer.page is None:
            return
        page = _page(answer.page, what)
        yield page
        following = hub.next_page(page, answer.headers)
        if following is None:
            return
        address = _next(door, address, following, what)
        if str(address) in seen:
            raise NotPulled(f"{what}: the hub names a page again that it has already given. Try again later.")
    raise NotPulled(
        f"{hub.name}, {resource}: there are more than {MOST_PAGES:,} pages. Pull with --updated-after."
    )


def _next(door: Door, address: httpx.URL, following: str | int, what: str) -> httpx.URL:
    if isinstance(following, int):
        return address.copy_set_param("page", str(following))
    return door.follow(address, following, what)


def _page(found: Any, what: str) -> Page:
    """A page with its records under "data": as it came, or a bare list or object put there."""
    page = found if isinstance(found, dict) and "data" in found else {"data": found}
    if not isinstance(page["data"], list | dict):
        raise NotPulled(f"{what}: the hub's answer holds no records. Check the address.")
    return page


def _write(aside: Path, hub: Hub, resource: str, school: str, page: Page, n: int) -> dict[str, str]:
    """Writes one page, with where it came from before the rest; gives its name and sha256."""
    name = f"{resource}-{n + 1:05d}.json"
    said = {"source": hub.name, "school": school, "resource": resource}
    text = json.dumps({"handrail": said, **{key: value for key, value in page.items() if key != "handrail"}})
    replace_whole(aside / (name + PART), text)
    return {name: hashlib.sha256(text.encode()).hexdigest()}


def _hub(source: str) -> Hub:
    if source not in HUBS:
        raise BadSettings(
            f"'{source}' cannot be pulled from{nearest(source, HUBS)}. Hubs are {', '.join(HUBS)}."
        )
    return HUBS[source]


def _school(school: str | None) -> str:
    """The hub's own id of the school, which no page says."""
    if school is None or not re.fullmatch(r"[A-Za-z0-9_-]{1,64}", school):
        raise BadSettings("Give the school's id with --school: letters and digits, as the hub writes it.")
    return school


def _address(url: str) -> httpx.URL:
    try:
        return httpx.URL(url)
    except (httpx.InvalidURL, ValueError):
        raise BadSettings("The address cannot be read. It looks like https://api.wonde.com/v1.0.") from None
