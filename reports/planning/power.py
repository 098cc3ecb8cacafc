"""How small an effect a design of a given size would find four times in five."""

from dataclasses import dataclass

WANTED = 0.8
LEVEL = 0.05


@dataclass(frozen=True)
class Size:
    """What is at hand: pupils in each of the two arms, who come in `clusters` (schools) of alike pupils; `alike` is the
    share of the spread that lies between clusters (0 where each pupil is drawn for themselves)."""

    per_arm: int
    clusters: int = 0
    alike: float = 0.0

    @property
    def counts_as(self) -> float:
        """To how many pupils drawn for themselves each arm amounts.

        >>> Size(200).counts_as, round(Size(200, clusters=4, alike=0.05).counts_as, 1)
        (200.0, 58.0)
        """
        if not self.clusters:
            return float(self.per_arm)
        each = 2 * self.per_arm / self.clusters
        return self.per_arm / (1 + (each - 1) * self.alike)


def smallest_found(size: Size, spread: float) -> float | None:
    """The smallest difference, in the outcome's own unit, found four times in five; None where there is nobody.

    >>> round(smallest_found(Size(100), spread=2.0), 2)
    0.8
    """
    from statsmodels.stats.power import TTestIndPower

    if size.counts_as < 2:
        return None
    found = TTestIndPower().solve_power(nobs1=size.counts_as, alpha=LEVEL, power=WANTED)
    return float(found) * spread
