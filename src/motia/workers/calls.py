"""Carries out what handlers ask of the engine: one future or task a call, one reply.

Invariants
1. A call that was begun is finished whatever becomes of its worker: what it did is durable. Only
   `stop` cuts it short.
2. At most `calls_max` calls of one worker are under way; the session refuses more.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from functools import partial
from typing import Any

import msgspec

from motia.model import AuthorError, CallerError, MotiaError, PayloadInvalid, RunFailed
from motia.protocol import Call, CallError
from motia.workers.flight import Flight
from motia.workers.seam import CallHandler, Pending

STOP_GRACE_S = 2.0

Reply = Callable[[int, bytes, CallError | None], None]


class CallDesk:
    """Runs the call handler for all workers."""

    def __init__(self, handler: CallHandler, *, on_fault: Callable[[str], None]) -> None:
        """Let `handler` carry out calls; `on_fault` hears of errors that are nobody's answer."""
        self._handler = handler
        self._on_fault = on_fault
        self._under_way: set[asyncio.Future[bytes]] = set()
        self._watched: set[asyncio.Future[Any]] = set()
        """Under way by others, who finish it."""

    def take(self, flight: Flight, call: Call, reply: Reply) -> None:
        """Carry out `call`, then `reply(call, value, error)`.

        A handler that answers with a future or `Pending` costs no task; one that raises at once has answered.
        """
        try:
            work = self._handler(flight.origin, call.op, call.args)
        except Exception as error:  # the boundary to other rooms: the handler must get an answer
            self._refuse(error, flight, call, reply)
            return
        if isinstance(work, Pending):
            self._watched.add(work.work)
            work.work.add_done_callback(partial(self._on_done, flight, call, reply, work.render))
            return
        own = asyncio.ensure_future(work)
        self._under_way.add(own)
        own.add_done_callback(partial(self._on_done, flight, call, reply, None))

    async def stop(self) -> None:
        """Let what is under way finish for a moment, then cut it short."""
        if self._under_way or self._watched:
            await asyncio.wait((*self._under_way, *self._watched), timeout=STOP_GRACE_S)
        rest = tuple(self._under_way)
        for work in rest:
            work.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _on_done(
        self,
        flight: Flight,
        call: Call,
        reply: Reply,
        render: Callable[[Any], bytes] | None,
        work: asyncio.Future[Any],
    ) -> None:
        (self._under_way if render is None else self._watched).discard(work)
        if work.cancelled():
            return
        error = work.exception()
        if error is None:
            value = work.result()
            reply(call.call, value if render is None else render(value), None)
        else:
            self._refuse(error, flight, call, reply)

    def _refuse(self, error: BaseException, flight: Flight, call: Call, reply: Reply) -> None:
        if isinstance(error, MotiaError):
            reply(call.call, b"null", call_error_of(error))
            return
        self._on_fault(f"call {call.op} of {flight.invocation.step} failed: {error!r}")
        internal = CallError(
            code="internal-error", message=f"the engine failed to carry out {call.op}", kind="world"
        )
        reply(call.call, b"null", internal)


def call_error_of(error: MotiaError) -> CallError:
    """The error as it crosses the protocol."""
    if isinstance(error, RunFailed):
        kind, run_error = "run", msgspec.Raw(msgspec.json.encode(error.error))
    else:
        kind = "caller" if isinstance(error, CallerError | AuthorError) else "world"
        run_error = None
    return CallError(
        code=error.code,
        message=error.message,
        kind=kind,
        hint=error.hint,
        problems=error.problems if isinstance(error, PayloadInvalid) else (),
        error=run_error,
    )


class _Waiting(msgspec.Struct):
    wait_ms: int | None = None


_waiting = msgspec.json.Decoder(_Waiting)


def waits_for_a_run(call: Call) -> bool:
    """Whether the call is answered only when another run is finished."""
    if call.op == "call":
        return True
    if call.op != "trigger" or b"wait_ms" not in bytes(call.args):
        return False
    try:
        return bool(_waiting.decode(call.args).wait_ms)
    except msgspec.DecodeError:
        return False  # the handler of calls refuses it
