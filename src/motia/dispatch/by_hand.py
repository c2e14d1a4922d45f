"""Completing a run of a noop step from outside: a person, or another system's webhook.

Runs of noop steps stay ready: no worker takes them. Completing one means to claim it; the ledger
claims in its own order, so the runs ahead of it are claimed too and released unchanged.
"""

from __future__ import annotations

import asyncio

from motia.dispatch.node_state import NodeState
from motia.dispatch.payload import decode_json
from motia.model import (
    Claim,
    PayloadTooLarge,
    Run,
    RunConflict,
    RunId,
    RunNotFound,
    RunState,
    StepKind,
    StepSpec,
)

BATCH = 200


class ByHand:
    """One completion at a time, so that two do not take each other's runs."""

    def __init__(self, state: NodeState) -> None:
        self._state = state
        self._turn = asyncio.Lock()

    async def complete(self, run_id: RunId, result: bytes) -> Run:
        """See `Dispatcher.complete_by_hand`."""
        bytes_max = self._state.config.limits.payload_bytes
        if len(result) > bytes_max:
            raise PayloadTooLarge(f"the result has {len(result):,} bytes; at most {bytes_max:,} are allowed")
        decode_json(result, what="result")
        async with self._turn:
            run = await self._get(run_id)
            spec = self._state.catalog.step(run.step)
            if spec is None or spec.kind is not StepKind.NOOP:
                raise RunConflict(f"{run.step} is no noop step; its runs are completed by their handler")
            if run.state is not RunState.READY:
                raise RunConflict(f"run {run_id} is {run.state.value}; only a ready one is completed by hand")
            await self._take_and_complete(spec, run, result)
        return await self._get(run_id)

    async def _take_and_complete(self, spec: StepSpec, run: Run, result: bytes) -> None:
        state = self._state
        taken: list[Claim] = []
        try:
            while not any(claim.run == run.id for claim in taken):
                claims = await state.ledger.claim(spec.id, limit=BATCH, node=state.node, concurrency=None)
                if not claims:
                    raise RunConflict(f"run {run.id} is no longer ready, or step {spec.id} is paused")
                taken.extend(claims)
            mine = next(claim for claim in taken if claim.run == run.id)
            await state.ledger.complete(mine.run, mine.epoch, result=result)
            taken.remove(mine)
        finally:
            for claim in taken:
                await state.ledger.release(claim.run, claim.epoch, reason="not meant")
        state.recorder.run_changed(run.id, run.step, RunState.COMPLETED, run.trace, 1)
        state.bells.finished(run.id)
        state.bells.over(run.trace, run.id, run.step, RunState.COMPLETED)

    async def _get(self, run_id: RunId) -> Run:
        run = await self._state.ledger.get(run_id)
        if run is None:
            raise RunNotFound(f"no run has the id {run_id}", hint="it may be older than the retention")
        return run
