"""Whoever asks: the session's account, and the token that every form of that session carries."""

import hashlib
import hmac
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import Depends, HTTPException, Request

from watchlists.access.roles import Account

MOST_FORM = 20_000  # bytes: a note of 200 characters, twice over in any script
MOST_FIELDS = 50
SESSION, BEFORE = "handrail", "handrail_form"


@dataclass(frozen=True)
class Visitor:
    """A signed-in member of staff: the token of the session's forms, the moment of asking and when the session ends."""

    account: Account
    token: str
    at: datetime
    ends: datetime

    @property
    def seconds_left(self) -> int:
        """How long the session lasts if nothing more is asked of it."""
        return max(0, int((self.ends - self.at).total_seconds()))


class SignInFirst(Exception):
    """There is no session: the sign-in page comes first."""


def visitor_of(request: Request) -> Visitor:
    """The visitor, or SignInFirst. Every page but the sign-in page depends on it."""
    visitor: Visitor = request.app.state.gate.visitor(request)
    return visitor


async def form_of(request: Request) -> dict[str, str]:
    """The fields of a form, the last of each name. Refused where it is larger than any of ours."""
    body = b""
    async for part in request.stream():
        body += part
        if len(body) > MOST_FORM:
            raise HTTPException(413)
    text = body.decode("utf-8", "replace").replace("%00", "")  # nobody types a NUL, and PostgreSQL keeps none
    try:
        return dict(parse_qsl(text, keep_blank_values=True, max_num_fields=MOST_FIELDS))
    except ValueError as error:  # more fields than any form of ours
        raise HTTPException(413) from error


def form_token(key: bytes, cookie: str) -> str:
    """The token a form must bring back: only a page of ours, shown to that browser, holds it."""
    return hmac.new(key, f"form\0{cookie}".encode(), hashlib.sha256).hexdigest()


def same_token(one: str, other: str) -> bool:
    """Whether two tokens agree, in the same time whatever they hold."""
    return hmac.compare_digest(one.encode(), other.encode())


Seen = Annotated[Visitor, Depends(visitor_of)]
Form = Annotated[dict[str, str], Depends(form_of)]
