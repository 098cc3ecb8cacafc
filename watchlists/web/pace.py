"""How fast one browser may ask: far faster than anybody reads, and far slower than a machine that takes everything."""

import hashlib
from collections import Counter
from collections.abc import Callable

from starlette.requests import HTTPConnection
from starlette.responses import PlainTextResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from watchlists.web.headers import HEADERS

MOST = 300  # requests of one browser in a span
SPAN = 10  # seconds
UNCOUNTED = "/static/"
TOO_FAST = "Too many requests at once. Wait ten seconds, then try again."
Seconds = Callable[[], float]


class Pace:
    """The application, answering 429 to whoever asks more than so often: a browser by the cookie of its session,
    anybody else by the address. Styles and scripts are not counted: they say nothing of anybody, and a page asks for
    several. Counts are of the present span alone, so that a flood fills no memory for long."""

    def __init__(self, app: ASGIApp, cookie: str, seconds: Seconds) -> None:
        self.app, self.cookie, self.seconds = app, cookie, seconds
        self.span, self.asked = -1, Counter[str]()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        counts = scope["type"] == "http" and not scope["path"].startswith(UNCOUNTED)
        if counts and self._too_fast(HTTPConnection(scope)):
            answer = PlainTextResponse(TOO_FAST, 429, {**HEADERS, "Retry-After": str(SPAN)})
            await answer(scope, receive, send)
        else:
            await self.app(scope, receive, send)

    def _too_fast(self, asking: HTTPConnection) -> bool:
        span = int(self.seconds() // SPAN)
        if span != self.span:
            self.span, self.asked = span, Counter()
        who = asking.cookies.get(self.cookie) or (asking.client.host if asking.client else "")
        sealed = hashlib.sha256(who.encode()).hexdigest()
        self.asked[sealed] += 1
        return self.asked[sealed] > MOST
