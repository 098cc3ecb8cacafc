"""`handrail demo`: the main job, end to end, on a pretend trust."""

import shutil
from datetime import date
from pathlib import Path

import click
import pandas as pd

from configs.refusals import BadSettings, GateNotPassed
from pipelines.flows import run_nightly, run_retrain
from pipelines.load import Asked, load
from pipelines.lock import writing
from pipelines.nightly import already_done, tonight
from pipelines.pages import serve_pages
from pipelines.progress import teller
from pipelines.users import fresh_password
from sources import server
from sources.pretend import simulate
from sources.store import Store
from watchlists.access.roles import EVERY_SCHOOL, Account

SCHOOLS, PUPILS, YEARS, SEED = 4, 900, 3, 7
LAST_DAY = date(2026, 7, 21)
MONDAYS = (date(2026, 3, 9), date(2026, 3, 16))  # the list, and the one before it that it is set beside

DEMO = Account(
    "demo", "Demo account", "safeguarding", frozenset((EVERY_SCHOOL,))
)  # of a trust nobody lives in


def run_demo(folder: Path, serving: bool, port: int) -> None:
    """Simulates, ingests, trains, publishes two Mondays' lists and serves the pages, in `folder`."""
    if server.address() is not None:
        raise BadSettings(
            f"The demo keeps to its own folder: unset {server.VARIABLE} and {server.IN_FILE} first."
        )
    exports, store = folder / "exports", folder / "store"
    with teller("demo") as say:
        if not (exports / "truth").exists():
            say(f"making a pretend trust of {SCHOOLS} schools, about {PUPILS} pupils each, {YEARS} years")
            shutil.rmtree(folder, ignore_errors=True)
            simulate(exports, schools=SCHOOLS, pupils=PUPILS, years=YEARS, seed=SEED, end=LAST_DAY)
            say("reading its exports into the store")
            load(Asked(exports, LAST_DAY, folder / "key"), store, say)
        orchestration = Store(store).settings.orchestration
        with writing(store):
            if not (store / "models").exists():
                run_retrain(store, MONDAYS[0], orchestration, say)
            for monday in MONDAYS:
                night = tonight(store, monday)
                published = already_done(night) or run_nightly(night, orchestration, say)
    _what_to_look_at(store / "runs" / published.run)
    if not published.passed:
        raise GateNotPassed(published.words)
    password = fresh_password(store, DEMO)
    click.echo(f"  Sign in as:             {DEMO.name}\n  Password:               {password}\n")
    if serving:
        serve_pages(store, "127.0.0.1", port)


def _what_to_look_at(run: Path) -> None:
    listed = pd.read_parquet(run / "watchlist.parquet")
    schools = listed["school_id"].nunique()
    click.echo(
        f"\n{len(listed)} pupils to talk about in {schools} schools, from records up to {listed['as_of'].iloc[0]}.\n"
        f"  The list, as a table:   {run / 'watchlist.parquet'}\n"
        f"  Everyone's scores:      {run / 'scores.parquet'}\n"
        f"  The model's card:       {run.parent.parent / 'models'}/*/card.md\n"
        f"  Trainings in MLflow:    mlflow ui --backend-store-uri sqlite:///{run.parent.parent / 'mlflow.db'}\n"
        "  The pages: sign in, choose a school, open a pupil, then About this list."
    )
