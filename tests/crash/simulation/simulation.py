"""A node in simulated time under a random workload and random disasters, all from one seed.

The handlers follow a script in the payload, so that the right end of every run is known beforehand:

| field | meaning |
|---|---|
| `fails` | the first so many attempts fail |
| `fatal` | the first attempt fails for good |
| `crashes` | the first so many executions end their worker's process (99: each) |
| `sleep` | seconds inside the handler |
| `children` | events that each attempt triggers before it fails or crashes |

Some triggers start a workflow, whose payload says which member dies, whether its error step triggers it
again, and which the start step triggers itself.
"""

from __future__ import annotations

import asyncio
import random
from collections import Counter, defaultdict
from typing import Any

import msgspec
from dispatch_world import World
from scripted_workers import Call, Crashes, Fails

from motia.model import (
    FINAL_STATES,
    Backoff,
    CallerError,
    Concurrency,
    LedgerUnavailable,
    Run,
    RunFilter,
    RunId,
    RunState,
    StepId,
    TriggerKind,
)

STEPS = ("plain", "keyed", "bounded", "laned", "parent")
FLOW_STEPS = ("flow", "flow-a", "flow-b", "flow-join", "flow-last", "flow-failed")
FLOW_MEMBERS: dict[str, list[str]] = {
    "flow-a": [],
    "flow-b": [],
    "flow-join": ["flow-a", "flow-b"],
    "flow-last": ["flow-join"],
}
RETRIES = 3
BOUNDS = {"bounded": 2}
LANE_BOUND = 1
QUIET_S = 400
SETTLE_TURNS = 15
"""Enough for the memory ledger, where nothing waits; half of a simulation is such turns."""
DELAYS_MS = (None, None, None, 200, 3_000)


class Broken(AssertionError):
    """An invariant does not hold."""


class Simulation:
    """See the head of this file."""

    def __init__(self, seed: int) -> None:
        self.random = random.Random(seed)
        self.world = World(
            seed=seed, processes=self.random.choice((1, 2, 3)), slots=self.random.choice((1, 2, 4, 16))
        )
        self.world.clock.SETTLE_TURNS = SETTLE_TURNS
        self.sent = 0
        self.acknowledged: dict[RunId, dict[str, Any]] = {}
        self.flows: dict[RunId, dict[str, Any]] = {}
        self.refused: set[int] = set()
        self.executions: Counter[RunId] = Counter()
        self.running: Counter[Any] = Counter()
        self.in_key: dict[Any, RunId] = {}
        self.finished_in_key: dict[Any, list[RunId]] = defaultdict(list)
        self.cancelled: set[RunId] = set()
        self.blamed: Counter[RunId] = Counter()
        """How often a worker was killed with nothing but this run in it: nobody can tell that from its fault."""
        self.disasters: Counter[str] = Counter()
        self._define()

    # the project

    def _define(self) -> None:
        common: dict[str, Any] = {
            "retries": RETRIES,
            "backoff": Backoff(initial_ms=200, cap_ms=2_000),
            "timeout_ms": 600_000,
        }
        self.world.step("plain", self._handle, **common)
        self.world.step("keyed", self._handle, key="k", **common)
        self.world.step("bounded", self._handle, concurrency=Concurrency(limit=2), **common)
        self.world.step("laned", self._handle, concurrency=Concurrency(limit=LANE_BOUND, key="k"), **common)
        self.world.step("parent", self._handle, **common)
        self.world.step("child", self._handle, **common)
        self.world.step("handle-step-error", self._note_error, **common)
        for step in FLOW_STEPS:
            self.world.step(step, self._handle_member, **common)
        self.world.workflow("flow", FLOW_STEPS[0], FLOW_MEMBERS, on_failure=StepId("flow-failed"))

    async def _handle(self, call: Call) -> int:
        script, run = call.payload, call.run
        if run is None:
            raise Broken("an event without a run")
        self.executions[run] += 1
        with_bounds = self._enter(call)
        try:
            for child in script.get("children", ()):
                await _until_accepted(call, child)
            await call.sleep(script["sleep"])
            if self.executions[run] <= script["crashes"]:
                raise Crashes
            if call.attempt <= script["fails"]:
                raise Fails(kind="fatal" if script.get("fatal") else "error")
        finally:
            for name in with_bounds:
                self.running[name] -= 1
            self.in_key.pop((call.invocation.step, script["k"]), None)
        return script["id"]

    async def _handle_member(self, call: Call) -> str:
        """A step of the workflow. Its own script is in the start payload, which the engine passes on."""
        step, script = str(call.invocation.step), call.payload
        if step != "flow-failed":
            for target in script["triggers"] if step == FLOW_STEPS[0] else ():
                await _until_accepted(call, script, target)
            await call.sleep(script["sleep"])
            if script["dies"] == step:
                raise Fails(kind="fatal")
        return step

    async def _note_error(self, call: Call) -> None:
        await call.sleep(0.01)
        script = call.payload["context"]
        if isinstance(script, dict) and script.get("again"):
            mended = {**script, "dies": None, "again": False}
            await _until_accepted(call, mended, call.payload["stepId"])

    def _enter(self, call: Call) -> list[Any]:
        step, key = str(call.invocation.step), call.payload["k"]
        names = [name for name in ((step,), (step, key)) if self._bound(name) is not None]
        for name in names:
            self.running[name] += 1
            if self.running[name] > (self._bound(name) or 0):
                raise Broken(f"{self.running[name]} attempts of {name} at once")
        if step == "keyed":
            if (step, key) in self.in_key:
                raise Broken(f"{call.run} runs beside {self.in_key[step, key]} in key {key}")
            self.in_key[step, key] = call.run or RunId("")
        return names

    def _bound(self, name: tuple[str, ...]) -> int | None:
        if len(name) == 1:
            return BOUNDS.get(name[0])
        return LANE_BOUND if name[0] == "laned" else None

    # the workload

    def _script(self) -> dict[str, Any]:
        draw = self.random
        self.sent += 1
        script: dict[str, Any] = {
            "id": self.sent,
            "k": draw.choice("abc"),
            "sleep": draw.choice((0, 0, 0.05, 0.5, 2)),
            "fails": draw.choice((0, 0, 0, 0, 1, 2, 3, 4)),
            "crashes": draw.choice((0,) * 14 + (1, 99)),
        }
        if script["fails"] and draw.random() < 0.2:
            script["fatal"] = True
        return script

    async def _trigger(self) -> None:
        draw = self.random
        step, script = draw.choice(STEPS), self._script()
        if step == "parent":
            child = {**self._script(), "crashes": 0}
            script["children"] = [child, child, {**self._script(), "crashes": 0}]
        options = {"delay_ms": draw.choice(DELAYS_MS), "priority": draw.choice((0, 0, 5))}
        if step == "keyed":
            options = {}
        try:
            accepted = await self.world.trigger(step, script, **options)
        except LedgerUnavailable:
            self.refused.add(script["id"])
        else:
            self.acknowledged[accepted.run] = script

    async def _start_workflow(self) -> None:
        draw = self.random
        self.sent += 1
        script = {
            "id": self.sent,
            "dies": draw.choice((None, None, *FLOW_STEPS[:-1])),
            "triggers": draw.choice(((), (), ("flow-a",), ("flow-join", "flow-a"))),
            "sleep": draw.choice((0, 0, 0.1, 1)),
        }
        # A start that is tried again would trigger its members twice.
        script["again"] = script["dies"] not in (None, FLOW_STEPS[0]) and draw.random() < 0.5
        try:
            accepted = await self.world.trigger(FLOW_STEPS[0], script)
        except LedgerUnavailable:
            self.refused.add(script["id"])
        else:
            self.flows[accepted.run] = script
            self.acknowledged[accepted.run] = script

    async def _cancel(self) -> None:
        if self.acknowledged:
            run = self.random.choice(list(self.acknowledged))
            try:
                await self.world.dispatcher.cancel(run)
            except (LedgerUnavailable, CallerError):
                return
            self.cancelled.add(run)

    async def _kill_worker(self) -> None:
        self.disasters["worker killed"] += 1
        worker = self.random.choice(self.world.workers.pool)
        if worker.is_alive:
            if len(worker.in_flight) == 1:
                self.blamed[worker.in_flight[0].invocation.run or RunId("")] += 1
            self.world.workers.kill(worker)

    async def _outage(self) -> None:
        self.disasters["outage"] += 1
        self.world.ledger.is_down = not self.world.ledger.is_down

    async def _crash_node(self) -> None:
        self.disasters["node crashed"] += 1
        self._end_everything()
        await self._boot()

    async def _restart_node(self) -> None:
        self.disasters["node restarted"] += 1
        stopping = asyncio.create_task(self.world.dispatcher.drain(self.random.choice((0.0, 1.0))))
        while not stopping.done():
            await self.world.advance(0.25)
        await stopping
        await self.world.close()
        await self._boot()

    async def _redefine(self) -> None:
        """A hot reload: the same steps again."""
        self.world.step("plain", self._handle, retries=RETRIES, backoff=Backoff(initial_ms=200, cap_ms=2_000))

    async def _pause(self) -> None:
        step = StepId(self.random.choice(STEPS))
        try:
            if step in self.world.dispatcher._state.paused:
                await self.world.dispatcher.resume(step)
            else:
                await self.world.dispatcher.pause(step)
        except LedgerUnavailable:
            return

    async def _boot(self) -> None:
        await self.world.boot()

    def _end_everything(self) -> None:
        """Power off: no task of the node takes another step."""
        current = asyncio.current_task()
        self.world.crash({task for task in asyncio.all_tasks() if task is not current})
        self.running.clear()
        self.in_key.clear()

    # the course

    async def play(self, turns: int) -> None:
        """Workload and disasters, then quiet until everything is final."""
        await self._boot()
        acts = (
            [self._trigger] * 60
            + [self._start_workflow] * 10
            + [self._kill_worker] * 3
            + [self._cancel] * 2
            + [self._outage, self._outage, self._crash_node, self._restart_node, self._redefine, self._pause]
        )
        for _ in range(turns):
            if self.world.ledger.is_down and self.random.random() < 0.2:
                await self._outage()
            await self.random.choice(acts)()
            if self.random.random() < 0.4:
                await self.world.advance(self.random.choice((0, 0, 0.05, 0.3, 1.5)))
        await self._calm_down()

    async def _calm_down(self) -> None:
        self.world.ledger.is_down = False
        for step in STEPS:
            await self.world.dispatcher.resume(StepId(step))
        for _ in range(QUIET_S // 5):
            await self.world.advance(5)
            if not await self._open() and not await self.world.store.open_instances():
                return

    async def _open(self) -> list[Run]:
        return [run for run in await self.all_runs() if run.state not in FINAL_STATES]

    async def all_runs(self) -> list[Run]:
        """Every run of the ledger, oldest first."""
        runs: list[Run] = []
        cursor: str | None = None
        while True:
            page = await self.world.store.list_runs(RunFilter(), limit=1_000, cursor=cursor)
            runs.extend(page.runs)
            cursor = page.cursor
            if cursor is None:
                return runs[::-1]

    async def close(self) -> None:
        """End what is left."""
        self._end_everything()
        await asyncio.sleep(0)
        await asyncio.sleep(0)

    # the invariants

    async def check(self) -> None:
        """Raise `Broken` for the first invariant that does not hold."""
        runs = await self.all_runs()
        by_id = {run.id: run for run in runs}
        self._check_acceptance(by_id, runs)
        for run in runs:
            await self._check_end(run)
        await self._check_descendants(runs)
        self._check_order(runs)
        await self._check_flows(by_id, runs)
        self._check_once()
        for line in self.world.recorder.logs:
            if "failed and goes on" in line["message"] or "was refused" in line["message"]:
                raise Broken(line["message"])

    def _check_acceptance(self, by_id: dict[RunId, Run], runs: list[Run]) -> None:
        lost = [run for run in self.acknowledged if run not in by_id]
        if lost:
            raise Broken(f"acknowledged and lost: {lost}")
        present = {msgspec.json.decode(run.payload).get("id") for run in runs}
        if self.refused & present:
            raise Broken(f"refused and yet there: {self.refused & present}")

    async def _check_end(self, run: Run) -> None:
        if run.state not in FINAL_STATES:
            explanation = await self.world.dispatcher.explain(run.id)
            raise Broken(f"{run.id} of {run.step} is {run.state} for ever: {explanation.text}")
        if run.kind is TriggerKind.ERROR or run.state is RunState.CANCELLED:
            if run.state is RunState.CANCELLED and run.id not in self.cancelled:
                raise Broken(f"{run.id} was cancelled by nobody")
            return
        if run.step in FLOW_STEPS:
            return
        script = msgspec.json.decode(run.payload)
        expected: tuple[RunState, str | None]
        if script["crashes"] > 2:
            expected = (RunState.DEAD, "crash_loop")
        elif script.get("fatal"):
            expected = (RunState.DEAD, "fatal")
        elif script["fails"] > RETRIES:
            expected = (RunState.DEAD, "retries_used")
        else:
            expected = (RunState.COMPLETED, None)
        if self.blamed[run.id] + script["crashes"] > 2 and run.reason == "crash_loop":
            return
        if (run.state, run.reason) != expected:
            raise Broken(
                f"{run.id} {script} ended as {run.state} ({run.reason}), not {expected}: {run.error}"
            )
        if script["crashes"] <= 2:
            await self._check_attempts(run, script)

    async def _check_attempts(self, run: Run, script: dict[str, Any]) -> None:
        failed = 1 if script.get("fatal") else min(script["fails"], RETRIES + 1)
        last = failed if run.state is RunState.DEAD else failed + 1
        counted = [
            one for one in await self.world.store.attempts(run.id) if one.outcome in ("retrying", "dead")
        ]
        if run.attempt != last or len(counted) != failed:
            raise Broken(
                f"{run.id} {script}: attempt {run.attempt} not {last}, {len(counted)} failed not {failed}"
            )
        if self.executions[run.id] < last:
            raise Broken(f"{run.id} finished after {self.executions[run.id]} executions, {last} are needed")

    async def _check_descendants(self, runs: list[Run]) -> None:
        children: dict[RunId, list[Run]] = defaultdict(list)
        for run in runs:
            if run.parent_run is not None:
                children[run.parent_run].append(run)
        for run in runs:
            errors = [
                child
                for child in children[run.id]
                if child.kind is TriggerKind.ERROR and child.step not in FLOW_STEPS
            ]
            wanted = 1 if run.state is RunState.DEAD and run.kind is not TriggerKind.ERROR else 0
            if len(errors) != wanted:
                raise Broken(f"{run.id} ({run.state}) has {len(errors)} error events, not {wanted}")
            if run.step == "parent":
                sent = Counter(child.payload for child in children[run.id] if child.kind is TriggerKind.EVENT)
                asked = Counter(
                    msgspec.json.encode(child) for child in msgspec.json.decode(run.payload)["children"]
                )
                if run.state is RunState.COMPLETED and sent != asked:
                    raise Broken(f"{run.id} triggered {sent}, not {asked}")
                if sent - asked:
                    raise Broken(f"{run.id} triggered too often: {sent - asked}")

    def _check_order(self, runs: list[Run]) -> None:
        last: dict[str, Run] = {}
        for run in runs:
            if run.step != "keyed" or run.state is RunState.CANCELLED or run.key is None:
                continue
            ahead = last.get(run.key)
            if ahead is not None and (ahead.finished_at or 0) > (run.started_at or 0):
                raise Broken(f"{run.id} started before {ahead.id} ahead of it in key {run.key} was finished")
            last[run.key] = run

    async def _check_flows(self, by_id: dict[RunId, Run], runs: list[Run]) -> None:
        by_trace: dict[str, list[Run]] = defaultdict(list)
        for run in runs:
            if run.step in FLOW_STEPS:
                by_trace[run.trace].append(run)
        if len((await self.world.store.list_instances(limit=1_000)).instances) != len(by_trace):
            raise Broken("not one instance for each start of the workflow")
        if still := await self.world.store.open_instances():
            raise Broken(f"instances that never end: {still}")
        for start, script in self.flows.items():
            await self._check_flow(by_id[start], script, by_trace[by_id[start].trace])

    async def _check_flow(self, start: Run, script: dict[str, Any], runs: list[Run]) -> None:
        (instance,) = (await self.world.store.list_instances(trace=start.trace, limit=10)).instances
        of = {step: [run for run in runs if run.step == step] for step in FLOW_STEPS}
        where = f"instance {instance.id} {script}: {[(run.step, run.state) for run in runs]}"
        for step, found in of.items():
            may_again = step == script["dies"] and script["again"]
            if len(found) > 1 + may_again or any(run.state is not RunState.DEAD for run in found[:-1]):
                raise Broken(f"triggered twice: {where}")
        states = {step: found[-1].state if found else None for step, found in of.items()}
        has_failed = any(states[step] is not RunState.COMPLETED for step in FLOW_STEPS[:-1])
        if instance.state != ("failed" if has_failed else "completed"):
            raise Broken(f"{instance.state}: {where}")
        has_dead = any(states[step] is RunState.DEAD for step in FLOW_STEPS[:-1])
        if bool(of["flow-failed"]) != has_dead:
            raise Broken(f"whom a failure is told: {where}")
        for step, before in FLOW_MEMBERS.items():
            ahead = [states[one] for one in before or FLOW_STEPS[:1]]
            if all(state is RunState.COMPLETED for state in ahead):
                if states[step] in (None, RunState.SKIPPED):
                    raise Broken(f"{step} never ran: {where}")
            elif states[step] not in (None, RunState.SKIPPED):
                raise Broken(f"{step} ran before its time: {where}")
            if states[step] is RunState.COMPLETED and script["dies"] == step and len(of[step]) == 1:
                raise Broken(f"{step} should be dead: {where}")
            for one in before or FLOW_STEPS[:1]:
                started_at = of[step][0].started_at if of[step] else None
                if started_at is not None and started_at < (of[one][-1].finished_at or 0):
                    raise Broken(f"{step} started before {one} was finished: {where}")

    def _check_once(self) -> None:
        ends = Counter(
            one["run"]
            for one in self.world.recorder.attempts
            if one["outcome"] in ("completed", "dead", "cancelled")
        )
        twice = [run for run, count in ends.items() if count > 1]
        if twice:
            raise Broken(f"finished more than once: {twice}")


async def _until_accepted(call: Call, child: dict[str, Any], target: str = "child") -> None:
    """An outage is no failure of the handler here, so that its attempts can be foretold."""
    while True:
        try:
            await call.trigger(target, child)
        except LedgerUnavailable:
            await call.sleep(0.5)
        else:
            return
