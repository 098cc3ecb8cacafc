"""Every school of England beside its authority: the share with free school meals, from the Department's own file.

The file has shares and no rolls, so the limits cannot come from the size of a school. They come from how far the
schools of England lie from their own authorities: the spread is the median absolute deviation, on log odds.
"""

import csv
import math
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from statistics import median

import numpy as np
from scipy.stats import norm

from configs.refusals import BadData

HEADS = ("urn", "school_name", "la_name", "fsm_prop")
FALSE_DISCOVERIES = 0.05
AS_NORMAL = 1.4826  # a median absolute deviation, as the standard deviation of a normal distribution
YEAR = (date(2022, 9, 1), date(2023, 8, 31))  # of the file
LEAST = 0.001  # a share of nought or all has no log odds: it is taken as this much from it
SOURCE = "Schools, pupils and their characteristics 2022/23, Department for Education, Open Government Licence v3.0"


@dataclass(frozen=True)
class Beside:
    """One school beside its authority: shares 0–1, and the chance of one so far from it or further."""

    urn: str
    name: str
    authority: str
    share: float
    community: float
    chance: float
    outside: str

    @property
    def difference(self) -> float:
        """Share less community."""
        return self.share - self.community


@dataclass(frozen=True)
class OfEngland:
    """The whole report: `held` schools in the file, of which those with a share are compared."""

    held: int
    not_given: int
    spread: float
    schools: tuple[Beside, ...]

    @property
    def outside(self) -> tuple[Beside, ...]:
        """The schools further from their authority than the limits, furthest first."""
        far = [school for school in self.schools if school.outside]
        return tuple(sorted(far, key=lambda school: (school.chance, school.urn)))


def of_england(path: Path) -> OfEngland:
    """Every school of the file beside the mean of its authority's schools.

    Refused: a file without the columns of the Department's, or with a share that is no percentage.
    """
    rows = list(_rows(path))
    given = [(urn, name, authority, share) for urn, name, authority, share in rows if share is not None]
    shares: dict[str, list[float]] = defaultdict(list)
    for _, _, authority, share in given:
        shares[authority].append(share)
    community = {authority: sum(held) / len(held) for authority, held in shares.items()}
    middle = {authority: median(map(_log_odds, held)) for authority, held in shares.items()}
    apart = [_log_odds(share) - middle[authority] for _, _, authority, share in given]
    spread = AS_NORMAL * median(map(abs, apart)) if apart else 0.0
    chances = (2 * norm.sf(np.abs(apart) / spread)).tolist() if spread else [1.0] * len(apart)
    limit = discoveries(chances)
    found = (
        Beside(urn, name, authority, share, community[authority], chance,
               ("above" if far > 0 else "below") if chance <= limit else "")
        for (urn, name, authority, share), far, chance in zip(given, apart, chances, strict=True)
    )  # fmt: skip
    return OfEngland(len(rows), len(rows) - len(given), spread, tuple(found))


def discoveries(chances: Sequence[float], rate: float = FALSE_DISCOVERIES) -> float:
    """The largest chance that Benjamini and Hochberg's rule still calls a discovery; below nought where none is.

    >>> discoveries([0.01, 0.02, 0.2, 0.9])
    0.02
    """
    ordered = sorted(chances)
    held = [chance for place, chance in enumerate(ordered, 1) if chance <= rate * place / len(ordered)]
    return held[-1] if held else -1.0


def _log_odds(share: float) -> float:
    kept = min(max(share, LEAST), 1 - LEAST)
    return math.log(kept / (1 - kept))


def _rows(path: Path) -> Iterator[tuple[str, str, str, float | None]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as handle:
            for number, row in enumerate(csv.DictReader(handle), start=2):
                yield row[HEADS[0]], row[HEADS[1]], row[HEADS[2]], _share(row[HEADS[3]], path, number)
    except KeyError as error:
        raise BadData(f"{path.name} has no column {error}. Expected {', '.join(HEADS)}.") from error


def _share(text: str, path: Path, row: int) -> float | None:
    """The share, or None where the Department gives none ("z", "c", blank)."""
    if text.strip().lower() in ("", "z", "c", "x", ":"):
        return None
    try:
        share = float(text)
    except ValueError:
        share = -1.0
    if not 0 <= share <= 100:
        raise BadData(f"{path.name}, row {row}, column fsm_prop: found '{text}', expected a percentage.")
    return share / 100
