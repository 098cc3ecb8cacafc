"""What the report says, as values. Each figure names the report that it comes from."""

from dataclasses import dataclass

from reports.whole import Whole


@dataclass(frozen=True)
class Change:
    """A figure now and a year ago; None where there is none, or it may not be shown."""

    key: str
    report: str
    now: float | None
    before: float | None = None


@dataclass(frozen=True)
class Affected:
    """A group moved out of learning more than others, by more than chance: times as many, 19 times in 20 between."""

    characteristic: str
    group: str
    ratio: float
    low: float
    high: float


@dataclass(frozen=True)
class Done:
    """One kind of support in the term: pupils, and of those on a step before it how many came down or rose since."""

    kind: str
    pupils: int | None
    came_down: int | None = None
    rose: int | None = None


@dataclass(frozen=True)
class Part:
    """A school, or all together."""

    school_id: str
    name: str
    lost: tuple[Change, ...]
    moved: tuple[Change, ...]
    exits: tuple[Change, ...]
    affected: tuple[Affected, ...]
    done: tuple[Done, ...]
    decide: tuple[str, ...]


Strategy = Whole[Part]
