"""What the engine does for a handler: the ops of protocol/worker.md, section 7.

Each op decodes its own arguments and returns its value as JSON; errors are MotiaErrors.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from functools import cache
from typing import Any

import msgspec

from motia.dispatch.intake import Intake, TriggerOptions
from motia.dispatch.node_state import NodeState
from motia.dispatch.payload import checked_name, decode_json
from motia.dispatch.waiters import Waiters
from motia.ledger import StateEntry, StateOp
from motia.model import (
    Accepted,
    CallerError,
    CallTimeout,
    PayloadTooLarge,
    Run,
    RunError,
    RunFailed,
    RunState,
    timeout_ms_of,
)
from motia.workers import Origin, Pending

LIST_MAX = 10_000
LIST_BYTES_MAX = 12 * 1024 * 1024
CALL_TIMEOUT_MS = 300_000
WAIT_MS_MAX = 24 * 3_600_000


class _Trigger(TriggerOptions, frozen=True, kw_only=True):
    target: str
    payload: msgspec.Raw = msgspec.Raw(b"null")
    timeout_ms: int | None = None


class _Key(msgspec.Struct, frozen=True):
    group: str
    key: str


class _Set(_Key, frozen=True):
    value: msgspec.Raw


class _Group(msgspec.Struct, frozen=True):
    group: str
    after: str = ""
    limit: int = LIST_MAX


class _Increment(_Key, frozen=True):
    by: int | float = 1


class _Update(_Key, frozen=True):
    ops: list[StateOp]


class _CompareAndSet(_Key, frozen=True):
    version: int
    value: msgspec.Raw = msgspec.Raw()
    """Empty: not given. (msgspec cannot decode into `Raw | None`.)"""
    delete: bool = False


class _Triggered(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, rename="camel"):
    run_id: str
    trace_id: str
    deduplicated: bool = False
    state: str = ""
    result: msgspec.Raw | None = None
    error: RunError | None = None


class _Value(msgspec.Struct, frozen=True):
    value: msgspec.Raw
    version: int


class _Entry(msgspec.Struct, frozen=True):
    key: str
    value: msgspec.Raw
    version: int


class _Done(msgspec.Struct, frozen=True):
    done: bool
    value: msgspec.Raw
    version: int


class Calls:
    """Carries out the calls of handlers."""

    def __init__(self, state: NodeState, *, intake: Intake, waiters: Waiters) -> None:
        self._state = state
        self._intake = intake
        self._waiters = waiters
        self._ops: dict[str, Callable[[Origin, msgspec.Raw], Awaitable[bytes]]] = {
            "trigger": self._trigger,
            "call": self._call,
            "state.get": self._get,
            "state.set": self._set,
            "state.delete": self._delete,
            "state.list": self._list,
            "state.clear": self._clear,
            "state.increment": self._increment,
            "state.update": self._update,
            "state.compare_and_set": self._compare_and_set,
        }

    def call_op(self, origin: Origin, op: str, args: msgspec.Raw) -> Awaitable[bytes]:
        """See `Dispatcher.call_op`."""
        carry_out = self._ops.get(op)
        if carry_out is None:
            raise CallerError(f"there is no op {op!r}", hint=f"known: {', '.join(sorted(self._ops))}")
        return carry_out(origin, args)

    def _trigger(self, origin: Origin, raw: msgspec.Raw) -> Awaitable[bytes]:
        args = _decode(raw, _Trigger)
        if args.wait_ms is not None:
            return self._trigger_and_wait(origin, args)
        # The commonest call of all: nothing between the commit and the answer.
        commit = self._intake.submit(args.target, bytes(args.payload), options=args, origin=origin)
        return Pending(commit, _triggered)

    async def _trigger_and_wait(self, origin: Origin, args: _Trigger) -> bytes:
        accepted = await self._intake.trigger(args.target, bytes(args.payload), options=args, origin=origin)
        run = await self._waiters.wait(accepted.run, _duration_s(args.wait_ms or 0))
        return msgspec.json.encode(
            _Triggered(
                run_id=accepted.run,
                trace_id=accepted.trace,
                deduplicated=accepted.deduplicated,
                state=run.state.value,
                result=msgspec.Raw(run.result or b"null") if run.state is RunState.COMPLETED else None,
                error=run.error,
            )
        )

    async def _call(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _decode(raw, _Trigger)
        clock = self._state.clock
        until_mono = clock.mono() + _duration_s(self._timeout_ms(origin, args))
        accepted = await self._send(origin, args, salt="")
        run = await self._waiters.wait(accepted.run, until_mono - clock.mono())
        if accepted.deduplicated and run.state in (RunState.DEAD, RunState.CANCELLED):
            # The earlier attempt's call failed for good; this attempt is a new chance for it.
            accepted = await self._send(origin, args, salt=f"attempt {origin.attempt}")
            run = await self._waiters.wait(accepted.run, until_mono - clock.mono())
        return _result_of(run, args.target)

    async def _send(self, origin: Origin, args: _Trigger, *, salt: str) -> Accepted:
        return await self._intake.trigger(
            args.target, bytes(args.payload), options=args, origin=origin, must_exist=True, salt=salt
        )

    def _timeout_ms(self, origin: Origin, args: _Trigger) -> int:
        """As asked; else as long as the caller itself may take."""
        if args.timeout_ms is not None:
            return args.timeout_ms
        spec = self._state.catalog.step(origin.step)
        return timeout_ms_of(spec) if spec is not None else CALL_TIMEOUT_MS

    async def _get(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _key_of(_decode(raw, _Key))
        return _value(await self._state.ledger.state_get(args.group, args.key))

    async def _set(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _decode(raw, _Set)
        _key_of(args)
        entry = await self._state.ledger.state_set(args.group, args.key, self._checked(args.value))
        self._tell(args.group, args.key)
        return msgspec.json.encode({"version": entry.version})

    async def _delete(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _key_of(_decode(raw, _Key))
        is_done = await self._state.ledger.state_delete(args.group, args.key)
        if is_done:
            self._tell(args.group, args.key)
        return msgspec.json.encode(is_done)

    async def _list(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _group_of(_decode(raw, _Group))
        if not 1 <= args.limit <= LIST_MAX:
            raise CallerError(f"limit is {args.limit}; 1 to {LIST_MAX:,} are allowed")
        entries = await self._state.ledger.state_list(args.group, limit=args.limit, after=args.after)
        size = sum(len(entry.value) + len(entry.key) for entry in entries)
        if size > LIST_BYTES_MAX:
            raise PayloadTooLarge(
                f"the {len(entries):,} entries of group {args.group!r} have {size:,} bytes; "
                f"a list may have {LIST_BYTES_MAX:,}",
                hint="ask for fewer with `limit`, and for the next ones with `after`",
            )
        return msgspec.json.encode(
            [_Entry(entry.key, msgspec.Raw(entry.value), entry.version) for entry in entries]
        )

    async def _clear(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _group_of(_decode(raw, _Group))
        count = await self._state.ledger.state_clear(args.group)
        if count:
            self._tell(args.group, None)
        return msgspec.json.encode(count)

    async def _increment(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _decode(raw, _Increment)
        _key_of(args)
        op = StateOp(op="increment", value=msgspec.Raw(msgspec.json.encode(args.by)))
        return (await self._edit(args.group, args.key, [op])).value

    async def _update(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _decode(raw, _Update)
        _key_of(args)
        self._checked(raw)
        ops = [StateOp(op=op.op, path=op.path, value=msgspec.Raw(bytes(op.value))) for op in args.ops]
        return _value(await self._edit(args.group, args.key, ops))

    async def _edit(self, group: str, key: str, ops: list[StateOp]) -> StateEntry:
        entry = await self._state.ledger.state_update(group, key, ops)
        self._tell(group, key)
        return entry

    async def _compare_and_set(self, origin: Origin, raw: msgspec.Raw) -> bytes:
        args = _decode(raw, _CompareAndSet)
        _key_of(args)
        if not args.delete and not bytes(args.value):
            raise CallerError("compare_and_set needs a value, or delete: true")
        value = None if args.delete else self._checked(args.value)
        done, entry = await self._state.ledger.state_compare_and_set(
            args.group, args.key, version=args.version, value=value
        )
        if done:
            self._tell(args.group, args.key)
        now = msgspec.Raw(entry.value if entry is not None else b"null")
        return msgspec.json.encode(_Done(done, now, entry.version if entry is not None else 0))

    def _tell(self, group: str, key: str | None) -> None:
        self._state.recorder.state_changed(group, key)

    def _checked(self, value: msgspec.Raw) -> bytes:
        data = bytes(value)
        bytes_max = self._state.config.limits.state_bytes
        if len(data) > bytes_max:
            raise PayloadTooLarge(
                f"the value has {len(data):,} bytes; at most {bytes_max:,} are allowed in the state store",
                hint="split it over several keys, or store it elsewhere and keep its name",
            )
        decode_json(data, what="value")
        return data


def _triggered(accepted: Accepted) -> bytes:
    """The answer to a plain trigger once it is committed."""
    return msgspec.json.encode(
        _Triggered(run_id=accepted.run, trace_id=accepted.trace, deduplicated=accepted.deduplicated)
    )


@cache
def _decoder(wanted: type[Any]) -> msgspec.json.Decoder[Any]:
    return msgspec.json.Decoder(wanted)


def _decode(raw: msgspec.Raw, wanted: type[Any]) -> Any:
    try:
        return _decoder(wanted).decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError) as error:
        raise CallerError(f"the arguments of the call are wrong: {error}") from error


def _key_of(args: Any) -> Any:
    checked_name(args.key, what="state key")
    return _group_of(args)


def _group_of(args: Any) -> Any:
    checked_name(args.group, what="state group")
    return args


def _duration_s(duration_ms: int) -> float:
    if not 0 <= duration_ms <= WAIT_MS_MAX:
        raise CallerError(f"a time to wait is 0 to {WAIT_MS_MAX:,} ms, not {duration_ms:,}")
    return duration_ms / 1_000


def _value(entry: StateEntry | None) -> bytes:
    if entry is None:
        return b"null"
    return msgspec.json.encode(_Value(msgspec.Raw(entry.value), entry.version))


def _result_of(run: Run, target: str) -> bytes:
    if run.state is RunState.COMPLETED:
        return run.result or b"null"
    if run.state in (RunState.DEAD, RunState.CANCELLED, RunState.SKIPPED):
        error = run.error or RunError(
            name=run.state.value.capitalize(), message=run.reason or run.state.value, kind=run.state.value
        )
        raise RunFailed(
            f"{target} failed: {error.name}: {error.message}", error, hint=f"run {run.id} has the details"
        )
    raise CallTimeout(
        f"{target} was not finished in time; its run {run.id} is {run.state.value}",
        hint="it goes on; use trigger when nobody needs to wait",
    )
