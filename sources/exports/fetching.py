"""Asking a hub for one page: bounded in time and size, patient with a busy server, never sent on to another host."""

import json
import re
import time
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from email.utils import parsedate_to_datetime
from ipaddress import ip_address
from typing import Any

import httpx

from configs.refusals import BadSettings, Refusal

TIMEOUT = httpx.Timeout(30.0, connect=10.0)
MOST_BYTES, MOST_SECONDS = 32 << 20, 300.0  # of one page
TRIES, FIRST_WAIT, LONGEST_WAIT = 6, 1.0, 120.0
REDIRECTS = 3


class NotPulled(Refusal):
    """The hub did not give what was asked of it; nothing was written."""


class NotAllowed(NotPulled):
    """The token does not open that resource, or the hub has none."""


@dataclass(frozen=True)
class Answer:
    """What a hub answered: the page's JSON (None: nothing has changed), and the answer's headers."""

    page: Any
    headers: Mapping[str, str]


@dataclass
class Door:
    """The way to one hub. The token goes into a header and nowhere else."""

    url: httpx.URL
    token: str = field(repr=False)
    headers: Mapping[str, str]
    wait: Callable[[float], None] = time.sleep

    def __post_init__(self) -> None:
        loopback = _checked(self.url)
        if not re.fullmatch(r"[!-~]+", self.token):
            raise BadSettings(
                "The token is empty, or has a space or a letter in it that no token has. Copy it again."
            )
        headers = {**self.headers, "Authorization": f"Bearer {self.token}"}
        self.client = httpx.Client(
            headers=headers, timeout=TIMEOUT, follow_redirects=False, trust_env=not loopback
        )

    def address(self, path: str, params: Mapping[str, str]) -> httpx.URL:
        """The address of a resource below the hub's own."""
        base = self.url.path.rstrip("/")
        return self.url.copy_with(
            path=f"{base}/{path}", query=str(httpx.QueryParams(dict(params))).encode() or None
        )

    def follow(self, current: httpx.URL, to: str, what: str) -> httpx.URL:
        """The address that a hub names next. Refused (NotPulled) where it leads to another host."""
        try:
            address = current.join(to)
        except (httpx.InvalidURL, ValueError):
            raise NotPulled(f"{what}: the hub named a next address that is none. Try again later.") from None
        if (address.scheme, address.host, address.port) != (self.url.scheme, self.url.host, self.url.port):
            raise NotPulled(
                f"{what}: the hub sent us on to another host, which is never followed. Check the address."
            )
        return address

    def ask(self, address: httpx.URL, headers: Mapping[str, str], what: str) -> Answer:
        """One page. `what` names it in messages.

        Refused: a token that is not taken (BadSettings), a resource that is not open to it (NotAllowed), a page that
        did not come whole after several tries, or is larger than any page is (NotPulled).
        """
        why, pause = "", FIRST_WAIT
        for turn in range(TRIES):
            if turn:
                self.wait(pause)
            try:
                status, answered, body = self._once(address, headers, what)
            except httpx.RequestError as error:
                why, pause = f"no whole answer came ({type(error).__name__})", FIRST_WAIT * 2**turn
                continue
            if status == 429 or status >= 500:
                why, pause = f"the hub answered {status}", _pause(answered, turn, what)
                continue
            _check(status, what)
            if status == 304:
                return Answer(None, answered)
            try:
                return Answer(json.loads(body, parse_constant=_no_number), answered)
            except (ValueError, RecursionError):
                why, pause = "the page is not whole JSON", FIRST_WAIT * 2**turn
        raise NotPulled(f"{what}: {why}, {TRIES} times. Nothing was written. Try again later.")

    def _once(
        self, address: httpx.URL, headers: Mapping[str, str], what: str
    ) -> tuple[int, httpx.Headers, bytes]:
        """Status, headers and body; a redirect on the same host is followed a few times."""
        for _ in range(REDIRECTS):
            with self.client.stream("GET", address, headers=headers) as answer:
                if not answer.has_redirect_location:
                    return answer.status_code, answer.headers, _body(answer, what)
                address = self.follow(address, answer.headers["Location"], what)
        raise NotPulled(f"{what}: the hub sends us round and round. Check the address.")


def _body(answer: httpx.Response, what: str) -> bytes:
    body, until = bytearray(), time.monotonic() + MOST_SECONDS
    for chunk in answer.iter_bytes():
        body += chunk
        if len(body) > MOST_BYTES:
            raise NotPulled(f"{what}: the page is larger than {MOST_BYTES >> 20} MB, and was not read on.")
        if time.monotonic() > until:
            raise httpx.ReadTimeout("the page took too long")
    return bytes(body)


def _no_number(text: str) -> None:
    raise ValueError(text)


def _check(status: int, what: str) -> None:
    if status == 401:
        raise BadSettings(
            f"{what}: the hub did not take the token (401). Ask for a new one, and give it again."
        )
    if status in (403, 404):
        raise NotAllowed(
            f"{what}: the hub does not open this to the token ({status}). Ask the school to allow it."
        )
    if status not in (200, 304):
        raise NotPulled(f"{what}: the hub answered {status}, which is not expected. Check the address.")


def _pause(headers: httpx.Headers, turn: int, what: str) -> float:
    """How long to wait: as the hub asks, up to two minutes; otherwise twice as long each time."""
    asked = headers.get("Retry-After", "")
    seconds = float(asked) if re.fullmatch(r"\d{1,9}", asked) else _until(asked, headers.get("Date", ""))
    if seconds is None:
        return float(FIRST_WAIT * 2**turn)
    if seconds > LONGEST_WAIT:
        raise NotPulled(f"{what}: the hub asks to be left for {seconds:.0f} seconds. Try again after that.")
    return max(seconds, 0.0)


def _until(then: str, now: str) -> float | None:
    """Seconds between two dates of HTTP, by the hub's own clock."""
    try:
        return (parsedate_to_datetime(then) - parsedate_to_datetime(now)).total_seconds()
    except (TypeError, ValueError):
        return None


def _checked(url: httpx.URL) -> bool:
    """Whether the hub is on this machine. Refused (BadSettings): an address that would send the token unprotected."""
    loopback = url.host == "localhost" or _is_loopback(url.host)
    if url.scheme != "https" and not (url.scheme == "http" and loopback):
        raise BadSettings(
            "The address must begin with https://: the token and the pupils' records go over it."
        )
    if not url.host or url.userinfo or url.query or url.fragment:
        raise BadSettings("The address must be the hub's alone, such as https://api.wonde.com/v1.0, with no name, "
                          "password, token or question in it.")  # fmt: skip
    return loopback


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return False
