"""`handrail serve`: the pages of a store, on this machine alone unless a TLS proxy stands before them."""

import os
import time
from pathlib import Path

import click

from configs.openid import provider_from
from configs.refusals import BadSettings
from pipelines.dpia import refuse_unassessed
from pipelines.log import for_server, tell
from pipelines.moment import now
from pipelines.runs import current
from pipelines.users import say_users
from sources.store import Store
from watchlists.language import speak
from watchlists.notebook import refuse_unreadable

METRICS_TOKEN = "HANDRAIL_METRICS_TOKEN"  # noqa: S105 - the name of a variable


def serve_pages(
    store: Path, host: str, port: int, behind_https: str | None = None, sign_in: Path | None = None
) -> None:
    """Serves the pages until stopped. Refused (BadSettings) where nothing has been published yet, where no impact
    assessment is named for real pupils, where names are encrypted and their key is not given, and where names would
    cross a network unencrypted: off this machine, `behind_https` names the host that a TLS proxy answers for. `sign_in`
    is the file that names the school's own provider of sign-ins."""
    if current(store) is None:
        raise BadSettings(f"The store {store} has no list yet. Run `handrail nightly --store {store}` first.")
    Store(store).manifest()  # refused where a newer version laid the store out
    refuse_unassessed(store)
    refuse_unreadable(store)
    import uvicorn

    from reports.pages.routes import add_reports
    from watchlists.access.openid import OpenId
    from watchlists.web.app import LOOPBACK, create_app
    from watchlists.web.metrics import add_metrics
    from watchlists.web.pace import Pace

    if host not in LOOPBACK and not behind_https:
        raise BadSettings(
            f"On {host} names would cross the network unencrypted. Put a proxy with a certificate in front and say its "
            "name: --behind-https handrail.example.school. Or leave --host out."
        )
    hosts = (*LOOPBACK, behind_https) if behind_https else LOOPBACK
    say_users(store)
    where = f"https://{behind_https}/" if behind_https else f"http://{host}:{port}/"
    click.echo(f"The list is at {where}  (Ctrl+C stops it)")
    speak(Store(store).settings.language)
    openid = OpenId(provider_from(sign_in, os.environ)) if sign_in else None
    app = create_app(store, now, hosts, https=behind_https is not None, openid=openid)
    add_reports(app)
    add_metrics(app, os.environ.get(METRICS_TOKEN, ""), https=behind_https is not None)
    app.add_middleware(Pace, cookie=app.state.gate.cookie, seconds=time.monotonic)
    tell("serving", host=host, port=port)
    uvicorn.run(app, host=host, port=port, access_log=False, server_header=False, log_config=for_server())
