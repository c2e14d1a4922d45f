"""Running a finished run again, one or all that fit a filter."""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from motia.dispatch.deliveries import delivery_of, parked_delivery
from motia.dispatch.intake import Intake
from motia.dispatch.node_state import NodeState
from motia.dispatch.payload import read_payload
from motia.model import (
    FINAL_STATES,
    Accepted,
    Draining,
    MotiaError,
    NewEvent,
    Run,
    RunConflict,
    RunFilter,
    RunId,
    RunNotFound,
    RunState,
    TriggerKind,
)

PAGE = 100


class ReplayProgress(msgspec.Struct, frozen=True, kw_only=True):
    """How far a bulk replay is. `total` is exact up to 100,000 runs a state."""

    total: int
    replayed: int = 0
    failed: int = 0
    last_error: str = ""


class Replayer:
    """Makes new runs of old ones; an old run itself never changes."""

    def __init__(self, state: NodeState, *, intake: Intake) -> None:
        self._state = state
        self._intake = intake

    async def replay(self, run: RunId, payload: bytes | None = None) -> Accepted:
        """See `Dispatcher.replay`."""
        found = await self._state.ledger.get(run)
        if found is None:
            raise RunNotFound(f"no run has the id {run}", hint="it may be older than the retention")
        return await self._replay(found, payload)

    async def replay_many(
        self, where: RunFilter, *, on_progress: Callable[[ReplayProgress], None] | None = None
    ) -> ReplayProgress:
        """See `Dispatcher.replay_many`."""
        if not where.states:
            where = msgspec.structs.replace(where, states=(RunState.DEAD,))
        ledger = self._state.ledger
        progress = ReplayProgress(total=sum((await ledger.count_runs(where)).values()))
        cursor: str | None = None
        while True:
            # Newest first by id: what this very replay makes is behind the cursor.
            page = await ledger.list_runs(where, limit=PAGE, cursor=cursor)
            for run in page.runs:
                progress = await self._step(run, progress)
            if on_progress is not None:
                on_progress(progress)
            cursor = page.cursor
            if cursor is None:
                return progress

    async def _step(self, run: Run, progress: ReplayProgress) -> ReplayProgress:
        try:
            await self._replay(run, None)
        except MotiaError as error:
            return msgspec.structs.replace(
                progress, failed=progress.failed + 1, last_error=f"run {run.id}: {error}"
            )
        return msgspec.structs.replace(progress, replayed=progress.replayed + 1)

    async def _replay(self, run: Run, payload: bytes | None) -> Accepted:
        state = self._state
        if state.is_draining:
            raise Draining("the engine is stopping and takes no new events")
        if run.state not in FINAL_STATES:
            raise RunConflict(
                f"run {run.id} is {run.state.value}; only a finished run is replayed",
                hint="cancel it first, or wait until it is finished",
            )
        read = read_payload(
            payload if payload is not None else run.payload, bytes_max=state.config.limits.payload_bytes
        )
        spec = state.catalog.step(run.step)
        subscribers = (spec,) if spec is not None else ()
        self._intake.check(subscribers, read.data, target=run.target)
        delivery = (
            delivery_of(spec, read.value, key=None, depth_max=None)
            if spec is not None
            else parked_delivery(run.step, key=run.key, depth_max=None)
        )
        event = NewEvent(
            target=run.target if spec is not None else run.step,
            kind=TriggerKind.REPLAY,
            payload=read.data,
            trace=state.recorder.new_trace(),
            deliveries=(delivery,),
            retry_count=read.retry_count if payload is not None else run.retry_count,
            replay_of=run.id,
            info=run.info,
        )
        return await self._intake.accept(event, subscribers)
