"""Keepers fill the seats of a pool: start a worker, load it, start another when it dies.

Invariants
1. A keeper has at most one worker that takes invocations, and during `replace` one on its way.
2. Restarts follow at once the first time, then later and later, and at once again after 30 s of health.
3. A sealed or retired keeper starts nothing.
4. A worker that died and cannot be replaced is told once per reason, not at each try: a start and a
   reload make a fault of the project of it, a restart has nobody else to tell.
"""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import Callable

from motia.protocol import LoadedManifest, Log
from motia.workers.death import Death, WorkerLost
from motia.workers.nursery import Nursery
from motia.workers.trial import Trial
from motia.workers.worker import Worker

BACKOFF_FIRST_S = 0.1
BACKOFF_CAP_S = 5.0
HEALTHY_S = 30.0


class Backoff:
    """Delays before restarts: 0, then 100 ms doubling up to 5 s; from 0 again after 30 s of health."""

    def __init__(self) -> None:
        """No failure so far."""
        self._failures = 0

    def next_s(self, ready_s: float) -> float:
        """The delay after a worker that had been ready for `ready_s`."""
        if ready_s >= HEALTHY_S:
            self._failures = 0
        failures, self._failures = self._failures, self._failures + 1
        return 0.0 if not failures else min(BACKOFF_FIRST_S * 2.0 ** (failures - 1), BACKOFF_CAP_S)


class Keeper:
    """See the head of this file."""

    def __init__(
        self, nursery: Nursery, *, lane: str, trial: Trial, on_change: Callable[[Keeper], None]
    ) -> None:
        """Fill a seat of `lane` with workers that `trial` loads; `on_change` hears when they come and go."""
        self.lane = lane
        self.language = nursery.language
        self.worker: Worker | None = None
        """The one that takes invocations, or the one that did so last."""
        self.manifest: LoadedManifest | None = None
        """Of the last worker that became ready."""
        self.restarts = 0
        self.last_error = ""
        self.is_sealed = False
        """Its files have changed since they were loaded: a worker that dies is not replaced."""
        self._nursery = nursery
        self._trial = trial
        self._told_missing = ""
        self._on_change = on_change
        self._clock = nursery.registry.clock
        self._backoff = Backoff()
        self._task: asyncio.Task[None] | None = None
        self._tried: asyncio.Future[None] = asyncio.get_running_loop().create_future()

    @property
    def is_open(self) -> bool:
        """Whether its worker takes invocations."""
        return self.worker is not None and self.worker.is_open

    async def open(self) -> None:
        """Return when the first worker is ready or has failed; the keeper goes on either way."""
        if self._task is None:
            self._task = asyncio.get_running_loop().create_task(self._keep())
            self._task.add_done_callback(self._on_end)
        await asyncio.shield(self._tried)

    async def replace(self) -> None:
        """Put a fresh worker in place of the one that is ready, which finishes what it has.

        Raises:
            WorkerLost: The fresh one did not get ready; the old one stays.
        """
        old = self.worker
        if old is None or not old.is_open:
            return  # it is being replaced already
        self.restarts += 1
        fresh, manifest = await self._fill()
        if self.is_sealed:
            fresh.retire()  # a reload or the end came first
        else:
            self._put(fresh, manifest)

    def retire(self) -> None:
        """Start nothing more; the worker finishes what it has and ends."""
        self.is_sealed = True
        if self._task is not None:
            self._task.cancel()
        if self.worker is not None:
            self.worker.retire()
        if not self._tried.done():
            self._tried.set_result(None)

    async def wait_retired(self) -> None:
        """Return when nothing of this keeper runs; its workers may."""
        if self._task is not None:
            await asyncio.gather(self._task, return_exceptions=True)

    def _on_end(self, task: asyncio.Task[None]) -> None:
        """A fault of ours in the first start reaches who waits for it, instead of holding it up for ever."""
        if not self._tried.done():
            error = None if task.cancelled() else task.exception()
            if error is None:
                self._tried.set_result(None)
            else:
                self._tried.set_exception(error)

    async def _keep(self) -> None:
        while True:
            ready_s = await self._keep_one()
            if not self._tried.done():
                self._tried.set_result(None)
            if self.is_sealed:
                return
            self.restarts += 1
            await self._clock.sleep(self._backoff.next_s(ready_s))

    async def _keep_one(self) -> float:
        """One worker from start to death (with those that replaced it); how long the last was ready."""
        try:
            worker, manifest = await self._fill()
        except WorkerLost as lost:
            self._tell_missing(str(lost).partition("\n")[0])
            self.last_error = str(lost)
            self._on_change(self)
            return 0.0
        self._put(worker, manifest)
        if not self._tried.done():
            self._tried.set_result(None)
        death = await self._wait_death(worker)
        self.last_error = death.reason
        self._on_change(self)
        return death.ready_s

    async def _wait_death(self, worker: Worker) -> Death:
        """How the worker of the seat ended: this one, or the last of those that replaced it."""
        while True:
            retry_s = self._trial.retry_s
            if retry_s is None:
                death = await asyncio.shield(worker.died)
            else:
                retry = asyncio.ensure_future(self._clock.sleep(retry_s))
                try:
                    await asyncio.wait((worker.died, retry), return_when=asyncio.FIRST_COMPLETED)
                finally:
                    retry.cancel()
                if not worker.died.done():
                    await self._try_again()
                    worker = self.worker or worker
                    continue
                death = worker.died.result()
            if self.worker is None or self.worker is worker:
                return death
            worker = self.worker

    async def _try_again(self) -> None:
        """Load the files that were left out too: what ended their worker may be over."""
        self._trial.forgive()
        with contextlib.suppress(WorkerLost):
            await self.replace()

    async def _fill(self) -> tuple[Worker, LoadedManifest]:
        return await self._trial.load(lane=self.lane, restarts=self.restarts)

    def _tell_missing(self, reason: str) -> None:
        if self.worker is None or reason == self._told_missing:
            return
        self._told_missing = reason
        registry = self._nursery.registry
        message = (
            f"no {self.language} worker can take the place of {self.worker.name}: {reason} "
            f"(tried again, every {BACKOFF_CAP_S:.0f} s at last)"
        )
        log = Log(level="error", message=message, at=registry.clock.now_ms(), source="engine")
        registry.events.on_log(None, self.worker.name, log)

    def _put(self, worker: Worker, manifest: LoadedManifest) -> None:
        old, self.worker = self.worker, worker
        self.manifest = manifest
        self._told_missing = ""
        worker.follows_death = self.last_error
        self.last_error = ""
        if self.restarts:
            self._nursery.refill()  # a start or a reload does so itself when all of it is done
        self._on_change(self)
        if old is not None:
            old.retire()  # only now: the routes have the new one
