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

import msgspec

from motia.model import AuthorError, CallerError, MotiaError, PayloadInvalid, RunFailed
from motia.protocol import Call, CallError
from motia.workers.flight import Flight
from motia.workers.seam import CallHandler

STOP_GRACE_S = 2.0

Reply = Callable[[int, bytes, CallError | None], None]


class CallDesk:
    """Runs the call handler for all workers."""

    def __init__(self, handler: CallHandler, *, on_fault: Callable[[str], None]) -> None:
        """Let `handler` carry out calls; `on_fault` hears of errors that are nobody's answer."""
        self._handler = handler
        self._on_fault = on_fault
        self._under_way: set[asyncio.Future[bytes]] = set()

    def take(self, flight: Flight, call: Call, reply: Reply) -> None:
        """Carry out `call`, then `reply(call, value, error)`.

        A handler that answers with a future costs no task; one that raises at once has answered.
        """
        try:
            work = self._handler(flight.origin, call.op, call.args)
            if not isinstance(work, asyncio.Future):
                work = asyncio.ensure_future(work)
        except Exception as error:  # the boundary to other rooms: the handler must get an answer
            self._refuse(error, flight, call, reply)
            return
        self._under_way.add(work)
        work.add_done_callback(partial(self._on_done, flight, call, reply))

    async def stop(self) -> None:
        """Let what is under way finish for a moment, then cut it short."""
        if self._under_way:
            await asyncio.wait(tuple(self._under_way), timeout=STOP_GRACE_S)
        rest = tuple(self._under_way)
        for work in rest:
            work.cancel()
        await asyncio.gather(*rest, return_exceptions=True)

    def _on_done(self, flight: Flight, call: Call, reply: Reply, work: asyncio.Future[bytes]) -> None:
        self._under_way.discard(work)
        if work.cancelled():
            return
        error = work.exception()
        if error is None:
            reply(call.call, work.result(), None)
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
