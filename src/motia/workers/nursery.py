"""The nursery: where the workers of one language come from, and the one that stands by."""

from __future__ import annotations

import asyncio

from motia.workers.death import WorkerLost
from motia.workers.launch import Launcher
from motia.workers.registry import Registry
from motia.workers.worker import Worker


class Nursery:
    """Gives out greeted workers of one language; in development one stands by, so that a reload only loads."""

    def __init__(self, registry: Registry, launcher: Launcher) -> None:
        """Start workers by `launcher`."""
        self.registry = registry
        self.language = launcher.language
        self._launcher = launcher
        self._standby: Worker | None = None
        self._filling: asyncio.Task[None] | None = None
        self._is_closed = False

    async def hire(self, *, lane: str, restarts: int = 0) -> Worker:
        """A worker that said hello and has loaded nothing.

        Raises:
            WorkerLost: It could not be started.
        """
        if self._standby is None and self._filling is not None:
            await asyncio.wait((self._filling,))  # it has a head start over a new one
        worker, self._standby = self._standby, None
        if worker is None or worker.is_dead:
            worker = Worker(
                self.registry, self._launcher, name=self.registry.new_name(self.language), lane=lane
            )
            await worker.open()
        worker.lane = lane
        worker.restarts = restarts
        return worker

    def refill(self) -> None:
        """Have a standby again (where the node has any)."""
        is_there = self._standby is not None and not self._standby.is_dead
        is_coming = self._filling is not None and not self._filling.done()
        if self.registry.stands_by and not (is_there or is_coming or self._is_closed):
            self._filling = asyncio.get_running_loop().create_task(self._fill())

    async def renew(self, launcher: Launcher, *, drops_standby: bool = False) -> None:
        """Start workers by `launcher` from now on.

        A standby that was started by another command or in another environment ends, and with
        `drops_standby` any.
        """
        before, self._launcher = self._launcher, launcher
        if drops_standby or not _starts_alike(before, launcher):
            await self._drop_standby()

    async def close(self) -> None:
        """Give out no standby any more; the one that waits ends."""
        self._is_closed = True
        await self._drop_standby()

    async def _drop_standby(self) -> None:
        if self._filling is not None:
            self._filling.cancel()
            await asyncio.gather(self._filling, return_exceptions=True)
        if self._standby is not None:
            self._standby.retire()
            self._standby = None

    async def _fill(self) -> None:
        worker = Worker(
            self.registry, self._launcher, name=self.registry.new_name(self.language), lane="standby"
        )
        try:
            await worker.open()
        except WorkerLost:
            return  # told in the log; the next reload starts a worker of its own
        except asyncio.CancelledError:
            worker.retire()
            raise
        self._standby = worker


def _starts_alike(one: Launcher, other: Launcher) -> bool:
    return one is other or (tuple(one.argv()), dict(one.env())) == (tuple(other.argv()), dict(other.env()))
