"""`support.*`: how often the report on support finds the truth of cohorts in which it is known, over many seeds."""

from collections.abc import Iterator
from dataclasses import dataclass

from configs.settings import load_settings
from reports.run import report
from reports.support.values import CANNOT_TELL, LESS
from tests.reports.support_cohort import HELPS, NOTHING, UNSEEN, Cohort, cohort

SEEDS, PUPILS = range(1000, 1040), 1000


@dataclass(frozen=True)
class Answer:
    """One kind and outcome of one cohort: what was said of it, beside the true change where it is known."""

    kind: str
    outcome: str
    naive: float
    low: float
    high: float
    verdict: str
    truth: float | None

    @property
    def holds(self) -> bool | None:
        """Whether the interval holds the truth; None where that is not known."""
        return None if self.truth is None else self.low <= self.truth <= self.high


def measure() -> dict[str, float]:
    """Shares of cohorts (or of their intervals): coverage of the 95 % intervals, the helping kind found, the other
    claimed, a plain comparison of the wrong sign, and, where strain shows in no record, "cannot tell"."""
    seen = [each for seed in SEEDS for each in answers(cohort(seed, (HELPS, NOTHING), pupils=PUPILS))]
    unseen = [each for seed in SEEDS for each in answers(cohort(seed, UNSEEN, pupils=PUPILS))]
    known = [each.holds for each in seen if each.holds is not None]
    helps = [each for each in seen if each.kind == HELPS.name and each.truth is not None]
    nothing = [each for each in seen if each.kind == NOTHING.name]
    return {
        "support.coverage": _share(known),
        "support.coverage_helps": _share([bool(each.holds) for each in helps]),
        "support.coverage_nothing": _share([bool(each.holds) for each in nothing]),
        "support.helps_excludes_zero": _share([each.high < 0 for each in helps]),
        "support.nothing_said_to_help": _share([each.verdict == LESS for each in nothing]),
        "support.naive_wrong_sign": _share([each.naive > 0 for each in helps]),
        "support.unseen_cannot_tell": _share([each.verdict == CANNOT_TELL for each in unseen]),
        "support.seeds": float(len(SEEDS)),
    }


def answers(held: Cohort) -> Iterator[Answer]:
    """All that the report says of a cohort. Of a kind that does nothing the truth of every outcome is nothing."""
    for each in report("support", held.tables, load_settings(), held.as_of).as_json()["kinds"]:
        kind, outcome, adjusted = each["kind"], each["outcome"], each["adjusted"]
        truth = held.truth[kind].get(outcome, 0.0 if kind == NOTHING.name else None)
        yield Answer(
            kind,
            outcome,
            each["naive"]["estimate"],
            adjusted["low"],
            adjusted["high"],
            each["verdict"],
            truth,
        )


def _share(held: list[bool]) -> float:
    return round(sum(held) / len(held), 3)
