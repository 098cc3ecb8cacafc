"""This week's page of a school of 2,000 at fifty requests a second, against an empty FastAPI route served alike."""

import asyncio
import json
import sys
import tempfile
import time
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import httpx
import numpy as np
import pandas as pd

from benchmarks.serving import served
from watchlists.access import accounts, sessions
from watchlists.access.roles import Account
from watchlists.build import COLUMNS
from watchlists.opaque import opaque_of
from watchlists.people import load_people

PUPILS, LISTED = 2_000, 60
A_SECOND, SECONDS, WARM = 50, 10, 50
AS_OF = date(2025, 11, 21)
LEAD = Account("lead", "Ms R. Okafor", "safeguarding", frozenset(("s1",)))
PAGES = """import sys; from pathlib import Path; import uvicorn; from pipelines.moment import now
from watchlists.web.app import create_app
uvicorn.run(create_app(Path(sys.argv[2]), now), port=int(sys.argv[1]), log_level="error", access_log=False)"""
EMPTY = """import sys; import uvicorn; from fastapi import FastAPI, Response
app = FastAPI(openapi_url=None)
app.add_api_route("/", lambda: Response(""), methods=["GET"], response_model=None)
uvicorn.run(app, port=int(sys.argv[1]), log_level="error", access_log=False)"""


def measure() -> dict[str, float]:
    """`web.p95_ms`, time to the first byte of This week at fifty requests a second, and `web.p95_over_empty`."""
    with tempfile.TemporaryDirectory() as held:
        store = Path(held)
        publish(store)
        token = sessions.begin(store, LEAD.name, datetime.now(UTC))
        page = f"/school/{opaque_of(store).of('school', 's1')}"
        with served(lambda port: [*python(PAGES), str(port), held]) as address:
            pages = asyncio.run(p95(address + page, {"handrail": token}))
    with served(lambda port: [*python(EMPTY), str(port)]) as address:
        empty = asyncio.run(p95(f"{address}/", {}))
    return {"web.p95_ms": pages, "web.p95_over_empty": pages / empty}


def python(program: str) -> list[str]:
    """The command that runs a program of Python."""
    return [sys.executable, "-c", program]


async def p95(url: str, cookies: dict[str, str]) -> float:
    """The 95th percentile of milliseconds from the moment a request was due to its first byte."""
    async with httpx.AsyncClient(cookies=cookies, timeout=30) as client:
        for _ in range(WARM):
            assert (await client.get(url)).status_code == 200
        began = time.perf_counter()
        waits = [_asked(client, url, began + number / A_SECOND) for number in range(A_SECOND * SECONDS)]
        took = await asyncio.gather(*waits)
    return float(np.percentile(took, 95) * 1000)


async def _asked(client: httpx.AsyncClient, url: str, due: float) -> float:
    await asyncio.sleep(max(0.0, due - time.perf_counter()))
    async with client.stream("GET", url) as answer:
        first = time.perf_counter() - due
        await answer.aread()
        assert answer.status_code == 200
    return first


def publish(store: Path) -> None:
    """A published list of a school of 2,000, everyone with a name, and one account."""
    pupils = [f"p{number:04}" for number in range(PUPILS)]
    years = [str(7 + number % 5) for number in range(PUPILS)]
    folder = store / "runs" / "run-1"
    folder.mkdir(parents=True)
    _listed(pupils, years).to_parquet(folder / "watchlist.parquet")
    roll = pd.DataFrame(
        {"pupil_id": pupils, "school_id": "s1", "year_group": years, "why": "Others changed more."}
    )
    roll.to_parquet(folder / "roll.parquet")
    school = {"latest": {"attendance": "2025-11-21", "incidents": "2025-11-20"}, "stale": [], "first_list": False,
              "year_groups": sorted(set(years)), "open_days": [], "withdrawn_from": None}  # fmt: skip
    card: dict[str, Any] = {"school_id": "s1", "concerns": [], "strengths": [], "changes": [], "support": []}
    cards = {"schools": {"s1": school}, "pupils": dict.fromkeys(pupils[:LISTED], card)}
    (folder / "cards.json").write_text(json.dumps(cards))
    facts = {"as_of": str(AS_OF), "gate": "passed", "schools": {"s1": "Thornmere School"}, "off_list": []}
    (folder / "run.json").write_text(json.dumps(facts))
    (store / "current.json").write_text(json.dumps({"run": "run-1"}))
    people = ["pupil_id,first_name,last_name,preferred_name,tutor_group"]
    people += [
        f"{pupil},First{pupil},Last{pupil},,{year} Oak" for pupil, year in zip(pupils, years, strict=True)
    ]
    (store / "people.csv").write_text("\n".join(people) + "\n")
    load_people(store / "people.csv", store)
    accounts.add(store, LEAD, "correct horse battery", datetime.now(UTC))


def _listed(pupils: list[str], years: list[str]) -> pd.DataFrame:
    bands = ["Talk this week"] * 21 + ["Keep an eye"] * 30 + ["New information"] * 9
    rows = [
        (pupil, "s1", AS_OF, place + 1, bands[place], ["Missed 6 of the last 30 sessions, up from 1 in the first 30."],
         ["No incidents recorded in the last 12 school days."], "Still, 3rd week", ["Missed 3 sessions."],
         "Mentoring since 15 Sep", years[place], AS_OF)
        for place, pupil in enumerate(pupils[:LISTED])
    ]  # fmt: skip
    return pd.DataFrame(rows, columns=list(COLUMNS))
