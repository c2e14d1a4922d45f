"""Calls to the engine that are under way, and those that wait for a place among `calls_max`.

Invariants
1. Every call's future is resolved exactly once: by its reply, or when the connection ends.
2. At most `calls_max` calls are without a reply; at most `WAITING_MAX` wait.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from concurrent.futures import Future

import msgspec

from motia.authoring import InvocationOver, decode_json, remote_error
from motia.model import MotiaError, QueueFull, WorkerUnavailable
from motia.protocol import Call, Reply
from motia.python_worker.running import Running

WAITING_MAX = 65_536

_CallFuture = Future[msgspec.Raw]


class Calls:
    """The calls of one worker. On the loop's thread only."""

    def __init__(self, send: Callable[[Call], None], on_settled: Callable[[Running], None]) -> None:
        """Send with `send`; `on_settled` is told when the last call of an invocation is answered."""
        self._send = send
        self._on_settled = on_settled
        self._number = 0
        self._open: dict[int, tuple[Running, _CallFuture]] = {}
        self._waiting: deque[tuple[Running, str, bytes, _CallFuture]] = deque()
        self.calls_max = 256

    def start(self, running: Running, op: str, args: bytes, future: _CallFuture) -> None:
        """Send a call, now or when there is a place."""
        if running.is_over and not running.kept:
            future.set_exception(over(running, op))
            return
        running.pending += 1
        if len(self._open) >= self.calls_max:
            if len(self._waiting) >= WAITING_MAX:
                self._resolve(running, future, QueueFull(f"{WAITING_MAX} calls of this worker wait already"))
                return
            self._waiting.append((running, op, args, future))
            return
        self._start(running, op, args, future)

    def reply(self, reply: Reply) -> None:
        """Take an answer; one for no call of ours is ignored."""
        found = self._open.pop(reply.call, None)
        if found is None:
            return
        running, future = found
        if self._waiting:
            self._start(*self._waiting.popleft())
        error = reply.error
        if error is None:
            self._resolve(running, future, reply.value)
            return
        details = None if error.error is None else decode_json(error.error)
        self._resolve(
            running,
            future,
            remote_error(
                error.code,
                error.message,
                kind=error.kind,
                hint=error.hint,
                problems=error.problems,
                error=details if isinstance(details, dict) else None,
            ),
        )

    def abandon(self) -> None:
        """The engine is gone: every call fails."""
        unanswered = [*self._open.values(), *((running, future) for running, _, _, future in self._waiting)]
        self._open.clear()
        self._waiting.clear()
        for running, future in unanswered:
            self._resolve(
                running, future, WorkerUnavailable("the engine is gone; whether it was done is unknown")
            )

    def _start(self, running: Running, op: str, args: bytes, future: _CallFuture) -> None:
        self._number += 1
        self._open[self._number] = (running, future)
        self._send(Call(call=self._number, invocation=running.number, op=op, args=msgspec.Raw(args)))

    def _resolve(self, running: Running, future: _CallFuture, outcome: msgspec.Raw | MotiaError) -> None:
        running.pending -= 1
        if not future.done():
            if isinstance(outcome, MotiaError):
                future.set_exception(outcome)
            else:
                future.set_result(outcome)
        if running.pending == 0:
            self._on_settled(running)


def over(running: Running, op: str) -> InvocationOver:
    """The error of a call that comes too late."""
    return InvocationOver(
        f"{op} was used after the handler of {running.step!r} had returned",
        hint="await what the handler starts before it returns",
    )
