"""What a handler asks of the engine: `trigger` and `call`.

Every function here sends at once, whether it is awaited or not. In an async handler it returns an
awaitable; in a plain function (a thread without a loop) it waits and returns the finished value.

Invariants
1. What is not JSON, or larger than the limit, is refused before anything is sent.
2. A call that nobody waits for is carried out all the same; its failure is logged.
"""

from __future__ import annotations

import asyncio
import threading
from collections.abc import Callable, Generator
from concurrent.futures import Future
from datetime import datetime, timedelta
from typing import Any, Generic, TypeVar

import msgspec

from motia.authoring.encoding import decode_json, encode_json
from motia.authoring.invocation import Invocation, require_current
from motia.model import CallerError, MotiaError, PayloadTooLarge

T = TypeVar("T")
WAIT_S_DEFAULT = 60.0
NO_PAYLOAD: dict[str, Any] = {}
"""What an event carries that was sent without a payload. An explicit None is null."""


class Pending(Generic[T]):
    """A call under way: await it for its value. It goes on when it is not awaited."""

    __slots__ = ("_finish", "_future", "_is_awaited")

    def __init__(self, future: Future[msgspec.Raw], finish: Callable[[msgspec.Raw], T]) -> None:
        self._future = future
        self._finish = finish
        self._is_awaited = False

    def __await__(self) -> Generator[Any, None, T]:
        """Wait for the value; cancelling the wait does not undo the call."""
        self._is_awaited = True
        raw = yield from wait_for(self._future).__await__()
        return self._finish(raw)


async def wait_for(future: Future[msgspec.Raw]) -> msgspec.Raw:
    """The result of `future`, from any loop; cancelling the wait leaves the call alone."""
    if future.done():
        return future.result()
    loop = asyncio.get_running_loop()
    here = threading.get_ident()
    woken: asyncio.Future[None] = loop.create_future()

    def finish() -> None:
        if not woken.done():
            woken.set_result(None)

    def wake(_: object) -> None:
        if threading.get_ident() == here:
            finish()
        else:
            loop.call_soon_threadsafe(finish)

    future.add_done_callback(wake)
    await woken
    return future.result()


class Receipt(dict[str, Any]):
    """What `trigger` returns: `runId`, `traceId`, and `deduplicated` when the event was there already.

    In an async handler it is filled when it is awaited.
    """

    _future: Future[msgspec.Raw] | None = None
    _is_awaited = False

    @property
    def run_id(self) -> str:
        """The run that the event became."""
        return self._field("runId")

    @property
    def trace_id(self) -> str:
        """The trace that it belongs to."""
        return self._field("traceId")

    @property
    def is_deduplicated(self) -> bool:
        """Whether the event was there already, so that nothing new was accepted."""
        return bool(self.get("deduplicated", False))

    def _field(self, name: str) -> str:
        if not self:
            raise CallerError(
                "the receipt of a trigger is empty until it is awaited", hint="write: await trigger(…)"
            )
        return str(self[name])

    def __await__(self) -> Generator[Any, None, Receipt]:
        """Wait until the event is durable."""
        self._is_awaited = True
        future = self._future
        if future is not None and not self:
            raw = yield from wait_for(future).__await__()
            self.update(decode_json(raw))
        return self


def send(
    invocation: Invocation, op: str, args: bytes, *, limit: bytes | None = None, what: str = ""
) -> Future[msgspec.Raw]:
    """Send a call for `invocation`; `limit` is the part of `args` that the size limit is for.

    Raises:
        PayloadTooLarge: `limit` is over the limit. Nothing was sent.
    """
    bytes_max = invocation.port.payload_bytes_max
    if limit is not None and len(limit) > bytes_max:
        raise PayloadTooLarge(
            f"{what} is {len(limit)} bytes of JSON; the limit is {bytes_max}",
            hint="store what is large elsewhere and send a reference to it",
        )
    return invocation.port.call(invocation, op, args)


def answer(
    invocation: Invocation, op: str, future: Future[msgspec.Raw], finish: Callable[[msgspec.Raw], T]
) -> Any:
    """The value in a thread without a loop, a `Pending` elsewhere."""
    if is_blocking(invocation):
        return finish(future.result())
    pending = Pending(future, finish)
    _note_unseen_failure(invocation, op, future, lambda: pending._is_awaited)
    return pending


def is_blocking(invocation: Invocation) -> bool:
    """Whether code that runs here may wait: a thread in which no loop runs."""
    return not invocation.port.is_loop_thread() and asyncio._get_running_loop() is None


def trigger(
    target: str,
    payload: Any = NO_PAYLOAD,
    *,
    delay: float | timedelta | None = None,
    at: datetime | int | None = None,
    key: str | None = None,
    idempotency_key: str | None = None,
    priority: int | None = None,
    unique: bool | None = None,
    wait: float | bool | timedelta | None = None,
) -> Receipt:
    """Send an event to the step, or the subscribers of the topic, `target`.

    Awaited (or, in a plain function, returned) it is durable: it will be delivered although this
    handler fails. It never waits for the receiving handler unless `wait` is given.

    Args:
        target: Step id or topic. One that nothing handles yet is kept (parked).
        payload: Any JSON value; left out: `{}`.
        delay: Run it after so many seconds.
        at: Run it at this instant: a datetime with a zone, or ms since the epoch.
        key: Ordering key: events of one key are handled one after another.
        idempotency_key: A second event of this name within 24 h is the first.
        priority: Lower goes first; 0 unless said.
        unique: False: a retry of this handler sends it again.
        wait: Wait so many seconds for the run to finish; True: 60. Adds `state`, `result` or `error`.

    Raises:
        PayloadInvalid: It does not fit the target's schema; nothing was queued.
        PayloadTooLarge, ValueNotJson, NotInHandler: Nothing was sent.
        WorldError: The engine could not accept it now; nothing was queued.
    """
    invocation = require_current(f"trigger({target!r})")
    body = encode_json(payload, what=f"the payload of trigger({target!r})")
    args = _event_args(
        target,
        body,
        delay_ms=None if delay is None else milliseconds_of(delay, "delay"),
        at=None if at is None else _instant_of(at),
        key=key,
        idempotency_key=idempotency_key,
        priority=priority,
        unique=unique,
        wait_ms=None if wait is None or wait is False else milliseconds_of(_wait_s(wait), "wait"),
    )
    future = send(invocation, "trigger", args, limit=body, what=f"the payload of trigger({target!r})")
    receipt = Receipt()
    if is_blocking(invocation):
        receipt.update(decode_json(future.result()))
        return receipt
    receipt._future = future
    _note_unseen_failure(invocation, f"trigger({target!r})", future, lambda: receipt._is_awaited)
    return receipt


def call(
    target: str,
    payload: Any = NO_PAYLOAD,
    *,
    timeout: float | timedelta | None = None,
    key: str | None = None,
    idempotency_key: str | None = None,
    priority: int | None = None,
    unique: bool | None = None,
) -> Any:
    """Run the step `target` and return its result: awaited in an async handler, directly in a plain one.

    Args:
        target: Step id; one that no step has is an error.
        payload: Any JSON value; left out: `{}`.
        timeout: Most seconds to wait; the run goes on after it.
        key, idempotency_key, priority, unique: As in `trigger`.

    Raises:
        CallFailed: The step failed for good; `error` is its final error.
        UnknownTarget, PayloadInvalid, PayloadTooLarge, ValueNotJson, NotInHandler: It was not run.
    """
    invocation = require_current(f"call({target!r})")
    body = encode_json(payload, what=f"the payload of call({target!r})")
    args = _event_args(
        target,
        body,
        timeout_ms=None if timeout is None else milliseconds_of(timeout, "timeout"),
        key=key,
        idempotency_key=idempotency_key,
        priority=priority,
        unique=unique,
    )
    future = send(invocation, "call", args, limit=body, what=f"the payload of call({target!r})")
    return answer(invocation, f"call({target!r})", future, decode_json)


def milliseconds_of(value: float | timedelta, name: str) -> int:
    """A duration given in seconds or as a timedelta, in ms.

    Raises:
        CallerError: It is negative, not finite or not a number.
    """
    seconds = value.total_seconds() if isinstance(value, timedelta) else value
    if isinstance(seconds, bool) or not isinstance(seconds, int | float) or not 0 <= seconds < 1e11:
        raise CallerError(f"{name} is seconds (0 or more) or a timedelta, not {value!r}")
    return round(seconds * 1_000)


def _wait_s(wait: float | bool | timedelta) -> float | timedelta:
    return WAIT_S_DEFAULT if wait is True else wait


def _instant_of(at: datetime | int) -> int:
    if isinstance(at, datetime):
        if at.tzinfo is None:
            raise CallerError(
                f"at={at!r} has no time zone",
                hint="use datetime.now(timezone.utc) or ZoneInfo, or ms since the epoch",
            )
        return round(at.timestamp() * 1_000)
    if isinstance(at, bool) or not isinstance(at, int) or at < 0:
        raise CallerError(f"at is a datetime with a zone or ms since the epoch, not {at!r}")
    return at


def _event_args(target: str, payload: bytes, **options: Any) -> bytes:
    if not isinstance(target, str) or not target:
        raise CallerError(f"the target is the id of a step or a topic, not {target!r}")
    given = {name: value for name, value in options.items() if value is not None}
    given.update(target=target, payload=msgspec.Raw(payload))
    try:
        return msgspec.json.encode(given)
    except (TypeError, UnicodeEncodeError) as error:
        raise CallerError(f"an option of trigger({target!r}) is not JSON: {error}") from error


def _note_unseen_failure(
    invocation: Invocation, what: str, future: Future[msgspec.Raw], is_seen: Callable[[], bool]
) -> None:
    def look(done: Future[msgspec.Raw]) -> None:
        error = None if done.cancelled() else done.exception()
        if error is not None and not is_seen():
            message = error.message if isinstance(error, MotiaError) else str(error)
            invocation.unseen.append((is_seen, f"{what} was not awaited and failed: {message}"))

    future.add_done_callback(look)
