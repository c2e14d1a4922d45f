"""What the control API needs of the engine, named method by method.

The engine hands in its rooms; the command line hands in the same over a ledger that it opened itself
when no engine runs. A part that is not there (no workers without an engine) is None, and its routes
answer `not-running`.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterable, Mapping, Sequence
from typing import Any, Protocol

import msgspec

from motia.ledger import Ledger
from motia.model import (
    Accepted,
    Instance,
    InstancePage,
    InstanceState,
    MotiaError,
    Run,
    RunId,
    StepId,
    TraceId,
    TriggerKind,
)
from motia.project import Catalog, Config, FlowGraph
from motia.runtime import Clock
from motia.telemetry import Telemetry
from motia.workbench.audit import Audit
from motia.workers import WorkerInfo


class NotRunning(MotiaError):
    """What was asked needs a running engine, and there is none."""

    code = "not-running"
    status = 409


class ExplanationLike(Protocol):
    """Why a run is where it is."""

    @property
    def code(self) -> str:
        """Stable: `scheduled`, `blocked`, `concurrency`, `no_worker`, `paused`…"""
        ...

    @property
    def text(self) -> str:
        """One sentence."""
        ...

    @property
    def details(self) -> Any:
        """Ids and numbers behind the sentence."""
        ...


class ControlDispatcher(Protocol):
    """What the control API asks of dispatch."""

    async def trigger(
        self,
        target: str,
        payload: bytes,
        *,
        options: Any = ...,
        kind: TriggerKind = ...,
        trace: TraceId | None = ...,
    ) -> Accepted:
        """Commit an event."""
        ...

    async def wait(self, run: RunId, timeout_s: float) -> Run:
        """The finished run; raises when it is not finished in time."""
        ...

    async def cancel(self, run: RunId) -> Any:
        """Cancel an open run."""
        ...

    async def replay(self, run: RunId, payload: bytes | None = None) -> Accepted:
        """A new run with the payload of a finished one, or another."""
        ...

    async def complete_by_hand(self, run: RunId, result: bytes = ...) -> Run:
        """Complete a ready run of a noop step."""
        ...

    async def explain(self, run: RunId) -> ExplanationLike:
        """Why the run is where it is."""
        ...

    async def pause(self, step: StepId) -> None:
        """Claim no more runs of the step."""

    async def resume(self, step: StepId) -> None:
        """End a pause."""


class ControlCron(Protocol):
    """What the control API asks of cron."""

    async def run_now(self, step: StepId) -> Accepted:
        """Fire once, by hand."""
        ...

    async def overview(self) -> Sequence[msgspec.Struct]:
        """Every cron step with its next and last firings."""
        ...


class ControlWorkflows(Protocol):
    """What the control API asks of workflow instances."""

    async def counts(self) -> dict[str, dict[InstanceState, int]]:
        """How many instances there are, by workflow and state; exact up to 100,000 each, then that number."""
        ...

    async def instances(
        self,
        *,
        workflow: str | None = None,
        state: InstanceState | None = None,
        trace: TraceId | None = None,
        limit: int = 50,
        cursor: str | None = None,
    ) -> InstancePage:
        """Instances that fit, newest first."""
        ...

    async def instance(self, instance: str) -> Instance:
        """One instance with its members."""
        ...

    async def cancel(self, instance: str) -> None:
        """Cancel a running instance."""

    async def replay_member(self, instance: str, step: StepId, payload: bytes | None = None) -> RunId:
        """A new run of a finished member; the run."""
        ...


class ControlWorkers(Protocol):
    """What the control API asks of the workers."""

    def info(self) -> list[WorkerInfo]:
        """Every process."""
        ...

    async def restart(self, worker_name: str) -> None:
        """Put a fresh worker in the place of this one, which finishes what it has."""


class FindingLike(Protocol):
    """One check of the machine or the project."""

    @property
    def check(self) -> str:
        """What was looked at."""
        ...

    @property
    def status(self) -> str:
        """ok, warn or fail"""
        ...

    @property
    def found(self) -> str:
        """What was met."""
        ...

    @property
    def hint(self) -> str:
        """What to do when it is not ok."""
        ...


class ControlDeps(msgspec.Struct, frozen=True, kw_only=True):
    """Everything the control API stands on."""

    ledger: Ledger
    telemetry: Telemetry
    dispatcher: ControlDispatcher
    trigger_options: Callable[..., Any]
    """Makes dispatch's `TriggerOptions` from its keyword arguments."""
    catalog: Callable[[], Catalog]
    config: Config
    origins: Callable[[], Mapping[str, tuple[Any, str]]]
    """Dotted configuration key to its value, secrets masked, and where it came from."""
    flow_graph: Callable[[Iterable[tuple[str, str]], Mapping[str, int]], FlowGraph]
    """The flow graph, given observed edges and parked events by target."""
    version: str
    clock: Clock
    pid: int
    started_at: int
    addresses: Callable[[], Mapping[str, str]] = dict
    is_ready: Callable[[], bool] = lambda: True
    is_online: bool = True
    """An engine runs, as opposed to the command line serving itself."""
    cron: ControlCron | None = None
    workers: ControlWorkers | None = None
    workflows: ControlWorkflows | None = None
    api_document: Callable[[], Mapping[str, Any]] | None = None
    """The OpenAPI document of the project's api steps."""
    stop: Callable[[], Awaitable[None] | None] | None = None
    audit: Audit | None = None
    """Where what people did is kept; None without an engine."""
    invite: Callable[[], str] | None = None
    """Makes a one-time address of the Workbench; None when it is not served."""
    diagnose: Callable[[], Sequence[FindingLike]] | None = None
    """Looks at machine and project; blocks for up to some seconds."""
