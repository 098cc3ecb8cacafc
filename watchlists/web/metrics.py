"""`/metrics` for a monitor, in Prometheus's text: whether the list is fresh and the pages are well. Totals, and nobody.

On this machine it is open, since the pages are; where a TLS proxy stands before them there is no such page, unless a
token was given and is brought.
"""

from collections.abc import Iterator
from datetime import date, datetime, timedelta

from fastapi import FastAPI, HTTPException, Request, Response
from prometheus_client import CONTENT_TYPE_LATEST, CollectorRegistry, Counter, generate_latest
from prometheus_client.core import GaugeMetricFamily, InfoMetricFamily, Metric
from prometheus_client.registry import Collector
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from sources.audit import broken_at
from sources.store import Store
from watchlists.web.gate import MISSING, Gate
from watchlists.web.visitor import same_token

READ_AGAIN = timedelta(minutes=15)  # the audit log of years takes seconds to read
FAULT = 500  # what an answer that never began is counted as


def add_metrics(app: FastAPI, token: str, *, https: bool) -> None:
    """Adds the page, and counts every answer from now on. Behind TLS it opens to whoever brings the token alone, and
    without a token to nobody."""
    registry = CollectorRegistry()
    answers = Counter("handrail_requests", "Answers given, by their kind.", ["status"], registry=registry)
    registry.register(Health(app.state.gate))

    def metrics(request: Request) -> Response:
        brought = request.headers.get("authorization", "").removeprefix("Bearer ")
        if (https or token) and not (token and same_token(brought, token)):
            raise HTTPException(MISSING)
        return Response(generate_latest(registry), media_type=CONTENT_TYPE_LATEST)

    app.add_api_route("/metrics", metrics, methods=["GET"], response_model=None)
    app.add_middleware(Counted, answers=answers)


class Counted:
    """The application, its answers counted."""

    def __init__(self, app: ASGIApp, answers: Counter) -> None:
        self.app, self.answers = app, answers

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        told = FAULT

        async def send_on(message: Message) -> None:
            nonlocal told
            if message["type"] == "http.response.start":
                told = message["status"]
            await send(message)

        try:
            await self.app(scope, receive, send_on)
        finally:
            if scope["type"] == "http":
                self.answers.labels(f"{told // 100}xx").inc()


class Health(Collector):
    """What is so of the store at the moment it is asked."""

    def __init__(self, gate: Gate) -> None:
        self.gate = gate
        self.read: tuple[datetime, bool] | None = None

    def collect(self) -> Iterator[Metric]:
        """The list, where there is one, and the audit log."""
        yield _gauge(
            "handrail_audit_whole", "1 where every line of the audit log is as written.", self._whole()
        )
        run = self.gate.run()
        if run is None:
            return
        age = (self.gate.clock().date() - date.fromisoformat(run.facts["as_of"])).days
        named = {"run": run.name, "as_of": run.facts["as_of"], "gate": str(run.facts.get("gate", ""))}
        yield InfoMetricFamily("handrail_list", "The list that is shown.", value=named)
        yield _gauge("handrail_list_age_days", "Days since the day the list is of.", age)
        yield _gauge("handrail_schools", "Schools in the list.", len(run.schools))
        yield _gauge(
            "handrail_schools_withdrawn", "Schools whose list is too old to be shown.", len(run.withdrawn)
        )
        listed = sum(len(rows) for rows in run.listed.values())
        if listed > Store(self.gate.store).settings.small_numbers:
            yield _gauge("handrail_listed_pupils", "Pupils on the list, all schools together.", listed)

    def _whole(self) -> bool:
        now = self.gate.clock()
        if self.read is None or now - self.read[0] > READ_AGAIN:
            self.read = now, broken_at(self.gate.store) is None
        return self.read[1]


def _gauge(name: str, words: str, value: float) -> GaugeMetricFamily:
    return GaugeMetricFamily(name, words, value=value)
