"""The slots of one worker: how many invocations it may have, and who holds them.

Background and request invocations have slots of their own, so that neither starves the other in a
worker that serves both.

Invariants
1. A background flight holds one slot from `take` to `give`, except while it is lent.
2. One step holds at most `step_max` background slots at the time it is sent: a stuck step cannot
   starve the others.
3. At most `lent_max` slots are lent: chains of waiting runs cannot grow without bound.
"""

from __future__ import annotations

from motia.model import StepId
from motia.project import Config
from motia.workers.flight import Flight


class Slots:
    """See the head of this file."""

    __slots__ = (
        "_by_step",
        "background",
        "background_max",
        "lent",
        "lent_max",
        "requests",
        "requests_max",
        "step_max",
    )

    def __init__(self, *, background_max: int, requests_max: int) -> None:
        """All free."""
        self.background = 0
        self.background_max = background_max
        self.requests = 0
        self.requests_max = requests_max
        self.step_max = max(background_max // 2, 1)
        self.lent = 0
        self.lent_max = background_max * 4
        self._by_step: dict[StepId, int] = {}

    @classmethod
    def of(cls, config: Config) -> Slots:
        """The slots of a worker of this project: all requests the node takes fit into its workers."""
        pools = config.workers
        processes = max(pools.request or pools.background, 1)
        requests_max = max(pools.slots, -(-config.limits.requests_in_flight // processes))
        return cls(background_max=pools.slots, requests_max=requests_max)

    def free_for(self, step: StepId) -> int:
        """How many more background invocations of `step` fit."""
        of_step = self.step_max - self._by_step.get(step, 0)
        in_all = self.background_max - self.background
        free = of_step if of_step < in_all else in_all
        return free if free > 0 else 0

    def take(self, flight: Flight) -> None:
        """Count a flight that was sent."""
        if flight.is_background:
            self._take_background(flight)
        else:
            self.requests += 1

    def give(self, flight: Flight) -> None:
        """Count a flight that is over."""
        if not flight.is_background:
            self.requests -= 1
        elif not flight.lent:
            self._give_background(flight)

    def try_lend(self, flight: Flight) -> bool:
        """Give the slot back while the flight waits for another run; `take_back` must follow a True."""
        if not flight.is_background or self.lent >= self.lent_max:
            return False
        if not flight.lent:
            self._give_background(flight)
        flight.lent += 1
        self.lent += 1
        return True

    def take_back(self, flight: Flight) -> None:
        """End one lending; the slot is the flight's again even if that is one too many for a while."""
        flight.lent -= 1
        self.lent -= 1
        if not flight.lent and flight.holder is not None:
            self._take_background(flight)

    def _take_background(self, flight: Flight) -> None:
        step = flight.invocation.step
        self.background += 1
        self._by_step[step] = self._by_step.get(step, 0) + 1

    def _give_background(self, flight: Flight) -> None:
        step = flight.invocation.step
        self.background -= 1
        left = self._by_step[step] - 1
        if left:
            self._by_step[step] = left
        else:
            del self._by_step[step]
