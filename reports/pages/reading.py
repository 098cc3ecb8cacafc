"""The reports of one run as one reader may see them: of one school, or of all side by side."""

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from reports.movements.values import Movements
from reports.published import published
from reports.run import Report
from watchlists.access.roles import Account, sees_whole_school
from watchlists.web.dates import as_of
from watchlists.web.runs import Run


@dataclass(frozen=True)
class Reading:
    """A run, and the one school of it that is read about, or None for all together."""

    store: Path
    run: Run
    school_id: str | None = None

    @property
    def day(self) -> date:
        """The day the reports' records are read as known on."""
        return as_of(self.run)

    def report(self, name: str) -> Report:
        """The report as published. Refused (NotMade): where the run has none."""
        whole = published(self.store / "runs" / self.run.name, name)
        return whole if self.school_id is None else whole.of(self.school_id)

    def movements(self) -> Movements:
        """The moves of the school, each by its opaque id."""
        value: Movements = self.report("movements").value
        return value

    def names_every_pupil_to(self, account: Account) -> bool:
        """Whether the reader may see every pupil of whom the reports speak."""
        schools = self.run.schools if self.school_id is None else (self.school_id,)
        return all(sees_whole_school(account, school) for school in schools)
