"""The ladder as a value: what each rung is read from (`ladder.yaml` says it for people)."""

import dataclasses
import hashlib
import json
from dataclasses import dataclass
from typing import Any

from configs.refusals import BadSettings, nearest

LADDERS = ("school_led", "self_led")


@dataclass(frozen=True)
class Rung:
    """One rung: its level, its name, and the rule over dated records that says a pupil stands on it."""

    level: int
    name: str
    incident_actions: tuple[str, ...] = ()
    incident_categories: tuple[str, ...] = ()
    incident_severity: int | None = None
    suspension_categories: tuple[str, ...] = ()
    move_kinds: tuple[str, ...] = ()
    codes: tuple[str, ...] = ()
    at_least: int = 1
    in_open_days: int = 1
    share_of_sessions: float | None = None
    least_possible: int = 0


@dataclass(frozen=True)
class Ladder:
    """Both ladders, and the numbers that the outcomes are read with."""

    school_led: tuple[Rung, ...]
    self_led: tuple[Rung, ...]
    look_back: int
    repeat_within: int
    exit_settles_after: int
    destination_explains: bool
    missing_marks: float

    def rung(self, ladder: str, level: int) -> Rung:
        """The rung of one ladder at one level (1–7)."""
        rungs: tuple[Rung, ...] = getattr(self, ladder)
        return next(rung for rung in rungs if rung.level == level)

    def digest(self) -> str:
        """sha256 of every rung and number: two models with the same were taught the same outcomes."""
        return hashlib.sha256(json.dumps(self.as_mapping(), sort_keys=True).encode()).hexdigest()

    def as_mapping(self) -> dict[str, Any]:
        """The ladder as `ladder.yaml` would hold it."""
        raw = dataclasses.asdict(self)
        for ladder in LADDERS:
            raw[ladder] = {
                rung.level: {
                    name: list(value) if isinstance(value, tuple) else value
                    for name, value in dataclasses.asdict(rung).items()
                    if name != "level" and value not in ((), None)
                }
                for rung in getattr(self, ladder)
            }
        return raw


def ladder_from(raw: dict[str, Any]) -> Ladder:
    """A ladder from its YAML mapping; an unknown key is refused with the nearest name."""
    known = [field.name for field in dataclasses.fields(Ladder)]
    for key in raw:
        if key not in known:
            raise BadSettings(f"ladder: unknown setting '{key}'{nearest(key, known)}.")
    numbers = {key: value for key, value in raw.items() if key not in LADDERS}
    return Ladder(
        school_led=tuple(_rung("school_led", level, rule) for level, rule in raw["school_led"].items()),
        self_led=tuple(_rung("self_led", level, rule) for level, rule in raw["self_led"].items()),
        **numbers,
    )


def _rung(ladder: str, level: Any, rule: dict[str, Any]) -> Rung:
    known = [field.name for field in dataclasses.fields(Rung)]
    for key in rule:
        if key not in known:
            raise BadSettings(f"ladder, {ladder} {level}: unknown setting '{key}'{nearest(key, known)}.")
    values: dict[str, Any] = {
        key: tuple(value) if isinstance(value, list) else value for key, value in rule.items()
    }
    return Rung(level=int(level), **values)
