"""Why a run is where it is: the answer to "why is this run not running?"."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import msgspec

from motia.dispatch.claimer import Claimer
from motia.dispatch.node_state import NodeState
from motia.dispatch.unhandled import unhandled
from motia.ledger import decode_spec, standings, waits_for
from motia.model import (
    FINAL_STATES,
    InstanceState,
    InstanceSummary,
    Run,
    RunId,
    RunNotFound,
    RunState,
    StepKind,
    StepSpec,
)

FAULTS_MAX = 5
"""Faults of files that an answer names."""
PASSED_MAX = 10
"""Instances of the run's trace that are looked at, the newest first."""


class Explanation(msgspec.Struct, frozen=True, kw_only=True):
    """`code` is stable, `text` for people, `details` the ids and figures behind it."""

    run: RunId
    state: RunState
    code: str
    text: str
    details: dict[str, Any] = {}


class Explainer:
    """Reads the ledger, the workers and the duties of this node; changes nothing."""

    def __init__(self, state: NodeState, *, claimer: Claimer) -> None:
        self._state = state
        self._claimer = claimer

    async def explain(self, run_id: RunId) -> Explanation:
        """See `Dispatcher.explain`."""
        run = await self._state.ledger.get(run_id)
        if run is None:
            raise RunNotFound(f"no run has the id {run_id}", hint="it may be older than the retention")
        code, text, details = await self._reason(run)
        for summary in await self._passed_by(run):
            text += (
                f"; workflow {summary.workflow} (instance {summary.id}) was over"
                f" ({summary.state.replace('_', ' ')}) before it came, and does not go on with it:"
                f" replay its member {run.step} for that"
            )
        return Explanation(run=run.id, state=run.state, code=code, text=text, details=details)

    async def _reason(self, run: Run) -> tuple[str, str, dict[str, Any]]:
        if run.state in FINAL_STATES:
            return _finished(run)
        match run.state:
            case RunState.SCHEDULED:
                return "scheduled", f"scheduled until {_instant(run.due_at)}", {"dueAt": run.due_at}
            case RunState.RETRYING:
                return self._retrying(run)
            case RunState.BLOCKED:
                return await self._blocked(run)
            case RunState.PARKED:
                return self._parked(run)
            case RunState.RUNNING:
                return self._running(run)
        return await self._ready(run)

    def _retrying(self, run: Run) -> tuple[str, str, dict[str, Any]]:
        spec = self._state.catalog.step(run.step)
        attempts = spec.retries + 1 if spec is not None else None
        last = f"{run.error.name}: {run.error.message}" if run.error is not None else "unknown"
        text = f"attempt {run.attempt} of {attempts or '?'} failed ({last}); the next is due at {_instant(run.due_at)}"
        return "retrying", text, {"dueAt": run.due_at, "attempt": run.attempt, "attemptsMax": attempts}

    async def _blocked(self, run: Run) -> tuple[str, str, dict[str, Any]]:
        if (held := await self._held(run)) is not None:
            return held
        holder = await self._state.ledger.key_holder(run.id)
        if holder is None:
            return "blocked", f"blocked behind its key {run.key!r}", {"key": run.key}
        text = f"blocked behind run {holder.run} of key {run.key!r}, which is {holder.state.value}"
        if holder.state in (RunState.SCHEDULED, RunState.RETRYING):
            text += f" until {_instant(holder.due_at)}"
        return "blocked", text, {"key": run.key, "holder": holder.run, "holderState": holder.state.value}

    async def _held(self, run: Run) -> tuple[str, str, dict[str, Any]] | None:
        """What a workflow makes the run wait for; None when none holds it."""
        ledger = self._state.ledger
        for instance, is_held in (await ledger.instances_of_run(run.id)).items():
            snapshot = await ledger.get_instance(instance) if is_held else None
            if snapshot is None:
                continue
            record = snapshot.record
            waits = waits_for(decode_spec(record.spec), run.step, standings(snapshot))
            text = (
                f"blocked: waits for {', '.join(waits) or 'its turn'} of workflow {record.workflow}"
                f" (instance {instance})"
            )
            details = {"workflow": record.workflow, "instance": instance, "waitsFor": list(waits)}
            return "workflow", text, details
        return None

    async def _passed_by(self, run: Run) -> list[InstanceSummary]:
        """Instances of its trace that would have had a part in the run, but were over when it was accepted."""
        workflows = {one.id for one in self._state.catalog.workflows_joined_by(run.step)}
        if not workflows or await self._state.ledger.instances_of_run(run.id):
            return []
        page = await self._state.ledger.list_instances(trace=run.trace, limit=PASSED_MAX)
        return [
            one
            for one in page.instances
            if one.workflow in workflows
            and one.state is not InstanceState.COMPLETED
            and one.finished_at is not None
            and one.finished_at <= run.created_at
        ]

    def _parked(self, run: Run) -> tuple[str, str, dict[str, Any]]:
        found = unhandled(run.target, self._state.catalog)
        text = f"parked: {found.reason}; {found.near}"
        # Its step may be in a file that is there and cannot be loaded: the runtime is missing, say.
        faults = self._faults()
        because = f"; what could not be loaded: {'; '.join(faults)}" if faults else ""
        return "parked", text + because, {"target": run.target, "closest": found.closest, "faults": faults}

    def _running(self, run: Run) -> tuple[str, str, dict[str, Any]]:
        started = _instant(run.started_at) if run.started_at is not None else "an unknown time"
        ending = "; a cancel was asked for" if run.cancel_requested else ""
        text = f"running since {started} on node {run.node}, attempt {run.attempt}{ending}"
        return "running", text, {"node": run.node, "attempt": run.attempt, "startedAt": run.started_at}

    async def _ready(self, run: Run) -> tuple[str, str, dict[str, Any]]:
        state = self._state
        if state.is_draining:
            return "draining", "ready: this node is stopping and claims nothing", {"node": state.node}
        if not state.is_ledger_up:
            return "ledger", "ready: the ledger refuses commits; claims go on when it returns", {}
        if run.step in await state.ledger.paused():
            return "paused", f"ready: step {run.step} is paused", {"step": run.step}
        spec = state.catalog.step(run.step)
        if spec is None:
            return self._not_loaded(run)
        if spec.kind is StepKind.NOOP:
            return "outside", f"ready: {run.step} is a noop step; it is completed from outside", {}
        if (bounded := await self._concurrency(run, spec)) is not None:
            return bounded
        return self._no_slot(run, spec)

    def _not_loaded(self, run: Run) -> tuple[str, str, dict[str, Any]]:
        faults = self._faults()
        because = f" ({'; '.join(faults)})" if faults else ""
        return "not-loaded", f"ready: step {run.step} is not loaded{because}", {"faults": faults}

    def _faults(self) -> list[str]:
        return [
            f"{fault.file}:{fault.line} {fault.message}" for fault in self._state.catalog.faults[:FAULTS_MAX]
        ]

    async def _concurrency(self, run: Run, spec: StepSpec) -> tuple[str, str, dict[str, Any]] | None:
        bound = spec.concurrency
        if bound is None:
            return None
        lane = run.lane if bound.key is not None else None
        holders = await self._state.ledger.running(run.step, lane=lane, limit=max(bound.limit, 1))
        if len(holders) < bound.limit:
            return None
        ids = [holder.id for holder in holders]
        of_lane = f" in lane {lane!r}" if lane is not None else ""
        text = f"ready: concurrency {len(ids)} of {bound.limit}{of_lane} held by {', '.join(ids[:5])}"
        return "concurrency", text, {"limit": bound.limit, "lane": lane, "holders": ids}

    def _no_slot(self, run: Run, spec: StepSpec) -> tuple[str, str, dict[str, Any]]:
        state = self._state
        infos = [info for info in state.workers.info() if info.language == spec.language]
        alive = [info for info in infos if info.state == "ready"]
        if not infos:
            text = f"ready: no worker runs {spec.language}"
            return "no-worker", text, {"language": spec.language}
        if not alive:
            states = {info.name: info.state for info in infos}
            errors = "; ".join(info.last_error for info in infos if info.last_error)
            text = f"ready: the {spec.language} worker is {' and '.join(sorted(set(states.values())))}"
            return "worker-restarting", f"{text} ({errors})" if errors else text, {"workers": states}
        if not state.workers.has_step(run.step):
            return "not-loaded", f"ready: no worker has loaded step {run.step}", {"language": spec.language}
        if state.workers.free_slots(run.step) <= 0 or self._claimer.is_held(run.step):
            taken: dict[str, int] = {}
            for flight in state.flights.values():
                taken[flight.claim.step] = taken.get(flight.claim.step, 0) + 1
            by = ", ".join(
                f"{step} ({count})" for step, count in sorted(taken.items(), key=lambda i: -i[1])[:5]
            )
            return "slots", f"ready: all slots are taken by {by or 'requests'}", {"taken": taken}
        return "starting", "ready: it is about to be claimed", {}


def _finished(run: Run) -> tuple[str, str, dict[str, Any]]:
    error = f": {run.error.name}: {run.error.message}" if run.error is not None else ""
    reason = f" ({run.reason})" if run.reason else ""
    count = "one attempt" if run.attempt == 1 else f"{run.attempt} attempts"
    text = f"{run.state.value}{reason} after {count}{error}"
    if run.finished_at is not None:
        text += f", at {_instant(run.finished_at)}"
    return (
        run.state.value,
        text,
        {"reason": run.reason, "attempt": run.attempt, "finishedAt": run.finished_at},
    )


def _instant(at: int) -> str:
    return (
        datetime.fromtimestamp(at / 1_000, tz=UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    )
