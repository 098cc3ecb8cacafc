"""200 members of staff click through the pages of a real `handrail serve` while nights publish one list after another.

`HANDRAIL_LOAD_MINUTES` says for how long (10). No page may fail, and each page of a list must be wholly of one run.
"""

import asyncio
import os
import random
import re
import subprocess
import tempfile
import time
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from pathlib import Path

import httpx
import numpy as np
import pandas as pd

from benchmarks.nights import TRAINED, command, done, export, open_days, trained
from benchmarks.serving import served
from pipelines import runs
from watchlists.access import accounts
from watchlists.access.roles import Account
from watchlists.opaque import opaque_of
from watchlists.phrases import week_day

USERS, SCHOOLS, PUPILS = 200, 4, 300
MINUTES = float(os.environ.get("HANDRAIL_LOAD_MINUTES", "10"))
THINKS = (4.0, 12.0)  # seconds that somebody looks at a page
PASSWORD = "correct horse battery"  # noqa: S105 - nobody's
NAMES = re.compile(r'class="name" href="/pupil/([^"]+)"')
UP_TO = re.compile(r"From data up to <b>([^<]+)</b>")
AT_ONCE = 4  # sign-ins
LET_GO = (
    3.0  # seconds; the server lets an idle connection go after 5, and a browser asks again where they cross
)

Page = tuple[str, str, frozenset[str]]  # the school, the newest day of its registers, the pupils named


@dataclass
class Seen:
    """What the users met: how long each answer took, what went wrong, every page of a list, and how many clicks were on
    a pupil who had left by then."""

    took: list[float] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    lists: set[Page] = field(default_factory=set)
    left: int = 0


def measure() -> dict[str, float]:
    """`load.errors` (answers that failed, and lists that were no run's), `load.p95_ms`, and how many answers and lists
    that was."""
    with tempfile.TemporaryDirectory() as held:
        work = Path(held)
        store = trained(work, SCHOOLS, PUPILS)
        done("nightly", "--store", store)
        schools = sorted(runs.receipt(store, str(runs.current(store)))["schools"])
        for number in range(USERS):
            own = schools[number % len(schools)]
            account = Account(f"user{number}", f"User {number}", "safeguarding", frozenset((own,)))
            accounts.add(store, account, PASSWORD, datetime.now(UTC))
        with served(lambda port: command("serve", "--store", store, "--port", port)) as address:
            seen = asyncio.run(_everybody(address, work, store, schools))
        mixed = [page for page in seen.lists if page not in published(store)]
        lists = len(runs.runs_of(store))
    for fault in (*seen.errors[:5], *mixed[:5]):
        print("load:", fault)
    return {
        "load.errors": float(len(seen.errors) + len(mixed)),
        "load.p95_ms": float(np.percentile(seen.took, 95) * 1000),
        "load.answers": float(len(seen.took)),
        "load.lists_published": float(lists),
        "load.pupils_who_had_left": float(seen.left),
    }


def published(store: Path) -> set[Page]:
    """What each school's page may say: of every run the newest day of the registers and the pupils named."""
    opaque, told = opaque_of(store), set()
    for name, _ in runs.runs_of(store):
        rows = pd.read_parquet(store / "runs" / name / "watchlist.parquet")
        schools = runs.read_json(store / "runs" / name / "cards.json")["schools"]
        for school, card in schools.items():
            named = rows.loc[rows["school_id"] == school, "pupil_id"]
            day = week_day(date.fromisoformat(card["latest"]["attendance"]))
            told.add(
                (opaque.of("school", school), day, frozenset(opaque.of("pupil", pupil) for pupil in named))
            )
    return told


async def _everybody(address: str, work: Path, store: Path, schools: list[str]) -> Seen:
    seen, links = Seen(), [opaque_of(store).of("school", school) for school in schools]
    limits = httpx.Limits(max_connections=1, keepalive_expiry=LET_GO)
    browsers = [httpx.AsyncClient(base_url=address, timeout=60, limits=limits) for _ in range(USERS)]
    gate = asyncio.Semaphore(AT_ONCE)
    await asyncio.gather(*(_sign_in(browser, f"user{n}", gate) for n, browser in enumerate(browsers)))
    until = time.monotonic() + MINUTES * 60
    nights = asyncio.create_task(_nights(work, store, until))
    clicks = (_clicks(browser, links[n % len(links)], n, until, seen) for n, browser in enumerate(browsers))
    await asyncio.gather(*clicks)
    seen.errors.extend(await nights)
    await asyncio.gather(*(browser.aclose() for browser in browsers))
    return seen


async def _sign_in(browser: httpx.AsyncClient, name: str, gate: asyncio.Semaphore) -> None:
    async with gate:
        page = await browser.get("/sign-in")
        token = re.findall(r'name="token" value="([0-9a-f]+)"', page.text)[0]
        fields = {"token": token, "next": "/", "name": name, "password": PASSWORD}
        answer = await browser.post("/sign-in", data=fields)
        assert answer.status_code == 303, answer.status_code


async def _clicks(browser: httpx.AsyncClient, school: str, number: int, until: float, seen: Seen) -> None:
    """This week, a pupil of it, the paper; and again, at the pace of somebody who reads."""
    draw = random.Random(number)  # noqa: S311 - a pace, no secret
    await asyncio.sleep(draw.uniform(0, THINKS[1]))
    while time.monotonic() < until:
        page = await _asked(browser, f"/school/{school}", seen)
        named = NAMES.findall(page)
        if page:
            seen.lists.add((school, (UP_TO.findall(page) or [""])[0], frozenset(named)))
        if named:
            await asyncio.sleep(draw.uniform(*THINKS))
            await _pupil(browser, school, draw.choice(named), seen)
        await asyncio.sleep(draw.uniform(*THINKS))
        await _asked(browser, f"/school/{school}/print?for=support", seen)
        await asyncio.sleep(draw.uniform(*THINKS))


async def _pupil(browser: httpx.AsyncClient, school: str, link: str, seen: Seen) -> None:
    """One of those named. Whoever left the school while the page lay open is missing from their page and from the list;
    missing from one of them alone is an error."""
    if await _asked(browser, f"/pupil/{link}", seen):
        return
    if seen.errors[-1] == f"/pupil/{link}: 404" and link not in NAMES.findall(
        await _asked(browser, f"/school/{school}", seen)
    ):
        seen.left += 1
        seen.errors.remove(f"/pupil/{link}: 404")


async def _asked(browser: httpx.AsyncClient, way: str, seen: Seen) -> str:
    began = time.perf_counter()
    try:
        answer = await browser.get(way)
    except httpx.HTTPError as error:
        seen.errors.append(f"{way}: {type(error).__name__}")
        return ""
    seen.took.append(time.perf_counter() - began)
    if answer.status_code != 200:
        seen.errors.append(f"{way}: {answer.status_code}")
        return ""
    return answer.text


async def _nights(work: Path, store: Path, until: float) -> list[str]:
    """One night after another, each with a day's new records, until the time is over; what went wrong."""
    wrong = []
    for day in open_days(work / "whole", TRAINED):
        if time.monotonic() > until:
            break
        folder = await asyncio.to_thread(export, work / "whole", work / "tonight", day)
        for words in (("ingest", folder, "--seen-on", day), ("nightly", "--as-of", day)):
            night = await asyncio.create_subprocess_exec(
                *command(*words, "--store", store), stdout=subprocess.DEVNULL, stderr=subprocess.PIPE
            )
            _, said = await night.communicate()
            if night.returncode:
                wrong.append(f"{words[0]} of {day}: {said.decode().splitlines()[-1]}")
    return wrong


if __name__ == "__main__":
    print(measure())
