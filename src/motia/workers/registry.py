"""All live workers of a node: the sweep over their deadlines, and news of free capacity.

Invariants
1. A worker is in the registry from before its process starts until it is reaped.
2. One timer serves all deadlines, and only while something is in flight.
"""

from __future__ import annotations

import asyncio
import itertools
from typing import TYPE_CHECKING

from motia.project import Config
from motia.protocol import PROTOCOL_VERSION, Hello
from motia.runtime import Clock, Timer
from motia.workers.calls import CallDesk
from motia.workers.seam import Origin, WorkerEvents

if TYPE_CHECKING:
    from motia.workers.worker import Worker

CALLS_MAX = 256
"""Calls of one worker without a reply."""
SWEEP_S = 0.1
"""How late a deadline may be noticed."""


class Registry:
    """What every worker needs of its node."""

    def __init__(
        self,
        *,
        config: Config,
        clock: Clock,
        events: WorkerEvents,
        desk: CallDesk,
        engine_version: str,
        stands_by: bool = True,
    ) -> None:
        """Share these with all workers."""
        self.config = config
        self.clock = clock
        self.events = events
        self.desk = desk
        self.engine_version = engine_version
        self.stands_by = stands_by and not config.is_production
        """Whether a worker of each language waits, so that a reload only loads."""
        self.workers: set[Worker] = set()
        self.wants_capacity = False
        """`free_slots` said 0, or a flight was refused as busy, and nobody was told of capacity since."""
        self.log_lines_dropped = 0
        self.stalls = 0
        self._names: dict[str, itertools.count[int]] = {}
        self._sweep_timer: Timer | None = None

    def new_name(self, language: str) -> str:
        """A name that no worker of this node had before."""
        numbers = self._names.setdefault(language, itertools.count(1))
        return f"{language}-{next(numbers)}"

    def hello(self, name: str) -> Hello:
        """The first message to the worker of this name."""
        return Hello(
            protocol=PROTOCOL_VERSION,
            engine=self.engine_version,
            worker=name,
            environment=self.config.environment,
            payload_bytes_max=self.config.limits.payload_bytes,
            calls_max=CALLS_MAX,
            threads=self.config.workers.threads,
        )

    def drop_log(self, origin: Origin | None) -> None:
        """Count a log line of a worker that wrote too many, and tell whose it was."""
        self.log_lines_dropped += 1
        self.events.on_log_dropped(origin)

    def arm(self) -> None:
        """Sweep as long as something is in flight."""
        if self._sweep_timer is None:
            self._sweep_timer = self.clock.call_later(SWEEP_S, self._sweep)

    def disarm(self) -> None:
        """End sweeping; `arm` begins again."""
        if self._sweep_timer is not None:
            self._sweep_timer.cancel()
            self._sweep_timer = None

    def tell_capacity(self) -> None:
        """Tell of capacity in the next turn of the loop, when somebody wants it."""
        if self.wants_capacity:
            self.wants_capacity = False
            asyncio.get_running_loop().call_soon(self.events.on_capacity)

    def _sweep(self) -> None:
        self._sweep_timer = None
        now_mono = self.clock.mono()
        for worker in tuple(self.workers):
            worker.sweep(now_mono)
        if any(worker.session.in_flight for worker in self.workers):
            self.arm()
