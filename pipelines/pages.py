"""`handrail serve`: the pages of a store, on this machine alone unless told otherwise."""

from pathlib import Path

import click

from configs.refusals import BadSettings
from pipelines.runs import current


def serve_pages(store: Path, host: str, port: int) -> None:
    """Serves the pages until stopped. Refused where nothing has been published yet."""
    if current(store) is None:
        raise BadSettings(f"The store {store} has no list yet. Run `handrail nightly --store {store}` first.")
    import uvicorn

    from watchlists.web.app import LOOPBACK, create_app

    click.echo(f"The list is at http://{host}:{port}/  (Ctrl+C stops it)")
    hosts = LOOPBACK if host in LOOPBACK else (*LOOPBACK, host)
    uvicorn.run(create_app(store, hosts), host=host, port=port, log_level="warning", access_log=False)
