"""Workflows: configurations, and instances with their members: look, cancel, replay a member."""

from __future__ import annotations

import msgspec

from motia.model import (
    OPEN_STATES,
    Instance,
    InstanceState,
    InstanceSummary,
    LoadFault,
    MemberState,
    Run,
    RunFilter,
    RunId,
    RunNotFound,
    RunState,
    StepId,
    TraceId,
    WorkflowSpec,
)
from motia.project import WORKFLOWS_DIR
from motia.telemetry import redact_text
from motia.workbench.deps import ControlWorkflows, NotRunning
from motia.workbench.endpoint import Call, Endpoint, Nothing, Permission, checked_limit
from motia.workbench.run_routes import ReplayBody
from motia.workflow import handling, why_of

EXPLAINED_MAX = 20
"""Members of an instance whose runs the scheduler is asked about."""
REPLAYABLE = (RunState.DEAD, RunState.SKIPPED, RunState.CANCELLED)


class WorkflowMemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A step of a workflow. `after` is empty for what comes directly after the start. `line`: where it is named."""

    step: str
    after: tuple[str, ...]
    line: int


class WorkflowView(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow. Not `is_configured`: there are only instances of it left.

    `counts`: instances by state, exact up to 100,000 each.
    """

    id: str
    is_configured: bool
    description: str
    start: str
    members: tuple[WorkflowMemberView, ...]
    on_failure: str | None
    timeout_ms: int | None
    file: str
    line: int
    counts: dict[str, int]


class WorkflowList(msgspec.Struct, frozen=True, kw_only=True):
    """All workflows by id, and what is wrong with their files."""

    workflows: tuple[WorkflowView, ...]
    faults: tuple[LoadFault, ...]


class InstanceQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which instances, and which page of them."""

    workflow: str | None = None
    state: InstanceState | None = None
    trace: str | None = None
    limit: int = 50
    """1 to 1,000."""
    cursor: str | None = None


class InstanceView(msgspec.Struct, frozen=True, kw_only=True):
    """An instance in a list. `members_*` count the start step too."""

    id: str
    workflow: str
    trace: str
    state: str
    opened_at: int
    due_at: int | None
    finished_at: int | None
    members_total: int
    members_completed: int
    reason: str


class InstanceList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of instances, newest first."""

    instances: tuple[InstanceView, ...]
    cursor: str | None = None


class MemberView(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an instance. `state` null: nobody has triggered it yet. Instants are those of its newest run.

    `why`: why it is where it is, in words; empty when there is nothing to say.
    """

    step: str
    is_start: bool
    after: tuple[str, ...]
    state: str | None
    run: str | None
    waits_for: tuple[str, ...]
    reason: str
    why: str
    can_replay: bool
    attempt: int | None
    created_at: int | None
    started_at: int | None
    finished_at: int | None


class InstanceDetail(InstanceView, frozen=True, kw_only=True):
    """An instance with its members, the start step first.

    `config`: whether the configuration that it was opened with is still the present one (`same`,
    `changed`, `gone`); the other fields of the configuration are those that it was opened with.
    """

    members: tuple[MemberView, ...]
    config: str
    description: str
    start: str
    on_failure: str | None
    timeout_ms: int | None
    file: str
    line: int
    version: int


class MemberReplayed(msgspec.Struct, frozen=True, kw_only=True):
    """The new run."""

    run: str


async def list_workflows(call: Call) -> WorkflowList:
    """All workflow configurations with the counts of their instances."""
    catalog = call.deps.catalog()
    counts = await call.deps.workflows.counts() if call.deps.workflows is not None else {}
    known = [_workflow(spec, counts.get(spec.id, {})) for spec in catalog.workflows.values()]
    gone = [_gone(name, found) for name, found in counts.items() if name not in catalog.workflows]
    faults = tuple(fault for fault in catalog.faults if fault.file.startswith(WORKFLOWS_DIR + "/"))
    return WorkflowList(
        workflows=tuple(sorted((*known, *gone), key=lambda workflow: workflow.id)), faults=faults
    )


async def list_instances(call: Call) -> InstanceList:
    """Instances that fit, newest first."""
    query = call.query(InstanceQuery)
    page = await _workflows(call).instances(
        workflow=query.workflow,
        state=query.state,
        trace=TraceId(query.trace) if query.trace is not None else None,
        limit=checked_limit(query.limit),
        cursor=query.cursor,
    )
    return InstanceList(instances=tuple(map(_row, page.instances)), cursor=page.cursor)


async def get_instance(call: Call) -> InstanceDetail:
    """An instance, what its members wait for, and why."""
    instance = await _workflows(call).instance(call.params["instance"])
    ids = tuple(member.run for member in instance.members if member.run is not None)
    page = await call.deps.ledger.list_runs(RunFilter(ids=ids), limit=len(ids)) if ids else None
    runs = {run.id: run for run in page.runs} if page is not None else {}
    whys = await _whys(call, instance, runs)
    return _detail(instance, runs, whys, call.deps.catalog().workflows.get(instance.workflow))


async def cancel_instance(call: Call) -> InstanceDetail:
    """Cancel a running instance: what is open is cancelled, what runs is asked to stop."""
    await _workflows(call).cancel(call.params["instance"])
    return await get_instance(call)


async def replay_member(call: Call) -> MemberReplayed:
    """A new run of a finished member; the instance goes on from there."""
    payload = call.body(ReplayBody).payload
    run = await _workflows(call).replay_member(
        call.params["instance"],
        StepId(call.params["step"]),
        None if payload is msgspec.UNSET else bytes(payload),
    )
    return MemberReplayed(run=run)


def _workflows(call: Call) -> ControlWorkflows:
    if call.deps.workflows is None:
        raise NotRunning("workflow instances need a running engine", hint="start one with `motia dev`")
    return call.deps.workflows


async def _whys(call: Call, instance: Instance, runs: dict[RunId, Run]) -> dict[StepId, str]:
    """Why each member is where it is: of a dead one its error, of one that could run what the scheduler says."""
    whys: dict[StepId, str] = dict(why_of(instance))
    explained = 0
    for member in instance.members:
        run = runs.get(member.run) if member.run else None
        if run is None:
            continue
        if run.state is RunState.DEAD and run.error is not None:
            whys[member.step] = handling(member, f"{run.error.name}: {run.error.message}")
        elif run.state in OPEN_STATES and not member.waits_for and explained < EXPLAINED_MAX:
            explained += 1
            try:
                whys[member.step] = (await call.deps.dispatcher.explain(run.id)).text
            except RunNotFound:
                continue  # deleted between the two reads
    return whys


def _row(one: InstanceSummary) -> InstanceView:
    return InstanceView(
        id=one.id,
        workflow=one.workflow,
        trace=one.trace,
        state=one.state.value,
        opened_at=one.opened_at,
        due_at=one.due_at,
        finished_at=one.finished_at,
        members_total=one.members_total,
        members_completed=one.members_completed,
        reason=redact_text(one.reason),
    )


def _workflow(spec: WorkflowSpec, counts: dict[InstanceState, int]) -> WorkflowView:
    return WorkflowView(
        id=spec.id,
        is_configured=True,
        description=spec.description,
        start=spec.start,
        members=tuple(
            WorkflowMemberView(
                step=member.step,
                after=member.after,
                line=spec.lines.get(member.step, spec.source.line),
            )
            for member in spec.members
        ),
        on_failure=spec.on_failure,
        timeout_ms=spec.timeout_ms,
        file=spec.source.file,
        line=spec.source.line,
        counts=_counts(counts),
    )


def _gone(name: str, counts: dict[InstanceState, int]) -> WorkflowView:
    return WorkflowView(
        id=name,
        is_configured=False,
        description="",
        start="",
        members=(),
        on_failure=None,
        timeout_ms=None,
        file="",
        line=0,
        counts=_counts(counts),
    )


def _counts(counts: dict[InstanceState, int]) -> dict[str, int]:
    return {state.value: counts.get(state, 0) for state in InstanceState}


def _detail(
    instance: Instance, runs: dict[RunId, Run], whys: dict[StepId, str], now: WorkflowSpec | None
) -> InstanceDetail:
    spec = instance.spec
    members = tuple(
        _member(member, runs.get(member.run) if member.run else None, whys[member.step], start=spec.start)
        for member in instance.members
    )
    return InstanceDetail(
        id=instance.id,
        workflow=instance.workflow,
        trace=instance.trace,
        state=instance.state.value,
        opened_at=instance.opened_at,
        due_at=instance.due_at,
        finished_at=instance.finished_at,
        members_total=len(members),
        members_completed=sum(member.state == RunState.COMPLETED for member in members),
        reason=redact_text(instance.reason),
        members=members,
        config="gone" if now is None else "same" if _same(spec, now) else "changed",
        description=spec.description,
        start=spec.start,
        on_failure=spec.on_failure,
        timeout_ms=spec.timeout_ms,
        file=spec.source.file,
        line=spec.source.line,
        version=instance.version,
    )


def _member(member: MemberState, run: Run | None, why: str, *, start: StepId) -> MemberView:
    is_start = member.step == start
    # A start without a run was a request, which only its client can send again.
    is_request = is_start and member.run is None
    return MemberView(
        step=member.step,
        is_start=is_start,
        after=member.after,
        state=None if member.state is None else member.state.value,
        run=member.run,
        waits_for=member.waits_for,
        reason=redact_text(member.reason),
        why=redact_text(why),
        can_replay=member.state in REPLAYABLE and not member.waits_for and not is_request,
        attempt=None if run is None else run.attempt,
        created_at=None if run is None else run.created_at,
        started_at=None if run is None else run.started_at,
        finished_at=None if run is None else run.finished_at,
    )


def _same(opened: WorkflowSpec, now: WorkflowSpec) -> bool:
    """Whether both say the same, wherever it is written."""
    places = {"source": now.source, "lines": now.lines}
    return msgspec.json.encode(msgspec.structs.replace(opened, **places)) == msgspec.json.encode(now)


VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/workflows",
        permission=VIEW,
        summary="List workflows",
        handler=list_workflows,
        answer=WorkflowList,
    ),
    Endpoint(
        method="GET",
        path="/v1/instances",
        permission=VIEW,
        summary="List workflow instances",
        handler=list_instances,
        query=InstanceQuery,
        answer=InstanceList,
    ),
    Endpoint(
        method="GET",
        path="/v1/instances/{instance}",
        permission=VIEW,
        summary="Look at a workflow instance",
        handler=get_instance,
        answer=InstanceDetail,
    ),
    Endpoint(
        method="POST",
        path="/v1/instances/{instance}/cancel",
        permission=OPERATE,
        summary="Cancel a workflow instance",
        handler=cancel_instance,
        body=Nothing,
        answer=InstanceDetail,
    ),
    Endpoint(
        method="POST",
        path="/v1/instances/{instance}/members/{step}/replay",
        permission=OPERATE,
        summary="Replay a member of a workflow instance",
        handler=replay_member,
        body=ReplayBody,
        answer=MemberReplayed,
    ),
)
