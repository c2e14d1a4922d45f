"""A node in memory: dispatcher, memory ledger, scripted workers, a recorder that keeps everything."""

from __future__ import annotations

import asyncio
import inspect
import random
from collections import Counter
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

import msgspec
from scripted_workers import Call, Handler, ScriptedWorkers

from motia.dispatch import Dispatcher
from motia.ledger import MemoryLedger
from motia.model import (
    LedgerUnavailable,
    NodeId,
    Problem,
    Run,
    RunFilter,
    RunId,
    Source,
    SpanId,
    StepId,
    StepKind,
    StepSpec,
    TraceId,
    WorkflowMember,
    WorkflowSpec,
)
from motia.project import Catalog, Config
from motia.runtime import FrozenClock
from motia.workflow import Workflows

READS = frozenset(
    (
        *(
            "get",
            "attempts",
            "children",
            "replays",
            "list_runs",
            "count_runs",
            "tally_runs",
            "depths",
            "key_holder",
            "running",
        ),
        *("paused", "parked_targets", "ready_steps", "cron_fires", "state_get", "state_list", "state_groups"),
        *("get_instance", "instances_of_run", "list_instances", "count_instances", "open_instances"),
        *("due_instances", "load_manifest"),
    )
)


def event_step(step: str, **options: Any) -> StepSpec:
    options = {"kind": StepKind.EVENT, "language": "python", **options}
    return StepSpec(id=StepId(step), source=Source(file=f"{step}.py"), **options)


def workflow_spec(workflow: str, start: str, members: dict[str, Any], **options: Any) -> WorkflowSpec:
    made = []
    for step, after in members.items():
        after, constants = after if isinstance(after, tuple) else (after, None)
        raw = None if constants is None else msgspec.Raw(msgspec.json.encode(constants))
        made.append(WorkflowMember(step=StepId(step), after=tuple(map(StepId, after)), constants=raw))
    return WorkflowSpec(
        id=workflow,
        start=StepId(start),
        members=tuple(made),
        source=Source(file=f"{workflow}.yaml"),
        **options,
    )


class KeepingRecorder:
    """A recorder that keeps everything it is told."""

    def __init__(self) -> None:
        self.attempts: list[dict[str, Any]] = []
        self.changes: list[tuple[str, str]] = []
        self.instances: list[tuple[str, str]] = []
        self.logs: list[dict[str, Any]] = []
        self.edges: list[tuple[str, str]] = []
        self.state_changes: list[tuple[str, str | None]] = []
        self.counts: Counter[str] = Counter()
        self._number = 0

    def _next(self) -> int:
        self._number += 1
        return self._number

    def new_trace(self) -> TraceId:
        return TraceId(f"{self._next():032x}")

    def new_span(self) -> SpanId:
        return SpanId(f"{self._next():016x}")

    def request(self, **fields: Any) -> None:
        pass

    def attempt(self, **fields: Any) -> None:
        self.attempts.append(fields)

    def run_changed(self, run: RunId, step: StepId, state: str, trace: TraceId, attempt: int) -> None:
        self.changes.append((run, str(state)))

    def instance_changed(self, instance: str, workflow: str, state: str, trace: TraceId) -> None:
        self.instances.append((instance, str(state)))

    def log(self, **fields: Any) -> None:
        self.logs.append(fields)

    def user_span(self, **fields: Any) -> None:
        pass

    def log_dropped(self, trace: TraceId, run: RunId | None) -> None:
        """Nothing is dropped."""

    def edge_observed(self, source: StepId, target: str, *, request: SpanId | None = None) -> None:
        self.edges.append((source, target))

    def state_changed(self, group: str, key: str | None) -> None:
        self.state_changes.append((group, key))

    def count(self, name: str, by: int = 1) -> None:
        self.counts[name] += by


class FlakyLedger:
    """A ledger whose commits are refused on command, and that a dead node can no longer reach."""

    def __init__(self, ledger: Any) -> None:
        self._ledger = ledger
        self.is_down = False
        self.is_cut = False
        self.before: Callable[[str], Awaitable[None]] | None = None
        self.after: Callable[[str], None] | None = None
        """Told of each operation that was carried out and is not answered yet."""
        self.refused = 0

    def now(self) -> int:
        return self._ledger.now()

    def stats(self) -> Any:
        return self._ledger.stats()

    def __getattr__(self, name: str) -> Any:
        method = getattr(self._ledger, name)
        if not inspect.iscoroutinefunction(method):
            return method

        async def carried_out(*args: Any, **options: Any) -> Any:
            if self.before is not None:
                await self.before(name)
            if self.is_cut:
                await asyncio.get_running_loop().create_future()
            if self.is_down and name not in READS:
                self.refused += 1
                raise LedgerUnavailable("no space left on device")
            answer = await method(*args, **options)
            if self.after is not None:
                self.after(name)
            if self.is_cut:
                await asyncio.get_running_loop().create_future()
            return answer

        return carried_out


class World:
    """One node; `crash` drops it and `boot` starts another on the same ledger."""

    def __init__(self, *, seed: int = 1, processes: int = 1, slots: int = 8, **config: Any) -> None:
        self.clock = FrozenClock()
        self.store = MemoryLedger(clock=self.clock)
        self.config = Config(root=Path("/nowhere"), **config)
        self.random = random.Random(seed)
        self.recorder = KeepingRecorder()
        self.specs: dict[str, StepSpec] = {}
        self.handlers: dict[str, Handler] = {}
        self.workflow_specs: dict[str, WorkflowSpec] = {}
        self.problems: dict[str, tuple[Problem, ...]] = {}
        self.topic_problems: dict[str, tuple[Problem, ...]] = {}
        self.processes, self.slots = processes, slots
        self.boots = 0
        self.nodes: list[tuple[Dispatcher, FlakyLedger, ScriptedWorkers]] = []

    # one node

    def build(self) -> Dispatcher:
        """A new node, not started."""
        self.boots += 1
        self.ledger = FlakyLedger(self.store)
        self.workers = ScriptedWorkers(self.clock, processes=self.processes, slots=self.slots)
        self.dispatcher = Dispatcher(
            ledger=self.ledger,  # type: ignore[arg-type]
            workers=self.workers,
            recorder=self.recorder,
            clock=self.clock,
            random=self.random,
            config=self.config,
            node=NodeId(f"node-{self.boots}"),
            validate=lambda spec, payload: self.problems.get(spec.id, ()),
            validate_topic=lambda target, payload: self.topic_problems.get(target, ()),
        )
        self.workflows = Workflows(self.dispatcher.node_state)
        self.workers.call_handler = self.dispatcher.call_op
        self.workers.on_capacity = self.dispatcher.on_capacity
        self.nodes.append((self.dispatcher, self.ledger, self.workers))
        self._load()
        return self.dispatcher

    async def boot(self) -> Dispatcher:
        """Build and start."""
        await self.store.open()
        self.build()
        await self.dispatcher.start()
        await self.workflows.start()
        return self.dispatcher

    def crash(self, tasks: set[asyncio.Task[Any]]) -> None:
        """The node dies: it can reach nothing any more, and nothing of it runs."""
        self.ledger.is_cut = True
        self.workers.abandon()
        for task in tasks:
            task.cancel()

    def step(self, step: str, handler: Handler | None = None, **options: Any) -> StepSpec:
        """Define a step for this node and those to come."""
        spec = event_step(step, **options)
        self.specs[step] = spec
        self.handlers[step] = handler or _nothing
        if self.boots:
            self._load()
        return spec

    def workflow(self, workflow: str, start: str, members: dict[str, Any], **options: Any) -> WorkflowSpec:
        """Define a workflow: `members` are ids with what they come after, or with (after, constants)."""
        spec = workflow_spec(workflow, start, members, **options)
        self.workflow_specs[workflow] = spec
        if self.boots:
            self._load()
        return spec

    def drop(self, step: str) -> None:
        """The step is no longer in the project."""
        del self.specs[step], self.handlers[step]
        self.workers.handlers.pop(step, None)
        self._load()

    def _load(self) -> None:
        for step, spec in self.specs.items():
            self.workers.step(spec, self.handlers[step])
        self.dispatcher.use_catalog(Catalog(self.specs.values(), workflows=self.workflow_specs.values()))

    # shortcuts

    async def trigger(self, target: str, payload: Any = None, **options: Any) -> Any:
        """Trigger from outside."""
        from motia.dispatch import TriggerOptions

        return await self.dispatcher.trigger(
            target, msgspec.json.encode(payload), options=TriggerOptions(**options)
        )

    async def run(self, run: RunId) -> Run:
        """The run as it is."""
        found = await self.store.get(run)
        assert found is not None
        return found

    async def runs(self, step: str) -> list[Run]:
        """All runs of a step, oldest first."""
        page = await self.store.list_runs(RunFilter(step=StepId(step)), limit=1_000)
        return list(page.runs)[::-1]

    async def settle(self) -> None:
        """Let everything happen that can happen now."""
        await self.clock.advance(0)

    async def advance(self, seconds: float) -> None:
        """Turn the clock."""
        await self.clock.advance(seconds)

    async def close(self) -> None:
        """Stop the present node."""
        if self.nodes and not self.ledger.is_cut:
            self.ledger.is_down = False
            stopping = asyncio.create_task(self._stop())
            while not stopping.done():
                await self.clock.advance(0.5)
            await stopping

    async def _stop(self) -> None:
        await self.workflows.stop()
        await self.dispatcher.stop()


async def _nothing(call: Call) -> None:
    return None
