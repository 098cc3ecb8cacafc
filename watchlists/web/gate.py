"""Who may see what. Every read of a page or file passes here and is written to the audit log, or nobody sees it.

A school or pupil that one may not see is answered like one that does not exist. The log names the visitor, what was
done and the opaque id of the page's address: never a pupil.
"""

from collections.abc import Callable
from datetime import datetime
from pathlib import Path
from typing import Any, NoReturn

from fastapi import HTTPException, Request

from sources.audit import append
from watchlists.access.roles import may_see_totals, sees_whole_school, works_at
from watchlists.access.sessions import who
from watchlists.opaque import Opaque
from watchlists.web.dates import HERE
from watchlists.web.place import Place, place_of
from watchlists.web.runs import Run, current_run, links_of
from watchlists.web.visitor import SESSION, SignInFirst, Visitor, form_token, same_token
from watchlists.web.withdrawing import as_shown

MISSING, STALE_FORM = 404, 403
Clock = Callable[[], datetime]


class Unaudited(Exception):
    """The audit log cannot be written, so nothing is shown."""


class TooOld(Exception):
    """The school's list is shown no more, so there is nothing to take away. Holds the school's link."""


class Gate:
    """The one way from an address to a run, a school, a pupil or totals."""

    def __init__(self, store: Path, opaque: Opaque, clock: Clock, prefix: str = "") -> None:
        self.store, self.opaque, self.clock = store, opaque, clock
        self.cookie = prefix + SESSION

    def visitor(self, request: Request) -> Visitor:
        """Whoever is signed in, or SignInFirst."""
        token, now = request.cookies.get(self.cookie, ""), self.clock()
        session = who(self.store, token, now) if token else None
        if session is None:
            raise SignInFirst
        return Visitor(session.account, form_token(self.opaque.key, token), now, session.ends)

    def run(self) -> Run | None:
        """The current run as it may be shown now: nobody of a school whose list is too old by the clock."""
        run = current_run(self.store)
        return as_shown(run, self.clock().astimezone(HERE).date()) if run else None

    def schools(self, visitor: Visitor) -> list[tuple[str, str]]:
        """The link and name of each school the visitor works at."""
        run = self.run()
        held = [school for school in run.schools if works_at(visitor.account, school)] if run else []
        named = (
            [(self.opaque.of("school", school), run.school_name(school)) for school in held] if run else []
        )
        return sorted(named, key=lambda school: school[1])

    def school(self, visitor: Visitor, link: str, act: str, **facts: Any) -> Place:
        """The pupils of a school whom the visitor may see."""
        place = self._place(visitor, link, act)
        self.note(visitor, act, school=link, **facts)
        return place

    def to_take_away(self, visitor: Visitor, link: str, act: str, **facts: Any) -> Place:
        """The same for a list on paper or in a file; TooOld where it is shown no more."""
        place = self._place(visitor, link, act)
        if place.school_id in place.run.withdrawn:
            raise TooOld(link)
        self.note(visitor, act, school=link, **facts)
        return place

    def totals(self, visitor: Visitor, link: str, act: str, **facts: Any) -> tuple[Run, str]:
        """The run and school whose totals the visitor may see."""
        run, school_id = self._school(visitor, link, act)
        if not may_see_totals(visitor.account, school_id):
            self._deny(visitor, act, link)
        self.note(visitor, act, school=link, **facts)
        return run, school_id

    def names(self, visitor: Visitor, link: str, act: str) -> tuple[Run, str]:
        """The run and a school of which the visitor may see the totals, and every pupil by name."""
        run, school_id = self._school(visitor, link, act)
        account = visitor.account
        if not (may_see_totals(account, school_id) and sees_whole_school(account, school_id)):
            self._deny(visitor, act, link)
        self.note(visitor, act, school=link)
        return run, school_id

    def together(self, visitor: Visitor, act: str, **facts: Any) -> Run:
        """The run, for a visitor who may see the totals of every school in it, side by side."""
        run = self.run()
        if run is None or not self.sees_together(visitor):
            self._deny(visitor, act, "")
        self.note(visitor, act, **facts)
        return run

    def sees_together(self, visitor: Visitor) -> bool:
        """Whether the visitor may see the totals of every school."""
        run = self.run()
        return run is not None and all(may_see_totals(visitor.account, school) for school in run.schools)

    def at_school(self, visitor: Visitor, link: str, act: str) -> tuple[Run, str]:
        """The run and a school the visitor works at, for a page that names nobody."""
        run, school_id = self._school(visitor, link, act)
        self.note(visitor, act, school=link)
        return run, school_id

    def pupil(self, visitor: Visitor, link: str, act: str) -> tuple[Place, str]:
        """One pupil on roll whom the visitor may see, with the school as the visitor may see it."""
        run = self.run()
        pupil_id, schools = links_of(run, self.opaque, self.store).get(link, ("", ())) if run else ("", ())
        for school_id in schools:
            place = place_of(self.store, run, school_id, self.opaque, visitor.account) if run else None
            if place and pupil_id in place.own:
                self.note(visitor, act, pupil=link)
                return place, pupil_id
        self._deny(visitor, act, link)

    def check(self, visitor: Visitor, form: dict[str, str]) -> None:
        """Refuses a form that no page of this session made."""
        if not same_token(form.get("token", ""), visitor.token):
            self.note(visitor, "denied", act="form")
            raise HTTPException(STALE_FORM)

    def note(self, visitor: Visitor | None, event: str, **facts: Any) -> None:
        """One line in the audit log, or Unaudited."""
        by = {"by": visitor.account.name} if visitor else {}
        try:
            append(self.store, self.clock(), event, **by, **facts)
        except OSError as error:
            raise Unaudited from error

    def _school(self, visitor: Visitor, link: str, act: str) -> tuple[Run, str]:
        run = self.run()
        found = {self.opaque.of("school", held): held for held in run.schools} if run else {}
        if run is None or link not in found or not works_at(visitor.account, found[link]):
            self._deny(visitor, act, link)
        return run, found[link]

    def _place(self, visitor: Visitor, link: str, act: str) -> Place:
        run, school_id = self._school(visitor, link, act)
        place = place_of(self.store, run, school_id, self.opaque, visitor.account)
        if place is None:
            self._deny(visitor, act, link)
        return place

    def _deny(self, visitor: Visitor, act: str, link: str) -> NoReturn:
        """The same answer for unknown, gone and not allowed. An address typed at random is not kept whole."""
        self.note(visitor, "denied", act=act, asked=self.opaque.of("asked", link))
        raise HTTPException(MISSING)
