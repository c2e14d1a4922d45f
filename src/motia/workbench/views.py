"""What the control API answers with. Instants are ms here and text outside (`instants`)."""

from __future__ import annotations

from typing import Any

import msgspec

from motia.model import Attempt, LoadFault, Run, RunError
from motia.telemetry import fingerprint_of_error, redact_json, redact_text


class RunView(msgspec.Struct, frozen=True, kw_only=True):
    """A run in a list. `error` has no stack here."""

    id: str
    event: str
    step: str
    target: str
    state: str
    trigger: str
    attempt: int
    trace: str
    created_at: int
    due_at: int
    started_at: int | None
    finished_at: int | None
    reason: str | None
    error: RunError | None
    parent_run: str | None
    replay_of: str | None
    key: str | None
    lane: str | None
    priority: int
    crashes: int
    retry_count: int
    node: str | None
    cancel_requested: bool


class AttemptView(msgspec.Struct, frozen=True, kw_only=True):
    """An attempt that did not complete its run."""

    attempt: int
    outcome: str
    started_at: int
    finished_at: int
    node: str | None
    error: RunError | None


class Why(msgspec.Struct, frozen=True, kw_only=True):
    """Why a run is where it is: a stable code, a sentence, ids and numbers."""

    code: str
    text: str
    details: Any = None


class InstanceLink(msgspec.Struct, frozen=True, kw_only=True):
    """A workflow instance, as far as a link to it tells."""

    id: str
    workflow: str
    state: str


class RunDetail(RunView, frozen=True, kw_only=True):
    """A run with all that is known of it. `redacted`: something in payload, result or info is hidden."""

    payload: msgspec.Raw
    result: msgspec.Raw | None
    info: msgspec.Raw | None
    redacted: bool
    attempts: tuple[AttemptView, ...]
    children: tuple[RunView, ...]
    replays: tuple[RunView, ...]
    """Runs that are replays of this one, newest first."""
    why: Why | None
    instances: tuple[InstanceLink, ...] = ()
    """Workflow instances that it is part of, as their start or a member, newest first."""
    fingerprint: str | None = None
    """The kind of failure that `error` is, as `/v1/errors` counts it."""
    log_lines_dropped: int = 0
    """Log lines of it that were not kept because there were too many at once."""


class RunList(msgspec.Struct, frozen=True, kw_only=True):
    """A page of runs, newest first; `cursor` asks for the next one.

    With `searched_from_at` the page may be short, or empty: the time to search was up, and runs created
    before that instant have not been looked at. The cursor goes on there.
    """

    runs: tuple[RunView, ...]
    cursor: str | None = None
    searched_from_at: int | None = None


class RunCounts(msgspec.Struct, frozen=True, kw_only=True):
    """Runs by state; exact up to 100,000 a state, then that number.

    With `searched_from_at` the time to count was up: only runs created from that instant on are counted.
    """

    counts: dict[str, int]
    searched_from_at: int | None = None


class AcceptedView(msgspec.Struct, frozen=True, kw_only=True, rename={"run": "runId", "trace": "traceId"}):
    """What became of an event. With a wait also `result` or `error`, and the state reached."""

    run: str
    trace: str
    runs: tuple[str, ...]
    state: str
    states: tuple[str, ...]
    deduplicated: bool
    is_finished: bool = False
    result: msgspec.Raw | None = None
    error: RunError | None = None


class CancelView(msgspec.Struct, frozen=True, kw_only=True):
    """`was`: the state before; a run that was running is asked to stop and may take a moment."""

    id: str
    was: str
    state: str


class BulkFailure(msgspec.Struct, frozen=True, kw_only=True):
    """A run that could not be replayed, cancelled or purged."""

    run: str
    code: str
    message: str


class BulkView(msgspec.Struct, frozen=True, kw_only=True):
    """What a bulk operation did, or (`dry_run`) would do.

    `count`: runs done, or that fit. `cursor`: there are more; send it to go on. `searched_from_at`:
    of a preview, as in `RunCounts`: there may be more that are older.
    """

    count: int
    dry_run: bool
    by_state: dict[str, int] = {}
    sample: tuple[RunView, ...] = ()
    failed: tuple[BulkFailure, ...] = ()
    cursor: str | None = None
    searched_from_at: int | None = None


class FaultList(msgspec.Struct, frozen=True, kw_only=True):
    """What could not be loaded."""

    faults: tuple[LoadFault, ...]


class QueueView(msgspec.Struct, frozen=True, kw_only=True):
    """A step's open runs. `oldest_ready_at`: since when the oldest ready one waits; null when none is ready."""

    step: str
    by_state: dict[str, int]
    depth: int
    oldest_ready_at: int | None
    oldest_age_ms: int | None
    concurrency: int | None
    depth_max: int
    is_paused: bool
    is_known: bool


class QueueList(msgspec.Struct, frozen=True, kw_only=True):
    """Queues by step."""

    queues: tuple[QueueView, ...]
    parked: dict[str, int]
    """Parked events by target: those that no step handles yet."""


class Done(msgspec.Struct, frozen=True, kw_only=True):
    """It is done."""

    done: bool = True


def run_view(run: Run) -> RunView:
    """`run` for a list."""
    return RunView(**_run_fields(run, with_stack=False))


def run_detail(
    run: Run,
    *,
    attempts: list[Attempt],
    children: list[Run],
    replays: list[Run],
    why: Why | None,
    raw: bool,
    instances: tuple[InstanceLink, ...] = (),
    log_lines_dropped: int = 0,
) -> RunDetail:
    """`run` with everything; `raw` hides nothing."""
    parts = {name: getattr(run, name) for name in ("payload", "result", "info")}
    views = {name: value_view(value, raw=raw) for name, value in parts.items()}
    fields = _run_fields(run, with_stack=True)
    return RunDetail(
        **fields,
        payload=views["payload"][0] or msgspec.Raw(b"null"),
        result=views["result"][0],
        info=views["info"][0],
        redacted=any(hidden for _, hidden in views.values()),
        attempts=tuple(_attempt_view(attempt) for attempt in attempts),
        children=tuple(run_view(child) for child in children),
        replays=tuple(run_view(replay) for replay in replays),
        why=why,
        instances=instances,
        fingerprint=_fingerprint_of(run),
        log_lines_dropped=log_lines_dropped,
    )


def value_view(value: bytes | None, *, raw: bool) -> tuple[msgspec.Raw | None, bool]:
    """An author's JSON value as shown, and whether something in it is hidden."""
    if value is None:
        return None, False
    if raw:
        return msgspec.Raw(value), False
    redacted = redact_json(value)
    try:
        is_same = msgspec.json.decode(redacted) == msgspec.json.decode(value)
    except msgspec.DecodeError:
        is_same = False
    # What has nothing to hide is passed on as it is: numbers keep their spelling.
    return (msgspec.Raw(value), False) if is_same else (redacted, True)


def error_view(error: RunError | None, *, with_stack: bool = True) -> RunError | None:
    """An error with secrets of its texts hidden."""
    if error is None:
        return None
    return RunError(
        name=error.name,
        message=redact_text(error.message),
        stack=redact_text(error.stack) if with_stack else "",
        kind=error.kind,
        details=redact_json(bytes(error.details)) if error.details is not None else None,
    )


def _fingerprint_of(run: Run) -> str | None:
    error = run.error
    return fingerprint_of_error(run.step, error.name, error.stack) if error is not None else None


def _attempt_view(attempt: Attempt) -> AttemptView:
    return AttemptView(
        attempt=attempt.attempt,
        outcome=attempt.outcome,
        started_at=attempt.started_at,
        finished_at=attempt.finished_at,
        node=attempt.node,
        error=error_view(attempt.error),
    )


def _run_fields(run: Run, *, with_stack: bool) -> dict[str, Any]:
    same = ("id", "event", "step", "target", "attempt", "trace", "created_at", "due_at", "started_at")
    same += ("finished_at", "reason", "parent_run", "replay_of", "key", "lane", "priority", "crashes")
    same += ("retry_count", "node", "cancel_requested")
    return {
        **{name: getattr(run, name) for name in same},
        "state": run.state.value,
        "trigger": run.kind.value,
        "error": error_view(run.error, with_stack=with_stack),
    }
