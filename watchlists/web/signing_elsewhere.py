"""Signing in with the school's own Microsoft or Google: on to the provider, and back with whom it vouches for."""

import secrets

from fastapi import Request, Response
from fastapi.responses import RedirectResponse

from watchlists.access.elsewhere import account_for, begin, end
from watchlists.access.openid import NotVouchedFor, OpenId
from watchlists.language import marked, said
from watchlists.web.signing import Signing, way_back

BACK = "/sign-in/back"
OUT = marked("You are not signed in.")
NO_ACCOUNT = marked(
    "{provider} knows you, but no account here is yours. If you should have one, give this code to whoever makes "
    "accounts: {code}"
)
FAILED = marked(
    "Signing in with {provider} did not work. Try again. If it happens again, tell whoever looks after the school’s "
    "data."
)
OF_CODE = 12  # letters: enough that none is met by chance, few enough to read out


class Elsewhere:
    """The two pages that need no session beside the sign-in page. Whoever has no account here is not let in."""

    def __init__(self, signing: Signing, openid: OpenId) -> None:
        self.signing, self.openid, self.gate = signing, openid, signing.gate

    def go(self, request: Request, next: str = "/") -> Response:
        """On to the provider."""
        cookie = request.cookies.get(self.signing.before) or secrets.token_urlsafe(32)
        journey = begin(self.gate.store, cookie, way_back(next), self.gate.clock())
        try:
            response = RedirectResponse(self.openid.way_out(journey, self._back(request)), status_code=303)
        except NotVouchedFor as why:
            return self._refused(request, journey.way, why)
        self.signing.keep(response, self.signing.before, cookie)
        return response

    def back(self, request: Request, code: str = "", state: str = "", error: str = "") -> Response:
        """A new session where this browser began the journey and an account is that person's."""
        cookie, now = request.cookies.get(self.signing.before, ""), self.gate.clock()
        journey = end(self.gate.store, cookie, state, now) if cookie and state else None
        if journey is None:
            return self._refused(request, "/", NotVouchedFor("no such journey"))
        if error or not code:
            return self._refused(request, journey.way, NotVouchedFor("stopped at the provider"))
        try:
            vouched = self.openid.came_back(journey, code, self._back(request), now)
        except NotVouchedFor as why:
            return self._refused(request, journey.way, why)
        own = self._code(vouched.subject)
        name = account_for(self.gate.store, own, vouched.email)
        if name is None:
            self.gate.note(None, "sign-in refused", elsewhere="no account", code=own)
            more = said(NO_ACCOUNT, provider=self.signing.provider, code=own)
            return self.signing.form(request, journey.way, OUT, 401, more)
        return self.signing.enter(request, name, journey.way, elsewhere=True)

    def _code(self, subject: str) -> str:
        """What stands for that person in the accounts: says nothing of them, and is of this issuer and store alone."""
        return self.gate.opaque.of("sign-in", f"{self.openid.provider.issuer}\0{subject}")[:OF_CODE]

    def _refused(self, request: Request, way: str, why: NotVouchedFor) -> Response:
        self.gate.note(None, "sign-in refused", elsewhere=str(why))
        return self.signing.form(request, way, OUT, 401, said(FAILED, provider=self.signing.provider))

    def _back(self, request: Request) -> str:
        scheme = "https" if self.signing.https else request.url.scheme
        return f"{scheme}://{request.url.netloc}{BACK}"
