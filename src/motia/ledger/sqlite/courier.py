"""The hand-over between the event loop and one thread: batches there, one call back for each.

Invariants
1. What one turn of the loop submits is handed over under one lock; what one batch answers comes
   back in one `call_soon_threadsafe`.
2. At most `pending_max` submissions are unanswered; the next is refused, never queued.
3. Every submission is answered, also when the thread's work raises and when it closes.
4. Submissions are carried out in the order they were made.
"""

from __future__ import annotations

import asyncio
import contextlib
import threading
from collections import deque
from collections.abc import Callable
from typing import Any

import msgspec

from motia.model import LedgerUnavailable

BATCH_MAX = 1_024


class Errand(msgspec.Struct, frozen=True, eq=False):
    """One submission: `work(*args)` is the thread's to carry out; `kind` names it."""

    kind: str
    future: asyncio.Future[Any]
    work: Callable[..., Any]
    args: tuple[Any, ...]


Answer = tuple[asyncio.Future[Any], Any, BaseException | None]


class Courier:
    """One named thread and its queue. Subclasses write `_on_start`, `_carry_out` and `_on_stop`."""

    def __init__(self, name: str, *, pending_max: int) -> None:
        """A thread called `name`, not started yet."""
        self._name = name
        self._pending_max = pending_max
        self._pending = 0
        self._gathered: list[Errand] = []
        self._inbox: deque[Errand] = deque()
        self._wake = threading.Condition(threading.Lock())
        self._is_closing = False
        self._is_open = False
        self._loop: asyncio.AbstractEventLoop | None = None
        self._thread: threading.Thread | None = None

    async def start(self) -> None:
        """Start the thread; return when `_on_start` has, or raise what it raised."""
        if self._is_open:
            return
        self._loop = asyncio.get_running_loop()
        self._is_closing = False
        started: asyncio.Future[Any] = self._loop.create_future()
        self._thread = threading.Thread(target=self._run, args=(started,), name=self._name, daemon=True)
        self._thread.start()
        await started
        self._is_open = True

    async def stop(self) -> None:
        """Carry out what was submitted, then end the thread; safe twice."""
        if not self._is_open or self._loop is None:
            return
        self._hand_over()
        self._is_open = False
        stopped: asyncio.Future[Any] = self._loop.create_future()
        with self._wake:
            self._is_closing = True
            self._inbox.append(Errand("stop", stopped, _nothing, ()))
            self._wake.notify()
        self._pending += 1
        await stopped

    def submit(self, kind: str, work: Callable[..., Any], *args: Any) -> asyncio.Future[Any]:
        """Have `work(*args)` carried out by the thread; the future has its answer.

        Raises:
            LedgerUnavailable: Closed, or too much is waiting already. Nothing was submitted.
        """
        loop = self._loop
        if not self._is_open or loop is None:
            raise LedgerUnavailable(
                "the ledger is not open", hint="open it first, or try again after a restart"
            )
        if self._pending >= self._pending_max:
            raise LedgerUnavailable(
                f"{self._pending:,} operations wait for the ledger, as many as may",
                hint="the disk is slower than the load; try again later",
            )
        future: asyncio.Future[Any] = loop.create_future()
        self._pending += 1
        self._gathered.append(Errand(kind, future, work, args))
        if len(self._gathered) == 1:
            loop.call_soon(self._hand_over)
        return future

    def _hand_over(self) -> None:
        gathered = self._gathered
        if not gathered:
            return
        self._gathered = []
        with self._wake:
            self._inbox.extend(gathered)
            self._wake.notify()

    def _run(self, started: asyncio.Future[Any]) -> None:
        try:
            self._on_start()
        except BaseException as error:  # handed to whoever waits for the start
            self._post([(started, None, error)], is_pending=False)
            return
        self._post([(started, None, None)], is_pending=False)
        while True:
            batch, is_last = self._take()
            if batch:
                self._post(self._carry_out(batch))
                self._after_batch()
            elif not is_last:
                self._on_idle()
            if is_last:
                break
        try:
            self._on_stop()
        finally:
            self._post([(self._stop_future, None, None)])

    def _take(self) -> tuple[list[Errand], bool]:
        with self._wake:
            if not self._inbox and not self._is_closing:
                self._wake.wait(self._idle_s())
            inbox = self._inbox
            if len(inbox) <= BATCH_MAX:
                batch = list(inbox)
                inbox.clear()
            else:
                batch = [inbox.popleft() for _ in range(BATCH_MAX)]
        if batch and batch[-1].work is _nothing:
            self._stop_future = batch.pop().future
            return batch, True
        return batch, False

    def _post(self, answers: list[Answer], *, is_pending: bool = True) -> None:
        assert self._loop is not None
        with contextlib.suppress(RuntimeError):  # the loop is closed: nobody waits any more
            self._loop.call_soon_threadsafe(self._deliver, answers, is_pending)

    def _deliver(self, answers: list[Answer], is_pending: bool) -> None:
        if is_pending:
            self._pending -= len(answers)
        for future, result, error in answers:
            if future.done():
                continue
            if error is None:
                future.set_result(result)
            else:
                future.set_exception(error)

    def _has_waiting(self) -> bool:
        return bool(self._inbox)

    # what a subclass does on the thread

    def _on_start(self) -> None:
        """Open; an error leaves by `start`."""

    def _on_stop(self) -> None:
        """Close; the last thing the thread does."""

    def _carry_out(self, batch: list[Errand]) -> list[Answer]:
        """Carry out every errand; must not raise."""
        raise NotImplementedError

    def _after_batch(self) -> None:
        """Called after each batch was answered."""

    def _on_idle(self) -> None:
        """Called when nothing came for `_idle_s` seconds."""

    def _idle_s(self) -> float | None:
        return None


def _nothing() -> None:
    """Marks the end of the queue."""
