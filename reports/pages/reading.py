"""The reports of one run as one reader may see them: of one school, or of all side by side."""

from dataclasses import dataclass
from pathlib import Path

from reports.movements.values import Movements
from reports.published import published
from reports.run import Report
from watchlists.access.roles import Account, sees_whole_school
from watchlists.web.runs import Run


@dataclass(frozen=True)
class Reading:
    """What one reader may see of a run: of the one school of it that is read about, or None for all together."""

    store: Path
    run: Run
    account: Account
    school_id: str | None = None

    @property
    def settled(self) -> bool:
        """Whether the reader sees totals alone, and so as they stood when the last half term ended."""
        return not self.names_every_pupil

    @property
    def names_every_pupil(self) -> bool:
        """Whether the reader may see every pupil of whom the reports speak."""
        schools = self.run.schools if self.school_id is None else (self.school_id,)
        return all(sees_whole_school(self.account, school) for school in schools)

    def report(self, name: str) -> Report:
        """The report as published. Refused (NotMade): where the run has none."""
        whole = published(self.store / "runs" / self.run.name, name, settled=self.settled)
        return whole if self.school_id is None else whole.of(self.school_id)

    def movements(self) -> Movements:
        """The moves of the school, each by its opaque id."""
        value: Movements = self.report("movements").value
        return value
