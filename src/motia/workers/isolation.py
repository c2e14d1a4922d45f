"""Suspects run alone: a worker with nothing else in flight, started when one is needed.

Invariants
1. The worker has at most one flight; further ones wait here, in order, at most `WAITING_MAX`.
2. A flight that waits is answered when no worker can be had, when it is cancelled, and at the end.
"""

from __future__ import annotations

import asyncio
from collections import deque

from motia.protocol import Failure
from motia.runtime import Timer
from motia.workers.death import WorkerLost
from motia.workers.flight import Flight
from motia.workers.nursery import Nursery
from motia.workers.trial import Trial
from motia.workers.worker import Worker

WAITING_MAX = 1_000
IDLE_S = 30.0
LANE = "alone"


class Isolation:
    """Runs flights of one generation one at a time, each with a worker to itself."""

    def __init__(self, nursery: Nursery, trial: Trial) -> None:
        """Workers come from `nursery` by `trial`; none is started yet."""
        self._nursery = nursery
        self._trial = trial
        self._waiting: deque[Flight] = deque()
        self._worker: Worker | None = None
        self._task: asyncio.Task[None] | None = None
        self._idle_timer: Timer | None = None
        self._is_retired = False

    @property
    def is_busy(self) -> bool:
        """Whether flights wait or its worker runs."""
        return bool(self._waiting) or (self._task is not None and not self._task.done())

    def submit(self, flight: Flight) -> None:
        """Run the flight when its turn comes."""
        if len(self._waiting) >= WAITING_MAX:
            flight.refuse("busy: too many runs wait to be run alone")
            return
        flight.holder = self
        self._waiting.append(flight)
        self._keep_serving()

    def cancel(self, flight: Flight) -> None:
        """Answer a flight that still waits."""
        self._waiting.remove(flight)
        flight.holder = None
        flight.fail(
            Failure(
                invocation=flight.number,
                name="Cancelled",
                kind="cancelled",
                message=f"cancelled before it was sent ({flight.cancel_reason})",
            )
        )

    def retire(self) -> None:
        """Start no further worker once those that wait are done."""
        self._is_retired = True
        if self._task is None or self._task.done():
            self._end_worker()

    def refuse_waiting(self, reason: str) -> None:
        """Answer all that wait."""
        while self._waiting:
            self._waiting.popleft().refuse(reason)

    async def close(self) -> None:
        """Answer all that wait and end."""
        self.retire()
        self.refuse_waiting("draining")
        if self._task is not None:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)
        self._end_worker()

    def _keep_serving(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._serve())

    async def _serve(self) -> None:
        while self._waiting:
            try:
                worker = await self._ready_worker()
            except WorkerLost as lost:
                self.refuse_waiting(f"no worker could be had to run it alone: {lost}")
                break
            # While it started, everybody may have been cancelled.
            if self._waiting:
                flight = self._waiting.popleft()
                if flight.invocation.step in worker.steps:
                    worker.submit(flight)
                    await worker.wait_idle()
                else:
                    flight.refuse("the worker that was to run it alone has not loaded the step")
        if self._is_retired:
            self._end_worker()
        else:
            self._idle_timer = self._nursery.registry.clock.call_later(IDLE_S, self._end_worker)

    async def _ready_worker(self) -> Worker:
        if self._worker is None or not self._worker.is_open:
            self._worker, _ = await self._trial.load(lane=LANE)
            self._nursery.refill()
        return self._worker

    def _end_worker(self) -> None:
        if self._idle_timer is not None:
            self._idle_timer.cancel()
            self._idle_timer = None
        if self._worker is not None:
            self._worker.retire()
            self._worker = None
