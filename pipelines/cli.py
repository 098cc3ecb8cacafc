"""The `handrail` command. Heavy imports wait until a command needs them, so that `--help` is instant."""

import json
import os
import sys
from datetime import date, datetime
from pathlib import Path

import click

from configs.refusals import BadSettings, GateNotPassed, Refusal
from pipelines.aside import quarantine
from pipelines.backup_commands import backup, encrypt, restore, to_database
from pipelines.design_commands import design
from pipelines.harm_commands import harm
from pipelines.log import complain, fault_of
from pipelines.model_commands import models
from pipelines.night_commands import check, nightly, schedule
from pipelines.options import DAY, LOG, as_of_option, json_option, key_option, store_option
from pipelines.progress import teller
from pipelines.reading import forget, ingest, profile, pull, subject_access
from pipelines.user_commands import dpia, users


def main() -> None:
    """The command's entry: a refusal is one line and an exit code, never a traceback."""
    # Threads that wait without spinning: on two busy cores LightGBM is otherwise more than twice as slow.
    os.environ.setdefault("OMP_WAIT_POLICY", "PASSIVE")
    try:
        handrail(standalone_mode=False)
    except Refusal as refusal:
        complain(str(refusal), refusal.exit_code)
        sys.exit(refusal.exit_code)
    except click.exceptions.Abort:
        click.echo("handrail: stopped.", err=True)
        sys.exit(1)
    except click.ClickException as error:
        error.show()
        sys.exit(2)
    except OSError as error:
        named = f" ({error.filename})" if error.filename else ""
        complain(f"{error.strerror or error}{named}. Check the disk and permissions.", 1)
        sys.exit(1)
    except Exception as error:  # a fault of ours, whose own words may repeat a pupil's data
        complain(f"This is a fault of Handrail's own ({fault_of(error)}). Report it with this line.", 1)
        sys.exit(1)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="handrail", message="handrail %(version)s")
def handrail() -> None:
    """Early warning along the exclusions continuum: for support, never for sanction."""


@handrail.command()
@click.argument("out", type=click.Path(path_type=Path))
@click.option("--schools", type=click.IntRange(1), default=5, show_default=True)
@click.option(
    "--pupils", type=click.IntRange(50), default=900, show_default=True, help="About so many a school."
)
@click.option("--years", type=click.IntRange(1), default=3, show_default=True, help="School years.")
@click.option("--seed", type=int, default=1, show_default=True)
def simulate(out: Path, schools: int, pupils: int, years: int, seed: int) -> None:
    """Write a believable pretend trust to the folder OUT."""
    from sources.pretend import simulate as pretend

    with teller("simulate") as say:
        pretend(out, schools=schools, pupils=pupils, years=years, seed=seed, progress=say)


@handrail.command()
@as_of_option
@store_option
@json_option
def train(as_of: datetime | None, store: Path, as_json: bool) -> None:
    """Train, rehearse on later dates, judge, and shelve a model for each outcome."""
    from pipelines.lock import writing

    with writing(store), teller("train", quiet=as_json) as say:
        from pipelines.account import training_as_json, training_in_words
        from pipelines.flows import run_retrain
        from pipelines.retrain import day_held
        from sources.store import Store

        day = day_held(Store(store), _day(as_of))
        trained = run_retrain(store, day, Store(store).settings.orchestration, say)
    click.echo(json.dumps(training_as_json(trained), indent=1) if as_json else training_in_words(trained))
    if not trained.verdict.passed:
        raise GateNotPassed("The model did not pass its gate and may not publish names. " +
                            " ".join(trained.verdict.reasons))  # fmt: skip


@handrail.command()
@click.option("--host", default="127.0.0.1", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8300, show_default=True)
@click.option("--behind-https", metavar="NAME", help="The host name of the TLS proxy in front of the pages.")
@click.option(
    "--sign-in", type=click.Path(path_type=Path), envvar="HANDRAIL_SIGN_IN",
    help="The file that names the school's own Microsoft or Google (or HANDRAIL_SIGN_IN).",
)  # fmt: skip
@store_option
def serve(host: str, port: int, behind_https: str | None, sign_in: Path | None, store: Path) -> None:
    """Serve the pages of the last published list."""
    from pipelines.pages import serve_pages

    serve_pages(store, host, port, behind_https, sign_in)


@handrail.command()
@click.argument("name")
@click.option("--from", "from_", type=DAY, help="The first day (default: 1 September before).")
@as_of_option
@click.option("--school", help="One school's id (default: every school and the trust).")
@click.option(
    "--beside", type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="intake: the DfE's file of free school meals by school, for all schools of England.",
)  # fmt: skip
@click.option("--extract", is_flag=True, help="services: the shared-outcomes extract for a partner agency.")
@click.option("--agreement", default="", help="The id of the data-sharing agreement of an extract.")
@click.option("--html", "as_html", is_flag=True, help="Print one page that needs nothing else.")
@click.option("--xlsx", "as_xlsx", is_flag=True, help="Print a workbook: send it to a file.")
@store_option
@json_option
def report(
    name: str, from_: datetime | None, as_of: datetime | None, school: str | None, beside: Path | None,
    extract: bool, agreement: str, as_html: bool, as_xlsx: bool, store: Path, as_json: bool,
) -> None:  # fmt: skip
    """Print the report NAME (lost-learning, movements and others), as known on a day."""
    from pipelines.reporting import extract_of, made_report

    if extract:
        if name != "services":
            raise BadSettings(f"--extract is for the report services, not for {name}.")
        click.echo(extract_of(store, _day(as_of), _day(from_), school, agreement), nl=False)
        return
    made = made_report(store, name, _day(as_of), _day(from_), school, beside)
    if as_xlsx:
        click.echo(made.as_xlsx(), nl=False)
        return
    click.echo(
        json.dumps(made.as_json(), indent=1) if as_json else made.as_html() if as_html else made.in_words()
    )


@handrail.command()
@click.option("--smtp", required=True, metavar="HOST:PORT", help="The school's mail server.")
@click.option("--sender", required=True, help="The address that messages come from.")
@click.option("--address", required=True, help="Where the pages are: https://handrail.example.school/.")
@store_option
def email(smtp: str, sender: str, address: str, store: Path) -> None:
    """Tell each account with an e-mail address that the list is ready. Names nobody."""
    from pipelines.email import email_everyone, server_of

    click.echo(email_everyone(store, server_of(smtp), sender, address))


@handrail.command()
@store_option
def audit(store: Path) -> None:
    """Say whether the audit log is as it was written."""
    from pipelines.audit import whole

    click.echo(whole(store))


@handrail.command()
@key_option
@store_option
@json_option
def doctor(key_file: Path, store: Path, as_json: bool) -> None:
    """Say what is wrong with a store and how to mend it."""
    from pipelines.doctor import examine
    from pipelines.findings import Patient, say
    from pipelines.lock import undisturbed
    from pipelines.moment import now

    with undisturbed(store):
        findings = examine(Patient(store, key_file.expanduser(), now().date()))
    say(findings, as_json)


@handrail.command()
@click.argument("pupil")
@click.option("--for-family", is_flag=True, help="In plain words, to print and hand over.")
@store_option
def explain(pupil: str, for_family: bool, store: Path) -> None:
    """Print what is held of PUPIL (an id) and why the list says what it says."""
    from pipelines.explain import explain as explained

    click.echo(explained(store, pupil, for_family))


@handrail.command()
@click.option("--serve/--no-serve", "serving", default=True, help="Serve the pages at the end.")
@click.option("--folder", type=click.Path(path_type=Path), default="demo", show_default=True)
@click.option("--port", type=click.IntRange(1, 65535), default=8300, show_default=True)
def demo(serving: bool, folder: Path, port: int) -> None:
    """Everything on a believable pretend trust, then the page's address."""
    from pipelines.demo import run_demo

    run_demo(folder, serving, port)


for command in (
    check, nightly, schedule, ingest, pull, profile, quarantine, forget, subject_access, harm, design, users, dpia,
    models, backup, restore, to_database, encrypt,
):  # fmt: skip
    handrail.add_command(command)
for told in handrail.commands.values():
    if not isinstance(told, click.Group):
        told.params.append(LOG)


def _day(moment: datetime | None) -> date | None:
    return moment.date() if moment else None
