"""Suspects: runs that were in flight when a worker died with others are run alone, one by one.

Invariants
1. At most one suspect of a language is with the workers at a time; the others keep their claims here.
2. While the first one waits for a worker with nothing in flight, nothing else of its language is
   claimed, so that one falls idle; after `PATIENCE_S` the suspects are released, and claims go on.
3. A suspect that is cancelled, or caught by a drain, is settled without being sent.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

from motia.dispatch.node_state import Flight, NodeState
from motia.workers import NoWorker

PATIENCE_S = 10.0


class _Queue:
    __slots__ = ("active", "refused_at_mono", "waiting")

    def __init__(self) -> None:
        self.waiting: deque[Flight] = deque()
        self.active: Flight | None = None
        self.refused_at_mono: float | None = None


class Isolator:
    """See the head of this file."""

    def __init__(
        self,
        state: NodeState,
        *,
        send: Callable[[Flight], None],
        give_up: Callable[[Flight, NoWorker], None],
    ) -> None:
        self._state = state
        self._send = send
        self._give_up = give_up
        self._queues: dict[str, _Queue] = {}

    def add(self, flight: Flight, language: str) -> None:
        """Queue a suspect."""
        self._queues.setdefault(language, _Queue()).waiting.append(flight)
        self._pump(language)

    def answered(self, flight: Flight, language: str) -> None:
        """The suspect is answered; the next one may go."""
        queue = self._queues.get(language)
        if queue is not None and queue.active is flight:
            queue.active, queue.refused_at_mono = None, None
            self._pump(language)

    def refused(self, flight: Flight, language: str) -> None:
        """No worker was idle: the suspect goes back to the head of the queue."""
        queue = self._queues.setdefault(language, _Queue())
        if queue.active is flight:
            queue.active = None
        queue.waiting.appendleft(flight)
        if queue.refused_at_mono is None:
            queue.refused_at_mono = self._state.clock.mono()

    def is_blocking(self, language: str) -> bool:
        """Whether claims of this language pause so that a worker falls idle."""
        queue = self._queues.get(language)
        return queue is not None and queue.refused_at_mono is not None

    def pump(self) -> None:
        """Something changed: send what can be sent, settle what must not be."""
        for language in list(self._queues):
            self._pump(language)

    def _pump(self, language: str) -> None:
        queue = self._queues[language]
        if queue.active is not None:
            return
        self._settle_unsendable(queue)
        if queue.waiting:
            queue.active = queue.waiting.popleft()
            self._send(queue.active)
        else:
            self._queues.pop(language, None)

    def _settle_unsendable(self, queue: _Queue) -> None:
        """Settle what was cancelled; everything when draining or out of patience."""
        state = self._state
        refused_at = queue.refused_at_mono
        is_over = state.is_draining or (
            refused_at is not None and state.clock.mono() - refused_at > PATIENCE_S
        )
        gone = [flight for flight in queue.waiting if is_over or flight.cancel_reason is not None]
        for flight in gone:
            queue.waiting.remove(flight)
        for flight in gone:
            self._give_up(flight, NoWorker("no worker was idle to run it alone"))
