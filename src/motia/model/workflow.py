"""Workflow configurations, and their instances: what is executed of one in one trace.

An instance is opened by a run (or request) of the workflow's start step, in the commit that accepts
it, and keeps the configuration that it was opened with: a reload never changes what is under way.

| instance from | to | when |
|---|---|---|
| (none) | running | a run of the start step is accepted, or a request of it succeeded or triggered a member |
| running | completed | every member is over, and none is dead, skipped or cancelled |
| running | failed | every member is over, and one is dead, skipped or cancelled |
| running | cancelled | by hand |
| running | timed_out | its time is over: what is open is cancelled |
| failed, timed_out, cancelled | running | a member is replayed in it |
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from motia.model.ids import RunId, StepId, TraceId
from motia.model.raw import OptionalRaw
from motia.model.run import RunState
from motia.model.step import Source


class InstanceState(StrEnum):
    """Where an instance is; spelled alike in SQL, JSON and Workbench."""

    RUNNING = "running"
    COMPLETED = "completed"
    FAILED = "failed"
    CANCELLED = "cancelled"
    TIMED_OUT = "timed_out"


class WorkflowMember(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of a workflow, and what it waits for; without `after` only for the start step."""

    step: StepId
    after: tuple[StepId, ...] = ()
    constants: OptionalRaw = msgspec.field(default=None, name="with")
    """A JSON object merged last into the payload of a run that the engine triggers."""


class WorkflowSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A workflow configuration: which step runs after which."""

    id: str
    start: StepId
    members: tuple[WorkflowMember, ...]
    """In the order of the file, without the start step; no cycles, every one reachable."""
    source: Source
    description: str = ""
    on_failure: StepId | None = None
    """Triggered once when a member is dead or the time is over."""
    timeout_ms: int | None = None
    """Most time from opening to the end; None: no bound."""
    lines: dict[str, int] = {}
    """Where the configuration names each step."""


class MemberState(msgspec.Struct, frozen=True, kw_only=True):
    """A member of an instance. `state` None: nobody has triggered it yet."""

    step: StepId
    after: tuple[StepId, ...] = ()
    state: RunState | None = None
    run: RunId | None = None
    """Its newest run."""
    waits_for: tuple[StepId, ...] = ()
    """Those of `after` that have not completed."""
    reason: str = ""
    """Why it is skipped, dead or cancelled."""
    handled_by: RunId | None = None
    """Of a dead one: the open run of its error step, which may still trigger it again."""


class Instance(msgspec.Struct, frozen=True, kw_only=True):
    """One execution of a workflow. Instants are ms since the epoch."""

    id: str
    workflow: str
    trace: TraceId
    state: InstanceState
    spec: WorkflowSpec
    """The configuration that it was opened with."""
    members: tuple[MemberState, ...]
    """The start step first, then as in the configuration."""
    opened_at: int
    due_at: int | None = None
    """When its time is over."""
    finished_at: int | None = None
    reason: str = ""
    version: int = 1
    """Rises with every change; a change that names an older one changes nothing."""


class InstanceSummary(msgspec.Struct, frozen=True, kw_only=True):
    """An instance as a list shows it. `members_*` count the start step too."""

    id: str
    workflow: str
    trace: TraceId
    state: InstanceState
    opened_at: int
    due_at: int | None
    finished_at: int | None
    members_total: int
    members_completed: int
    reason: str = ""


class InstancePage(msgspec.Struct, frozen=True, kw_only=True):
    """Instances, newest first; `cursor` asks for the next page, None at the end."""

    instances: tuple[InstanceSummary, ...]
    cursor: str | None = None
