"""The reports' addresses, beside those of the list and behind the same gate."""

from collections.abc import Callable

from fastapi import Depends, FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse
from fastapi.routing import APIRouter
from fastapi.staticfiles import StaticFiles

from reports.pages.contents import REPORTS
from reports.pages.reading import Reading
from reports.pages.writing import Writing
from reports.paper.page import STATIC
from reports.published import NotMade
from watchlists.web.gate import MISSING, Gate
from watchlists.web.pages import EXCEL
from watchlists.web.purpose import Purpose
from watchlists.web.runs import Run
from watchlists.web.visitor import Seen, visitor_of


def add_reports(app: FastAPI) -> None:
    """Adds the reports' pages to those of the list."""
    pages = ReportPages(app.state.gate)
    router = APIRouter(dependencies=[Depends(visitor_of)])
    routes: dict[str, Callable[..., Response]] = {
        "/reports": pages.contents_together, "/reports/{name}": pages.together,
        "/reports/{name}/workbook": pages.workbook_together,
        "/school/{school}/reports": pages.contents, "/school/{school}/reports/{name}": pages.report,
        "/school/{school}/reports/{name}/workbook": pages.workbook,
        "/school/{school}/reports/movements/register": pages.register,
    }  # fmt: skip
    for path, answer in routes.items():
        router.add_api_route(path, answer, methods=["GET"], response_class=HTMLResponse)
    app.mount("/styles", StaticFiles(directory=STATIC), name="styles")
    app.include_router(router)


class ReportPages:
    """The answers: of one school for those who may see its totals, of all together for those who may see every one's,
    and the register of moves with names for those who may see every pupil of the school."""

    def __init__(self, gate: Gate) -> None:
        self.gate, self.writing = gate, Writing(gate.opaque)

    def contents(self, visitor: Seen, school: str) -> Response:
        """The reports of one school."""
        run, school_id = self.gate.totals(visitor, school, "viewed reports")
        together = self.gate.sees_together(visitor)
        return self.writing.contents(visitor, self._of(visitor, run, school_id), together=together)

    def report(self, visitor: Seen, school: str, name: str) -> Response:
        """One report of one school."""
        run, school_id = self.gate.totals(visitor, school, f"viewed report {_known(name)}")
        return self.writing.report(visitor, self._of(visitor, run, school_id), name)

    def workbook(self, visitor: Seen, school: str, name: str, purpose: Purpose) -> Response:
        """One report of one school as a workbook: single moves only for those who may see every pupil."""
        run, school_id = self.gate.totals(visitor, school, f"exported report {_known(name)}", purpose=purpose)
        return _workbook(self._of(visitor, run, school_id), name)

    def register(self, visitor: Seen, school: str) -> Response:
        """Every move off site and off roll of one school, with names."""
        run, school_id = self.gate.names(visitor, school, "viewed register of moves")
        return self.writing.register(visitor, self._of(visitor, run, school_id))

    def contents_together(self, visitor: Seen) -> Response:
        """The reports of all schools side by side."""
        run = self.gate.together(visitor, "viewed reports")
        return self.writing.contents(visitor, self._of(visitor, run), together=True)

    def together(self, visitor: Seen, name: str) -> Response:
        """One report of all schools side by side."""
        run = self.gate.together(visitor, f"viewed report {_known(name)}")
        return self.writing.report(visitor, self._of(visitor, run), name)

    def workbook_together(self, visitor: Seen, name: str, purpose: Purpose) -> Response:
        """One report of all schools as a workbook, in totals."""
        run = self.gate.together(visitor, f"exported report {_known(name)}", purpose=purpose)
        return _workbook(self._of(visitor, run), name)

    def _of(self, visitor: Seen, run: Run, school_id: str | None = None) -> Reading:
        return Reading(self.gate.store, run, visitor.account, school_id)


def _known(name: str) -> str:
    """A name that is no report's leads nowhere, and is not kept in the log."""
    if name not in REPORTS:
        raise HTTPException(MISSING)
    return name


def _workbook(reading: Reading, name: str) -> Response:
    try:
        report = reading.report(name)
    except NotMade as why:
        raise HTTPException(MISSING) from why
    headers = {
        "Content-Disposition": f'attachment; filename="{name}_{report.value.period.end.isoformat()}.xlsx"'
    }
    return Response(report.as_xlsx(cases=reading.names_every_pupil), media_type=EXCEL, headers=headers)
