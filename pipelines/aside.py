"""`handrail quarantine`: rows set aside, listed, explained, mended and tried again."""

import json
from collections import Counter
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pipelines.options import DAY, json_option, store_option
from pipelines.progress import teller

if TYPE_CHECKING:
    from sources.readmission import Aside


@click.group(invoke_without_command=True)
@click.pass_context
@store_option
def quarantine(context: click.Context, store: Path) -> None:
    """Rows that could not be used: what they are, why, and how they come back."""
    if context.invoked_subcommand is None:
        context.invoke(listed, store=store, as_json=False)


@quarantine.command(name="list")
@store_option
@json_option
def listed(store: Path, as_json: bool) -> None:
    """How many rows are set aside, by load, table and reason."""
    from sources.readmission import rows_aside
    from sources.store import Store

    rows = rows_aside(Store(store))
    counted = Counter((row.load, row.table, row.file, row.rule, row.reason) for row in rows)
    names = ("load", "table", "file", "rule", "reason", "rows")
    if as_json:
        click.echo(
            json.dumps([dict(zip(names, (*what, n), strict=True)) for what, n in counted.items()], indent=1)
        )
        return
    lines = [f"load {load}  {table}  {n:,} rows of {file}: {reason}"
             for (load, table, file, _, reason), n in counted.items()]  # fmt: skip
    click.echo("\n".join(lines) or "No row is set aside.")


@quarantine.command()
@click.option("--table", help="One table only.")
@click.option(
    "--rows",
    "most",
    type=click.IntRange(1),
    default=20,
    show_default=True,
    help="At most so many of each reason.",
)
@store_option
def explain(table: str | None, most: int, store: Path) -> None:
    """Where each row stood, why it was set aside, and what to do about it; never what it says of a pupil."""
    from sources.readmission import rows_aside
    from sources.store import Store

    by_reason: dict[tuple[str, str], list[Aside]] = {}
    for row in rows_aside(Store(store), table):
        by_reason.setdefault((row.table, row.reason), []).append(row)
    for (name, reason), rows in by_reason.items():
        click.echo(f"{name}: {reason} ({len(rows):,} rows)\n  {rows[0].remedy}")
        click.echo(f"  {_where(rows, most)}")


@quarantine.command()
@click.argument("table")
@click.argument("target", type=click.Path(path_type=Path))
@store_option
def write(table: str, target: Path, store: Path) -> None:
    """Write the rows of a TABLE to the CSV file TARGET, to be mended."""
    from sources.readmission import write_to_mend
    from sources.store import Store

    written = write_to_mend(Store(store), target, table)
    click.echo(f"{written:,} rows in {target}. Mend them, leave load, table and number as they are, and run "
               f"`handrail quarantine readmit {target}`.")  # fmt: skip


@quarantine.command()
@click.argument("mended", type=click.Path(path_type=Path, exists=True, dir_okay=False), required=False)
@click.option("--seen-on", type=DAY, help="The day they were mended (default: today).")
@store_option
@json_option
def readmit(mended: Path | None, seen_on: datetime | None, store: Path, as_json: bool) -> None:
    """Try every row again, as it is or as the MENDED file has it; what still cannot be used stays aside."""
    from pipelines import audit
    from pipelines.lock import writing
    from sources.readmission import readmit as try_again
    from sources.store import Store

    held = Store(store)
    day = seen_on.date() if seen_on else datetime.now(UTC).astimezone().date()
    with writing(store), teller("quarantine", quiet=as_json) as say:
        receipt = try_again(held, held.settings, day, mended, say)
        audit.note(store, "readmitted", load=receipt.load, data_hash=receipt.data_hash)
    click.echo(json.dumps(receipt.as_json(), indent=1) if as_json else receipt.in_words())


def _where(rows: Sequence["Aside"], most: int) -> str:
    places = [f"{row.file} line {row.line}" for row in rows[:most]]
    return "; ".join(places) + (f"; and {len(rows) - most:,} more" if len(rows) > most else "")
