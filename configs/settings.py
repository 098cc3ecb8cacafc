"""The settings of a school, trust or authority: one frozen value, read from commented YAML."""

import dataclasses
import hashlib
import json
import re
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any, TypeVar, get_type_hints

import yaml

from configs.ladder import Ladder, ladder_from
from configs.refusals import BadSettings, nearest

HERE = Path(__file__).parent
LEAST_KEPT = 200  # days of lists that the harm watch reads (`pipelines.harm`)
OUTCOMES = ("escalation", "suspension", "severe_absence", "exit")
T = TypeVar("T")


@dataclass(frozen=True)
class Capacity:
    """How many names a team can meet: the list is cut here, never at a threshold on a child."""

    share_of_roll: float = 0.03
    per_year_group: int = 15
    talk_this_week: float = 0.35
    keep_within: float = 1.5
    least_weeks: int = 1
    teams: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Training:
    """When pupil-dates are taken for training, and how the model is tested on later ones."""

    every: int = 15
    history: int = 40
    folds: int = 3
    least_outcomes: int = 30
    bags: int = 8
    pairs: int = 20
    pairs_gain: float = 1.01
    seed: int = 20250901


@dataclass(frozen=True)
class Retention:
    """For how many days lists with their scores are kept, and pupils after they left (0: for good)."""

    lists: int = 400
    leavers: int = 1826


@dataclass(frozen=True)
class Settings:
    """All a school may set. `horizon`, `every` and `history` count the school's own open days."""

    horizon: int = 60
    outcomes: tuple[str, ...] = OUTCOMES
    capacity: Capacity = field(default_factory=Capacity)
    quarantine_share: float = 0.001
    least_of_same_weekday: float = 0.6
    training: Training = field(default_factory=Training)
    retention: Retention = field(default_factory=Retention)
    stale_after: int = 3
    updated_at: str = "06:00"
    language: str = "en-GB"
    small_numbers: int = 7
    session_minutes: int = 180
    orchestration: str = "prefect"
    engine: str = "duckdb"
    ladder: Ladder = field(default_factory=lambda: read_ladder({}))
    gate: dict[str, Any] = field(default_factory=lambda: dict(read_yaml(HERE / "gate.yaml")))

    def digest(self) -> str:
        """sha256 of every setting: two runs with the same digest were asked the same thing."""
        text = json.dumps(dataclasses.asdict(self), sort_keys=True, default=str)
        return hashlib.sha256(text.encode()).hexdigest()


@cache
def attendance_codes() -> dict[str, str]:
    """Class of each attendance code (SI 2024/208 and its predecessors): code → present, approved, authorised,
    unauthorised, not_possible or administrative."""
    return {str(code): entry["class"] for code, entry in read_yaml(HERE / "codes.yaml").items()}


@cache
def incident_kinds() -> dict[str, tuple[str, ...]]:
    """The words that schools record incidents under, in lower case, by kind: disruption, harm and truancy."""
    return {str(kind): tuple(words) for kind, words in read_yaml(HERE / "incidents.yaml").items()}


def load_settings(path: Path | None = None) -> Settings:
    """Settings from a YAML file, or Handrail's own defaults. Unknown keys and wrong types are refused."""
    return settings_from(_with_parents(path or HERE / "handrail.yaml"), str(path or "handrail.yaml"))


def settings_from(raw: dict[str, Any], where: str) -> Settings:
    """Settings from an already read mapping; `where` names it in any refusal."""
    ladder = read_ladder(raw.pop("ladder", {}))
    settings = _frozen(Settings, raw, where, ladder=ladder)
    for outcome in settings.outcomes:
        if outcome not in OUTCOMES:
            raise BadSettings(
                f"{where}: unknown outcome '{outcome}'{nearest(outcome, OUTCOMES)}. "
                f"Outcomes are {', '.join(OUTCOMES)}."
            )
    if settings.orchestration not in ("prefect", "plain"):
        raise BadSettings(f"{where}: orchestration is '{settings.orchestration}'; use 'prefect' or 'plain'.")
    if settings.engine not in ("duckdb", "spark"):
        raise BadSettings(f"{where}: engine is '{settings.engine}'; use 'duckdb' or 'spark'.")
    if not 0 <= settings.least_of_same_weekday <= 1:
        raise BadSettings(
            f"{where}: least_of_same_weekday is {settings.least_of_same_weekday}; it is a share, 0 to 1."
        )
    if not re.fullmatch(r"(([01]\d|2[0-3]):[0-5]\d)?", settings.updated_at):
        raise BadSettings(f'{where}: updated_at is \'{settings.updated_at}\'; write it as "06:00", or "".')
    if settings.retention.lists < LEAST_KEPT or settings.retention.leavers < 0:
        raise BadSettings(
            f"{where}, retention: lists is {settings.retention.lists} and leavers {settings.retention.leavers} days. "
            f"Lists are kept for at least {LEAST_KEPT}: the harm watch reads that far back. Leavers: 0 keeps them."
        )
    if settings.training.bags < 2:
        raise BadSettings(f"{where}, training: bags is {settings.training.bags}; intervals need at least 2.")
    for team, names in settings.capacity.teams.items():
        if not isinstance(names, int) or isinstance(names, bool) or names < 0:
            raise BadSettings(
                f"{where}, capacity, teams, {team}: found {names!r}, expected a number of names."
            )
    if settings.horizon < 1:
        raise BadSettings(
            f"{where}: horizon is {settings.horizon}; it counts open days and must be at least 1."
        )
    return settings


def as_mapping(settings: Settings) -> dict[str, Any]:
    """The settings as plain YAML values, from which `settings_from` makes the same settings again."""
    raw: dict[str, Any] = json.loads(json.dumps(dataclasses.asdict(settings), default=str))
    raw["ladder"] = settings.ladder.as_mapping()
    return raw


def read_ladder(changes: dict[str, Any]) -> Ladder:
    """The shipped ladder with a school's own changes laid over it."""
    return ladder_from({**read_yaml(HERE / "ladder.yaml"), **changes})


def read_yaml(path: Path) -> dict[str, Any]:
    """A YAML mapping, or a refusal that names the file and line."""
    try:
        raw = yaml.safe_load(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise BadSettings(
            f"Settings file {path} cannot be read ({error.strerror}). Check the name."
        ) from error
    except UnicodeDecodeError as error:
        raise BadSettings(f"Settings file {path} is not text in UTF-8. Restore your copy of it.") from error
    except yaml.YAMLError as error:
        mark = getattr(error, "problem_mark", None)
        line = f", line {mark.line + 1}" if mark else ""
        raise BadSettings(f"Settings file {path}{line} is not valid YAML. Check its indentation.") from error
    if not isinstance(raw, dict):
        raise BadSettings(f"Settings file {path} holds no settings: expected lines such as 'horizon: 60'.")
    return raw


def _with_parents(path: Path) -> dict[str, Any]:
    raw = read_yaml(path)
    parent = raw.pop("extends", None)
    if parent is None:
        return raw
    base = _with_parents(path.parent / parent if (path.parent / parent).exists() else HERE / parent)
    for key, value in raw.items():
        base[key] = {**base[key], **value} if isinstance(value, dict) and key in base else value
    return base


def _frozen(kind: type[T], raw: dict[str, Any], where: str, **given: Any) -> T:
    """A frozen dataclass from a mapping: nested, typed, and strict about names."""
    types = get_type_hints(kind)
    values: dict[str, Any] = dict(given)
    for key, value in raw.items():
        if key not in types:
            raise BadSettings(f"{where}: unknown setting '{key}'{nearest(key, types)}.")
        expected = types[key]
        if isinstance(expected, type) and dataclasses.is_dataclass(expected) and isinstance(value, dict):
            values[key] = _frozen(expected, value, f"{where}, {key}")
        else:
            values[key] = _plain(value, expected, f"{where}, {key}")
    return kind(**values)


def _plain(value: Any, expected: Any, where: str) -> Any:
    if expected is float and isinstance(value, int) and not isinstance(value, bool):
        return float(value)
    if expected == tuple[str, ...] and isinstance(value, list):
        return tuple(str(item) for item in value)
    plain = dict if expected == dict[str, Any] else expected
    if not isinstance(value, plain) or isinstance(value, bool):
        raise BadSettings(f"{where}: found {value!r}, expected {getattr(plain, '__name__', plain)}.")
    return value
