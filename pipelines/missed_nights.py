"""Nights that Prefect's clock asked for and nobody began: one is made up for, and it stands for all of them."""

from uuid import UUID

from prefect.client.orchestration import PrefectClient, get_client
from prefect.client.schemas.filters import DeploymentFilter, DeploymentFilterId
from prefect.client.schemas.objects import FlowRun
from prefect.client.schemas.sorting import FlowRunSort
from prefect.context import FlowRunContext
from prefect.states import Cancelled

from pipelines.moment import now

AT_ONCE = (
    200  # runs in one answer, Prefect's most; the newest, of which its clock asks for a hundred in advance
)
OVERTAKEN = "A night that was missed: the one that ran in its place published the newest day."


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
    """Asks for one night where none has begun since the newest that was due, and none waits: the server turned it away
    while a night that a power cut ended still held the only place."""
    newest = await client.read_flow_runs(
        deployment_filter=_of(deployment), sort=FlowRunSort.EXPECTED_START_TIME_DESC, limit=AT_ONCE
    )
    due = _due(newest)
    if not due or any(map(_waits, due)):
        return
    last = due[0].expected_start_time
    if last and not any(run.start_time and run.start_time >= last for run in newest):
        await client.create_flow_run_from_deployment(deployment, parameters=due[0].parameters)


def _of(deployment: UUID) -> DeploymentFilter:
    return DeploymentFilter(id=DeploymentFilterId(any_=[deployment]))


def _due(runs: list[FlowRun]) -> list[FlowRun]:
    return [run for run in runs if run.expected_start_time and run.expected_start_time <= now()]


def _waits(run: FlowRun) -> bool:
    return run.state is not None and run.state.is_scheduled()
