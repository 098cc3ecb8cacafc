"""What the report says, as values. Scores run from 0 to 1; people are told them out of 10."""

from dataclasses import dataclass

from reports.whole import Whole


@dataclass(frozen=True)
class Told:
    """What some pupils said on one scale: mean and interval, the gap to all others, and how many answered.

    All None where it may not be shown. `asked` are those on roll in year groups in which anyone answered.
    """

    name: str
    asked: int | None = None
    answered: int | None = None
    response: float | None = None
    mean: float | None = None
    low: float | None = None
    high: float | None = None
    gap: float | None = None
    gap_low: float | None = None
    gap_high: float | None = None

    @property
    def suppressed(self) -> bool:
        """Whether it may not be shown."""
        return self.asked is None


@dataclass(frozen=True)
class Scale:
    """One scale in one school: all pupils, then by group, absence, incidents and half term.

    `weighted` is the mean were those who answered like all asked in absence and year group.
    """

    scale: str
    every: Told
    weighted: float | None
    groups: tuple[tuple[str, Told], ...]
    absence: tuple[Told, ...]
    incidents: tuple[Told, ...]
    half_terms: tuple[Told, ...]


@dataclass(frozen=True)
class Part:
    """A school, or all together."""

    school_id: str
    name: str
    scales: tuple[Scale, ...]


Experience = Whole[Part]
