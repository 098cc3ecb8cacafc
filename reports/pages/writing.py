"""The reports' pages written: within the frame of every page of the list."""

from pathlib import Path
from typing import Any

from fastapi import Response
from jinja2 import ChoiceLoader, FileSystemLoader

from reports.movements.wording import ALERTS, KINDS
from reports.pages.contents import REPORTS
from reports.pages.reading import Reading
from reports.paper.saying import day
from reports.published import NotMade
from watchlists.opaque import Opaque
from watchlists.phrases import full_date
from watchlists.web.around import around
from watchlists.web.dates import as_of
from watchlists.web.runs import people_of
from watchlists.web.templating import Pen
from watchlists.web.visitor import Visitor

TEMPLATES = Path(__file__).parent / "templates"


class Writing:
    """Writes the pages of what a reader may see."""

    def __init__(self, opaque: Opaque) -> None:
        self.opaque, self.pen = opaque, Pen()
        own = FileSystemLoader(TEMPLATES)
        self.pen.templates.loader = ChoiceLoader([own, *filter(None, [self.pen.templates.loader])])

    def contents(self, visitor: Visitor, reading: Reading, *, together: bool) -> Response:
        """The reports with the question each answers."""
        return self.pen.page(
            "contents.html", **self._around(visitor, reading), reports=REPORTS, together=together,
        )  # fmt: skip

    def report(self, visitor: Visitor, reading: Reading, name: str) -> Response:
        """One report, or the words that say why the run has none."""
        given = {**self._around(visitor, reading), "name": name, "title": REPORTS[name][0]}
        register = name == "movements" and reading.school_id and reading.names_every_pupil
        try:
            page = reading.report(name).page()
        except NotMade as why:
            return self.pen.page("not_made.html", **given, why=str(why))
        return self.pen.page("report.html", **given, page=page, register=register)

    def register(self, visitor: Visitor, reading: Reading) -> Response:
        """The register of moves and the alerts of one school, with names."""
        given = {**self._around(visitor, reading), "kinds": KINDS, "alerts": ALERTS, "day": day}
        try:
            held = reading.movements()
        except NotMade as why:
            return self.pen.page(
                "not_made.html", **given, name="movements", title="The register", why=str(why)
            )
        named = {
            self.opaque.of("pupil", pupil): person.name for pupil, person in people_of(reading.store).items()
        }
        return self.pen.page("register.html", **given, held=held, named=named, short=short_case)

    def _around(self, visitor: Visitor, reading: Reading) -> dict[str, Any]:
        """The frame of a school's pages, or of those of all together; where its reports are, and of which day."""
        facts = {"as_of": full_date(as_of(reading.run)), "settled": reading.settled}
        if reading.school_id is None:
            return {**facts, "visitor": visitor, "tab": "reports", "here": "/reports"}
        frame = around(visitor, reading.run, reading.school_id, self.opaque, "reports")
        return {**facts, **frame, "here": f"/school/{frame['school_link']}/reports"}


def short_case(case: str) -> str:
    """What a pupil without a name on file is called.

    >>> short_case("k3f7qabcdefghijklmno")
    'Pupil k3f7q'
    """
    return f"Pupil {case[:5]}"
