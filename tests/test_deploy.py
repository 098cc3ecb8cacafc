"""What `deploy/` ships: units that systemd takes, containers that are locked down, commands that exist."""

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import click
import pytest
import yaml

from pipelines.cli import handrail
from sources.server import address

DEPLOY = Path(__file__).parent.parent / "deploy"
UNITS = sorted(path.name for path in DEPLOY.glob("handrail-*"))
SERVICES = [name for name in UNITS if name.endswith(".service")]
INSTALLED = "/opt/handrail/.venv/bin/handrail"
verifies = pytest.mark.skipif(not shutil.which("systemd-analyze"), reason="needs systemd-analyze")


def settings_of(unit: str) -> list[tuple[str, str]]:
    """The settings of a unit, in order: a key may stand more than once."""
    lines = (DEPLOY / unit).read_text(encoding="utf-8").splitlines()
    return [(key, value) for key, found, value in (line.partition("=") for line in lines)
            if found and not key.startswith("#")]  # fmt: skip


def composed() -> dict[str, Any]:
    return dict(yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8")))


def services() -> dict[str, Any]:
    """Handrail's own."""
    return {name: held for name, held in composed()["services"].items() if held["image"] == "handrail"}


def command_lines() -> Iterator[str]:
    """Every `handrail ...` of the units, of the container file and of the compose file."""
    for unit in SERVICES:
        yield from (value for key, value in settings_of(unit) if key == "ExecStart")
    for service in services().values():
        said = service["command"]
        yield from (said if isinstance(said, str) else said[0]).split(" && ")


def understood(line: str) -> bool:
    """Whether the command takes this line as it is: its name, its arguments and its options."""
    program, *words = re.sub(r"\$\{[^}]*\}", "NAME", line).split()
    assert program in (INSTALLED, "handrail"), line
    command: click.Command = handrail
    try:
        while isinstance(command, click.Group):
            _, found, words = command.resolve_command(click.Context(command), words)
            command = found or command
        command.make_context(None, words)
    except click.ClickException:
        return False
    return True


@pytest.mark.parametrize("line", list(command_lines()))
def test_every_command_line_is_one_that_handrail_takes(line: str) -> None:
    assert understood(line)


def test_a_command_or_an_option_that_is_none_shows() -> None:
    assert not understood("handrail nightlies")
    assert not understood("handrail nightly --fast")
    assert not understood("handrail ingest")


def problems(unit: str, text: str, folder: Path) -> str:
    """What systemd says of the unit, its program being one that this machine has."""
    for name in UNITS:
        held = text if name == unit else (DEPLOY / name).read_text(encoding="utf-8")
        (folder / name).write_text(held.replace(INSTALLED, sys.executable), encoding="utf-8")
    done = subprocess.run(
        ["systemd-analyze", "verify", "--man=no", str(folder / unit)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    return "\n".join(line for line in done.stderr.splitlines() if "handrail" in line)


@verifies
@pytest.mark.parametrize("unit", UNITS)
def test_systemd_takes_the_unit(unit: str, tmp_path: Path) -> None:
    assert problems(unit, (DEPLOY / unit).read_text(encoding="utf-8"), tmp_path) == ""


@verifies
@pytest.mark.parametrize(
    ("unit", "right", "wrong"),
    [
        ("handrail-nightly.timer", "02:00:00 Europe/London", "26:00:00 Europe/London"),
        ("handrail-pages.service", "NoNewPrivileges=", "NoNewPrivilege="),
        ("handrail-nightly.service", "Type=oneshot", "Type=simple"),
    ],
)
def test_a_unit_that_is_off_shows(unit: str, right: str, wrong: str, tmp_path: Path) -> None:
    text = (DEPLOY / unit).read_text(encoding="utf-8")
    assert right in text
    assert problems(unit, text.replace(right, wrong), tmp_path) != ""


def test_the_night_is_at_two_in_london_and_a_missed_one_is_made_up_for() -> None:
    timer = dict(settings_of("handrail-nightly.timer"))
    assert timer["OnCalendar"] == "*-*-* 02:00:00 Europe/London"
    assert timer["Persistent"] == "true"
    assert timer["Unit"] in SERVICES
    assert dict(settings_of(timer["Unit"]))["Type"] == "oneshot"


@pytest.mark.parametrize("unit", SERVICES)
def test_a_service_may_write_to_the_store_and_nowhere_else(unit: str) -> None:
    held = dict(settings_of(unit))
    for key in ("NoNewPrivileges", "PrivateTmp", "ProtectHome", "PrivateDevices"):
        assert held[key] == "true", key
    assert held["User"] not in ("", "root")
    assert held["ProtectSystem"] == "strict"
    environment = dict(value.split("=", 1) for key, value in settings_of(unit) if key == "Environment")
    writable = [value for key, value in settings_of(unit) if key == "ReadWritePaths"]
    assert writable == [environment["HANDRAIL_STORE"]]
    assert not environment.get("HANDRAIL_KEY_FILE", "").startswith(environment["HANDRAIL_STORE"])


@pytest.mark.parametrize("name", list(composed()["services"]))
def test_a_container_has_no_rights_and_writes_to_the_store_alone(name: str) -> None:
    service = composed()["services"][name]
    assert service["read_only"] is True
    assert service["user"].split(":")[0] not in ("", "0", "root")
    assert service["cap_drop"] == ["ALL"]
    assert "no-new-privileges:true" in service["security_opt"]
    own = "store:/store" if name in services() else "database:/var/lib/postgresql/data"
    assert [held for held in service["volumes"] if not held.endswith(":ro")] == [own]
    assert all(port.startswith("127.0.0.1:") for port in service.get("ports", []))


def test_nothing_but_handrail_reaches_the_database_and_no_secret_stands_in_the_file() -> None:
    held, server = composed(), composed()["services"]["postgres"]
    assert server["networks"] == ["inside"]
    assert held["networks"]["inside"] == {"internal": True}
    assert "ports" not in server
    for service in held["services"].values():
        assert set(service.get("secrets", [])) <= set(held["secrets"])
        named = {
            name
            for name in service["environment"]
            if "PASSWORD" in name or "DATABASE" in name or "KEY" in name
        }
        assert all(service["environment"][name].startswith("/run/secrets/") for name in named)
        assert all(name.endswith("_FILE") for name in named)
    assert all("HANDRAIL_DATABASE_FILE" in service["environment"] for service in services().values())
    assert all(re.match(r"\$\{\w+:\?", secret["file"]) for secret in held["secrets"].values())


def test_the_address_that_the_compose_file_shows_is_one() -> None:
    text = (DEPLOY / "compose.yaml").read_text(encoding="utf-8")
    where = address({"HANDRAIL_DATABASE": re.findall(r"postgresql://\S+", text)[0]})
    assert where is not None
    assert where.host in composed()["services"]
    assert where.database == composed()["services"]["postgres"]["environment"]["POSTGRES_DB"]


def test_the_container_runs_as_the_user_that_the_store_is_of() -> None:
    said = (DEPLOY / "Containerfile").read_text(encoding="utf-8")
    assert re.findall(r"^USER (.*)$", said, re.MULTILINE)[-1] == services()["pages"]["user"] == "10001:10001"
    assert "--uid 10001" in said
    assert all("--locked" in line for line in re.findall(r"uv sync.*", said))
    copied = {name for line in re.findall(r"^COPY (.*) \S+$", said, re.MULTILINE) for name in line.split()}
    assert all((DEPLOY.parent / name).exists() for name in copied)
    assert {"pyproject.toml", "uv.lock", "pipelines", "configs"} <= copied
