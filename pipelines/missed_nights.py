"""Nights that Prefect's clock asked for and nobody began: one is made up for, and it stands for all of them."""

from datetime import datetime
from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.states import Cancelled, Crashed

from pipelines.moment import now

AT_ONCE = (
    200  # runs in one answer, Prefect's most; the newest, of which its clock asks for a hundred in advance
)
OVERTAKEN = "A night that was missed: the one that ran in its place published the newest day."
CUT_OFF = "The machine stopped in the middle of this night."


def cancel_other_nights() -> None:
    """Called in a night: cancels every other one of its deployment that is due and has not begun."""
    context = FlowRunContext.get()
    own = context.flow_run if context else None
    if own is None or own.deployment_id is None:
        return
    with get_client(sync_client=True) as client:
        newest = client.read_flow_runs(
            deployment_filter=_of(own.deployment_id), sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=AT_ONCE
        )
        for other in _due(newest):
            if other.id != own.id and _waits(other):
                client.set_flow_run_state(other.id, Cancelled(message=OVERTAKEN), force=True)


async def make_up_for_missed(client: PrefectClient, deployment: UUID) -> None:
    """Asks for one night where none has ended since the newest that was due, and none waits. Called before any is
    started: one that is still said to be at work was cut off with the machine, and the server may have turned others
    away while it held the only place."""
    newest = await client.read_flow_runs(
        deployment_filter=_of(deployment), sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=AT_ONCE
    )
    due = _due(newest)
    for run in due:
        if run.state and (run.state.is_running() or run.state.is_pending()):
            await client.set_flow_run_state(run.id, Crashed(message=CUT_OFF), force=True)
    if due and not any(map(_waits, due)) and not _ended_since(due, due[0].expected_start_time):
        await client.create_flow_run_from_deployment(deployment, parameters=due[0].parameters)


def _ended_since(due: list[FlowRun], last: datetime | None) -> bool:
    """Whether a night that began since then came to its end, well or ill."""
    return any(
        run.run_count and run.start_time and last and run.start_time >= last
        for run in due
        if run.state and (run.state.is_completed() or run.state.is_failed())
    )


def _of(deployment: UUID) -> DeploymentFilter:
    return DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))


def _due(runs: list[FlowRun]) -> list[FlowRun]:
    return [run for run in runs if run.expected_start_time and run.expected_start_time <= now()]


def _waits(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_scheduled()
