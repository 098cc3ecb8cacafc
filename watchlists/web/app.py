"""The pages: server-rendered, without scripts, reading only the run that was published."""

from collections.abc import Awaitable, Callable, Sequence
from datetime import date
from pathlib import Path
from typing import Any

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse
from fastapi.staticfiles import StaticFiles
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from starlette.exceptions import HTTPException as NotFound
from starlette.middleware.trustedhost import TrustedHostMiddleware

from watchlists.certainty import NOBODY_KNOWS, few, how_sure
from watchlists.exports import list_csv
from watchlists.ideas import ideas
from watchlists.opaque import Opaque, opaque_of
from watchlists.phrases import counted, full_date, long_day, short_day
from watchlists.web.drawing import drawings
from watchlists.web.gate import may_see
from watchlists.web.runs import Run, current_run, people_of
from watchlists.web.views import (
    dated_rows,
    freshness,
    in_two,
    name_of,
    parts,
    stale,
    year_groups,
    year_words,
)  # fmt: skip

HERE = Path(__file__).parent
LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
HEADERS = {
    "Content-Security-Policy": "default-src 'self'; base-uri 'none'; frame-ancestors 'none'",
    "Cache-Control": "no-store",
    "X-Content-Type-Options": "nosniff",
    "Referrer-Policy": "no-referrer",
}
NOTHING_AROUND: dict[str, Any] = {
    "tab": "", "school": None, "school_link": "", "fresh": [], "stale": [], "facts_only": False,
}  # fmt: skip
NO_FACTS: dict[str, Any] = {
    "model_id": "", "gate": "", "gate_words": "", "freshness": {}, "baselines": [], "how_sure": None,
}  # fmt: skip
MISSING = 404


def create_app(store_root: Path, hosts: Sequence[str] = LOOPBACK) -> FastAPI:
    """The pages of one store, answering only to the host names given."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    pages = Pages(store_root, opaque_of(store_root))
    get: dict[str, Callable[..., Response]] = {
        "/": pages.choose, "/about": pages.about, "/school/{school}": pages.week,
        "/school/{school}/about": pages.about, "/school/{school}/print": pages.paper,
        "/school/{school}/list.csv": pages.csv, "/pupil/{pupil}": pages.pupil,
    }  # fmt: skip
    for path, answer in get.items():
        app.add_api_route(path, answer, methods=["GET"], response_class=HTMLResponse)
    app.add_exception_handler(NotFound, pages.missing)

    @app.middleware("http")
    async def with_headers(request: Request, answer: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await answer(request)
        response.headers.update(HEADERS)
        return response

    return app


def templates() -> Environment:
    """The templates: all `.html`, everything escaped, an unknown name an error."""
    found = Environment(
        loader=FileSystemLoader(HERE / "templates"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    found.filters.update(
        counted=counted, year_words=year_words, few=few, day=lambda day: full_date(day_of(day))
    )
    return found


class Pages:
    """The answers of one store's pages."""

    def __init__(self, store_root: Path, opaque: Opaque) -> None:
        self.store_root = store_root
        self.opaque = opaque
        self.templates = templates()

    def choose(self, request: Request) -> Response:
        """The schools, or straight to the list where there is one only."""
        run = current_run(self.store_root)
        if run is None:
            return self._page("waiting.html")
        schools = [school for school in sorted(run.schools, key=run.school_name) if may_see(request, school)]
        links = [(self.opaque.of("school", school), run.school_name(school),
                  counted(len(run.of_school(school)), "pupil")) for school in schools]  # fmt: skip
        if len(links) == 1:
            return RedirectResponse(f"/school/{links[0][0]}", status_code=303)
        return self._page("choose.html", schools=links, as_of=full_date(as_of(run)))

    def week(self, request: Request, school: str, year: str | None = None) -> Response:
        """This week's list of one school, or of one year group of it."""
        run, school_id = self._school(request, school)
        rows, people = self._of_year(run, school_id, year), people_of(self.store_root, run, school_id)
        off = [(name_of(row["pupil_id"], people, self.opaque), row["why"]) for row in run.off_list(school_id)]
        return self._page(
            "week.html",
            **self._around(run, school_id, "week"),
            year=year,
            parts=parts(rows, people, self.opaque),
            listed=len(rows),
            off_list=off,
            years=year_groups(run, school_id),
            first_list=run.schools[school_id].get("first_list", False),
        )

    def paper(self, request: Request, school: str, year: str | None = None) -> Response:
        """The list for paper: first names and an initial, no reasons, room to write."""
        run, school_id = self._school(request, school)
        rows, people = self._of_year(run, school_id, year), people_of(self.store_root, run, school_id)
        return self._page(
            "print.html", **self._around(run, school_id, "week"), year=year, listed=len(rows),
            parts=parts(rows, people, self.opaque, a_to_z=True), as_of=full_date(as_of(run)),
        )  # fmt: skip

    def csv(self, request: Request, school: str, year: str | None = None) -> Response:
        """The list for a spreadsheet."""
        run, school_id = self._school(request, school)
        rows, people = self._of_year(run, school_id, year), people_of(self.store_root, run, school_id)
        name = f"watchlist_{school}_{as_of(run).isoformat()}.csv"
        return Response(list_csv(rows, people, self.opaque, as_of(run)), media_type="text/csv; charset=utf-8",
                        headers={"Content-Disposition": f'attachment; filename="{name}"'})  # fmt: skip

    def pupil(self, request: Request, pupil: str) -> Response:
        """One listed pupil: going well, noticed, changed, how sure, ideas, records."""
        run = self._run()
        found = {self.opaque.of("pupil", str(held)): str(held) for held in run.table["pupil_id"]}
        if pupil not in found or not may_see(request, run.pupils[found[pupil]]["school_id"], found[pupil]):
            raise HTTPException(MISSING)
        card, day = run.pupils[found[pupil]], as_of(run)
        row = run.table[run.table["pupil_id"] == found[pupil]].iloc[0]
        people = people_of(self.store_root, run, card["school_id"])
        sure = run.facts.get("how_sure") or {"of_ten": None, "n": 0}
        noticed = [concern["family"] for concern in card["concerns"]]
        return self._page(
            "pupil.html",
            **self._around(run, card["school_id"], "pupil"),
            row=row,
            card=card,
            name=name_of(found[pupil], people, self.opaque),
            ideas=ideas(noticed),
            nobody_knows=NOBODY_KNOWS,
            concerns=list(zip(card["concerns"], drawings(card["concerns"], day), strict=True)),
            sure=None if run.by_facts_only else how_sure(sure["of_ten"], sure["n"]),
            records=dated_rows(card["concerns"], day),
            since=long_day(day_of(row["since"]), day),
            support=[in_two(words, " since ") for words in card["support"]],
            week=lambda held: short_day(held, day),
        )

    def about(self, request: Request, school: str | None = None) -> Response:
        """What the list uses, what it never uses, and how often it was right."""
        run = current_run(self.store_root)
        around: dict[str, Any] = {}
        if run is not None and school is not None:
            run, school_id = self._school(request, school)
            around = self._around(run, school_id, "about")
        facts = {**NO_FACTS, **(run.facts if run else {})}
        sure = facts["how_sure"] or {"of_ten": None, "n": 0}
        return self._page(
            "about.html", **{**around, "tab": "about"}, facts=facts, checked=sure["n"],
            sure=how_sure(sure["of_ten"], sure["n"]), as_of=full_date(as_of(run)) if run else "",
        )  # fmt: skip

    async def missing(self, request: Request, error: Exception) -> Response:
        """The page for an address that leads nowhere: the same for unknown, gone and not allowed."""
        del request
        code = error.status_code if isinstance(error, NotFound) else MISSING
        return self._page("missing.html", status=code)

    def _run(self) -> Run:
        run = current_run(self.store_root)
        if run is None:
            raise HTTPException(MISSING)
        return run

    def _school(self, request: Request, school: str) -> tuple[Run, str]:
        run = self._run()
        found = {self.opaque.of("school", held): held for held in run.schools}
        if school not in found or not may_see(request, found[school]):
            raise HTTPException(MISSING)
        return run, found[school]

    def _of_year(self, run: Run, school_id: str, year: str | None) -> Any:
        rows = run.of_school(school_id)
        if year is None:
            return rows
        if year not in year_groups(run, school_id):
            raise HTTPException(MISSING)
        return rows[rows["year_group"] == year]

    def _around(self, run: Run, school_id: str, tab: str) -> dict[str, Any]:
        """What every page of a school shows around its content."""
        return {
            "tab": tab,
            "school": run.school_name(school_id),
            "school_link": self.opaque.of("school", school_id),
            "fresh": freshness(run, school_id),
            "stale": stale(run, school_id),
            "facts_only": run.by_facts_only,
            "gate_words": run.facts.get("gate_words", ""),
        }

    def _page(self, template: str, status: int = 200, **given: Any) -> HTMLResponse:
        page = self.templates.get_template(template)
        return HTMLResponse(page.render(**{**NOTHING_AROUND, **given}), status_code=status)


def as_of(run: Run) -> date:
    """The day the run's records are read as known on."""
    return date.fromisoformat(str(run.facts["as_of"])[:10])


def day_of(value: Any) -> date:
    """A date as Parquet gives it back."""
    return date.fromisoformat(str(value)[:10])
