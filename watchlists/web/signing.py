"""Signing in and out, and one's own account."""

import secrets
from typing import Any
from urllib.parse import urlencode

from fastapi import Request, Response
from fastapi.responses import JSONResponse, RedirectResponse

from configs.refusals import BadSettings
from watchlists.access import accounts, sessions, throttle
from watchlists.access.passwords import LEAST, right
from watchlists.language import marked, said, translated
from watchlists.web.gate import Gate
from watchlists.web.templating import Pen
from watchlists.web.visitor import BEFORE, Form, Seen, form_token, same_token

WRONG = marked("The name and password do not go together. Check both and try again.")
RESTING = marked("Too many tries. Wait a quarter of an hour, then try again.")
OLD_FORM = marked("The page was open for too long. Try again.")


class Signing:
    """The pages that need no session, and those about one's own."""

    def __init__(self, gate: Gate, pen: Pen, *, https: bool, prefix: str = "", provider: str = "") -> None:
        self.gate, self.pen, self.https, self.before = gate, pen, https, prefix + BEFORE
        self.provider = provider  # where else one may sign in

    def first(self, request: Request) -> Response:
        """On to the sign-in page, and back afterwards."""
        here = request.url.path + (f"?{request.url.query}" if request.url.query else "")
        back = f"?{urlencode({'next': here})}" if request.method == "GET" and here != "/" else ""
        return RedirectResponse(f"/sign-in{back}", status_code=303)

    def page(self, request: Request, next: str = "/") -> Response:
        """The sign-in page."""
        return self.form(request, way_back(next))

    def sign_in(self, request: Request, form: Form) -> Response:
        """A new session where name and password go together."""
        way, cookie = way_back(form.get("next", "/")), request.cookies.get(self.before, "")
        if not same_token(form.get("token", ""), form_token(self.gate.opaque.key, cookie)) or not cookie:
            return self.form(request, way, OLD_FORM, 403)
        name, now = form.get("name", "").strip().casefold(), self.gate.clock()
        address = request.client.host if request.client else ""
        if throttle.resting(self.gate.store, name, address, now):
            self.gate.note(None, "sign-in refused", why="too many tries")
            return self.form(request, way, RESTING, 429)
        held = accounts.password_of(self.gate.store, name)
        if not right(form.get("password", ""), held):
            throttle.failed(self.gate.store, name, address, now)
            self.gate.note(None, "sign-in refused", name=name if held else "unknown")
            return self.form(request, way, WRONG, 401)
        return self.enter(request, name, way)

    def enter(self, request: Request, name: str, way: str, **facts: Any) -> Response:
        """On to the page, in a new session of that account; the one before is over."""
        sessions.end(self.gate.store, request.cookies.get(self.gate.cookie, ""))
        self.gate.note(None, "signed in", by=name, **facts)
        response = RedirectResponse(way, status_code=303)
        self.keep(response, self.gate.cookie, sessions.begin(self.gate.store, name, self.gate.clock()))
        response.delete_cookie(self.before, secure=self.https, httponly=True, samesite="lax")
        return response

    def sign_out(self, request: Request, visitor: Seen, form: Form) -> Response:
        """The end of the session."""
        self.gate.check(visitor, form)
        sessions.end(self.gate.store, request.cookies.get(self.gate.cookie, ""))
        self.gate.note(visitor, "signed out")
        response = RedirectResponse("/sign-in", status_code=303)
        response.delete_cookie(self.gate.cookie, secure=self.https, httponly=True, samesite="lax")
        return response

    def still_here(self, visitor: Seen) -> Response:
        """How many seconds the session lasts from now, having been asked: a page that is open asks for its reader."""
        return JSONResponse({"seconds": visitor.seconds_left})

    def account(self, visitor: Seen) -> Response:
        """One's own account: what it opens, and a new password."""
        return self._account(visitor)

    def new_password(self, visitor: Seen, form: Form) -> Response:
        """A new password; every session of the account ends."""
        self.gate.check(visitor, form)
        store, name, now = self.gate.store, visitor.account.name, self.gate.clock()
        if throttle.resting(store, name, "", now):
            return self._account(visitor, said(RESTING), 429)
        if not right(form.get("old", ""), accounts.password_of(store, name)):
            throttle.failed(store, name, "", now)
            return self._account(visitor, said("The present password is not right."), 422)
        if form.get("new") != form.get("again"):
            return self._account(visitor, said("The two new passwords differ."), 422)
        try:
            accounts.change_password(store, name, form.get("new", ""))
        except BadSettings as refusal:
            return self._account(visitor, str(refusal), 422)
        self.gate.note(visitor, "password changed")
        return RedirectResponse("/sign-in", status_code=303)

    def _account(self, visitor: Seen, error: str = "", status: int = 200) -> Response:
        schools = [name for _, name in self.gate.schools(visitor)]
        given: dict[str, Any] = {
            "schools": schools, "least": LEAST, "provider": self.provider,
            "has_password": bool(accounts.password_of(self.gate.store, visitor.account.name)),
        }  # fmt: skip
        return self.pen.page("account.html", status, visitor=visitor, error=error, tab="account", **given)

    def form(
        self, request: Request, way: str, error: str = "", status: int = 200, more: str = ""
    ) -> Response:
        """The sign-in page, with what went wrong and what to do about it."""
        cookie = request.cookies.get(self.before) or secrets.token_urlsafe(32)
        given: dict[str, Any] = {
            "token": form_token(self.gate.opaque.key, cookie), "way": way, "error": translated(error) if error else "",
            "nobody": not accounts.names(self.gate.store), "provider": self.provider, "more": more,
        }  # fmt: skip
        response = self.pen.page("sign_in.html", status, **given)
        self.keep(response, self.before, cookie)
        return response

    def keep(self, response: Response, cookie: str, value: str) -> None:
        """Gives the browser a cookie that no script and no other site can read."""
        response.set_cookie(
            cookie, value, max_age=sessions.LONGEST, secure=self.https, httponly=True, samesite="lax"
        )


def way_back(asked: str) -> str:
    """The page to go on to: one of ours, never another site.

    >>> way_back("/pupil/abc"), way_back("//evil.example"), way_back("https://evil.example"), way_back("/\\\\evil")
    ('/pupil/abc', '/', '/', '/')
    """
    ours = asked.startswith("/") and not asked.startswith(("//", "/\\")) and asked.isprintable()
    return asked if ours and "\\" not in asked else "/"
