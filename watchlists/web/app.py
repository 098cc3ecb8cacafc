"""The application: which address leads where, and that every one but the sign-in page asks who you are."""

from collections.abc import Callable, Sequence
from pathlib import Path

from fastapi import Depends, FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, PlainTextResponse, RedirectResponse
from fastapi.routing import APIRouter
from fastapi.staticfiles import StaticFiles
from starlette.exceptions import HTTPException as Refused
from starlette.middleware.trustedhost import TrustedHostMiddleware

from configs.refusals import DatabaseAway, WrongKey
from watchlists.access.openid import OpenId
from watchlists.opaque import opaque_of
from watchlists.web.gate import MISSING, STALE_FORM, Clock, Gate, TooOld, Unaudited
from watchlists.web.headers import HEADERS, WithHeaders
from watchlists.web.pages import Pages
from watchlists.web.pupil_pages import PupilPages
from watchlists.web.purpose import NO_PURPOSE, WhatFor, choices
from watchlists.web.saying import Saying
from watchlists.web.school_pages import SchoolPages
from watchlists.web.signing import Signing
from watchlists.web.signing_elsewhere import BACK, Elsewhere
from watchlists.web.templating import HERE, Pen
from watchlists.web.visitor import SignInFirst, visitor_of

LOOPBACK = ("127.0.0.1", "localhost", "[::1]")
ONLY_OVER_HTTPS = "__Host-"
Answers = Callable[..., Response]


def create_app(
    store_root: Path, clock: Clock, hosts: Sequence[str] = LOOPBACK, *, https: bool = False,
    openid: OpenId | None = None,
) -> FastAPI:  # fmt: skip
    """The pages of one store, answering only to the host names given; `https` where they are reached over TLS,
    `openid` where the school's own provider vouches for staff."""
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    app.add_middleware(TrustedHostMiddleware, allowed_hosts=list(hosts))
    app.add_middleware(WithHeaders, https=https)
    app.mount("/static", StaticFiles(directory=HERE / "static"), name="static")
    prefix = ONLY_OVER_HTTPS if https else ""
    gate, pen = Gate(store_root, opaque_of(store_root), clock, prefix), Pen()
    provider = openid.provider.name if openid else ""
    signing = Signing(gate, pen, https=https, prefix=prefix, provider=provider)
    app.state.gate = gate
    app.include_router(_open(signing, Elsewhere(signing, openid) if openid else None))
    app.include_router(_guarded(gate, pen, signing))
    _refusals(app, signing, pen, gate)
    return app


def _open(signing: Signing, elsewhere: Elsewhere | None) -> APIRouter:
    """What needs no session."""
    router = APIRouter()
    router.add_api_route("/sign-in", signing.page, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/sign-in", signing.sign_in, methods=["POST"], response_class=HTMLResponse)
    if elsewhere:
        router.add_api_route("/sign-in/elsewhere", elsewhere.go, methods=["GET"], response_class=HTMLResponse)
        router.add_api_route(BACK, elsewhere.back, methods=["GET"], response_class=HTMLResponse)
    router.add_api_route("/health", lambda: PlainTextResponse("ok"), methods=["GET"], response_model=None)
    return router


def _guarded(gate: Gate, pen: Pen, signing: Signing) -> APIRouter:
    """Everything else: no session, no page."""
    router = APIRouter(dependencies=[Depends(visitor_of)])
    pages, pupils, schools = Pages(gate, pen), PupilPages(gate, pen), SchoolPages(gate, pen)
    saying = Saying(gate, pen, pupils)
    get: dict[str, Answers] = {
        "/": pages.choose, "/still-here": signing.still_here, "/about": pages.about,
        "/about/card": pages.card, "/account": signing.account,
        "/privacy": pages.privacy, "/accessibility": pages.accessibility,
        "/school/{school}": pages.week, "/school/{school}/about": pages.about_school,
        "/school/{school}/print": pages.paper, "/school/{school}/list.csv": pages.csv,
        "/school/{school}/list.xlsx": pages.xlsx, "/school/{school}/pupils": schools.pupils,
        "/school/{school}/totals": schools.totals, "/school/{school}/mistakes": schools.mistakes,
        "/pupil/{pupil}": pupils.pupil, "/pupil/{pupil}/records/{record}": saying.mistake_page,
    }  # fmt: skip
    post: dict[str, Answers] = {
        "/sign-out": signing.sign_out, "/account": signing.new_password,
        "/school/{school}/pupils": schools.search, "/school/{school}/mistakes/{mistake}": saying.settle,
        "/pupil/{pupil}/view": saying.view, "/pupil/{pupil}/support": saying.support,
        "/pupil/{pupil}/review": saying.review, "/pupil/{pupil}/hold": saying.hold,
        "/pupil/{pupil}/records/{record}": saying.mistake,
    }  # fmt: skip
    for method, routes in (("GET", get), ("POST", post)):
        for path, answer in routes.items():
            router.add_api_route(path, answer, methods=[method], response_class=HTMLResponse)
    return router


def _refusals(app: FastAPI, signing: Signing, pen: Pen, gate: Gate) -> None:
    """The pages for what is not there, not allowed or not possible now."""

    async def missing(request: Request, error: Exception) -> Response:
        """The same for unknown, gone and not allowed."""
        del request
        status = error.status_code if isinstance(error, Refused) else MISSING
        return pen.page("old_form.html" if status == STALE_FORM else "missing.html", status)

    async def sign_in_first(request: Request, error: Exception) -> Response:
        del error
        return signing.first(request)

    async def what_for(request: Request, error: Exception) -> Response:
        del error
        return pen.page("what_for.html", NO_PURPOSE, visitor=gate.visitor(request), choices=choices(request))

    async def closed(request: Request, error: Exception) -> Response:
        del request, error
        return pen.page("closed.html", 503)

    async def away(request: Request, error: Exception) -> Response:
        del request, error
        return pen.page("away.html", 503)

    async def locked(request: Request, error: Exception) -> Response:
        """The key was changed or taken away since the pages were started."""
        del request, error
        return pen.page("locked.html", 503)

    async def broken(request: Request, error: Exception) -> Response:
        """Our own fault: nothing of it is shown, and the headers are those of every answer."""
        del request, error
        return pen.page("broken.html", 500, headers=HEADERS)

    async def too_old(request: Request, error: Exception) -> Response:
        """To the page that says why there is no list to take away."""
        del request
        return RedirectResponse(f"/school/{error}", status_code=303)

    app.add_exception_handler(Exception, broken)
    app.add_exception_handler(Refused, missing)
    app.add_exception_handler(
        RequestValidationError, missing
    )  # an address with a word where a number belongs
    app.add_exception_handler(SignInFirst, sign_in_first)
    app.add_exception_handler(WhatFor, what_for)
    app.add_exception_handler(Unaudited, closed)
    app.add_exception_handler(TooOld, too_old)
    app.add_exception_handler(DatabaseAway, away)
    app.add_exception_handler(WrongKey, locked)
