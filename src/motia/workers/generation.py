"""A generation: the workers of one language that loaded the project at one moment.

Invariants
1. Its pools have the configured sizes; without request processes the background ones take both lanes.
2. Once sealed (newer workers took over, it keeps only steps whose file is broken now) nothing is restarted.
3. Retired, it finishes what is in flight and ends.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Sequence

from motia.model import LoadFault
from motia.protocol import LoadedManifest
from motia.workers.isolation import Isolation
from motia.workers.keeper import Keeper
from motia.workers.nursery import Nursery
from motia.workers.seam import Lane
from motia.workers.trial import WORKER_ENDED, Trial
from motia.workers.worker import Worker


class Generation:
    """See the head of this file."""

    def __init__(
        self, nursery: Nursery, files: Sequence[str], *, on_change: Callable[[Generation], None]
    ) -> None:
        """Prepare workers for `files`; `on_change` hears when one becomes ready or dies."""
        pools = nursery.registry.config.workers
        self.files = frozenset(files)
        self.manifest: LoadedManifest | None = None
        """What the worker has loaded that became ready last; of live ones that differ, the one with most steps."""
        trial = Trial(nursery, files)
        self.isolation = Isolation(nursery, trial)
        self.keepers = tuple(
            Keeper(nursery, lane=lane.value, trial=trial, on_change=self._on_keeper)
            for lane, size in ((Lane.REQUEST, pools.request), (Lane.BACKGROUND, max(pools.background, 1)))
            for _ in range(size)
        )
        self._shares_workers = pools.request == 0
        self._on_change = on_change

    @property
    def last_error(self) -> str:
        """Why a seat is empty; empty when nothing failed."""
        return next((keeper.last_error for keeper in self.keepers if keeper.last_error), "")

    @property
    def has_worker(self) -> bool:
        """Whether any worker takes invocations."""
        return any(keeper.is_open for keeper in self.keepers)

    @property
    def is_busy(self) -> bool:
        """Whether anything of it still runs."""
        alive = any(keeper.worker is not None and not keeper.worker.is_dead for keeper in self.keepers)
        return alive or self.isolation.is_busy

    def faults(self) -> list[LoadFault]:
        """What could not be loaded, with the files that only some of the workers have."""
        faults = dict.fromkeys(self.manifest.faults) if self.manifest is not None else {}
        for keeper in self.keepers:
            if keeper.is_open and keeper.manifest is not None:
                faults |= dict.fromkeys(
                    fault for fault in keeper.manifest.faults if fault.code == WORKER_ENDED
                )
        return list(faults)

    async def open(self) -> None:
        """Return when every seat was tried once."""
        await asyncio.gather(*(keeper.open() for keeper in self.keepers))

    def workers(self, lane: Lane) -> tuple[Worker, ...]:
        """Those that take invocations of the lane now.

        A lane whose workers are all down does not borrow the other's: what kills them would follow.
        """
        wanted = Lane.BACKGROUND if self._shares_workers else lane
        return tuple(
            keeper.worker
            for keeper in self.keepers
            if keeper.lane == wanted and keeper.worker is not None and keeper.worker.is_open
        )

    def seal(self) -> None:
        """Restart nothing: what is on disk is not what this generation loaded."""
        for keeper in self.keepers:
            keeper.is_sealed = True

    def retire(self) -> None:
        """Finish what is in flight and end."""
        for keeper in self.keepers:
            keeper.retire()
        self.isolation.retire()

    async def close(self) -> None:
        """Retire and return when nothing but the retired workers is left."""
        self.retire()
        await self.isolation.close()
        await asyncio.gather(*(keeper.wait_retired() for keeper in self.keepers))

    def _on_keeper(self, keeper: Keeper) -> None:
        loaded = [one.manifest for one in (keeper, *self.keepers) if one.is_open and one.manifest is not None]
        if loaded:
            self.manifest = max(loaded, key=lambda manifest: len(manifest.steps))
        self._on_change(self)
