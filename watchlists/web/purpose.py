"""What a list or a workbook is taken away for: asked each time, from a short list, and kept in the audit log.

Whoever gives no purpose is asked for one, at any address alike: what is asked says nothing of what is there.
"""

from typing import Annotated
from urllib.parse import quote, urlencode

from fastapi import Depends, Request

from watchlists.language import marked, said

PURPOSES = {
    "support": marked("A meeting to plan support"),
    "family": marked("A talk with a pupil or a family"),
    "colleague": marked("Handing over to a colleague"),
    "checking": marked("Checking it against the school’s own records"),
    "governance": marked("Leaders, governors or the trust asked for it"),
}
ASKED, NO_PURPOSE = "for", 400  # not 200: a script that asks for a file must not keep the question as one


class WhatFor(Exception):
    """No purpose was given, or none of ours."""


def purpose_of(request: Request) -> str:
    """The purpose that the address gives, or WhatFor."""
    given = request.query_params.get(ASKED, "")
    if given not in PURPOSES:
        raise WhatFor
    return given


def choices(request: Request) -> list[tuple[str, str]]:
    """Each purpose in words, and the address that asks for the same with it."""
    rest = [(name, value) for name, value in request.query_params.multi_items() if name != ASKED]
    where = quote(request.url.path)
    return [(said(words), f"{where}?{urlencode([*rest, (ASKED, key)])}") for key, words in PURPOSES.items()]


Purpose = Annotated[str, Depends(purpose_of)]
