"""Rules that every store keeps alike: first states, dedupe, what a refusal says. Pure."""

from __future__ import annotations

import hashlib

from motia.model import (
    Cancelled,
    Claim,
    Dead,
    Delivery,
    Epoch,
    FailOutcome,
    IdempotencyConflict,
    InternalError,
    NewEvent,
    QueueFull,
    RetryAt,
    RunConflict,
    RunError,
    RunId,
    RunState,
    StepId,
)

LIMIT_MAX = 1_000
COUNT_MAX = 100_000


def digest_of(payload: bytes) -> bytes:
    """What two payloads of one idempotency key are compared by."""
    return hashlib.blake2b(payload, digest_size=16).digest()


def first_state(delivery: Delivery, *, due_at: int | None, now: int, is_key_taken: bool) -> RunState:
    """The state in which a run is accepted."""
    if delivery.parked:
        return RunState.PARKED
    if is_key_taken:
        return RunState.BLOCKED
    return RunState.SCHEDULED if due_at is not None and due_at > now else RunState.READY


def first_state_of_freed(*, due_at: int, now: int, is_key_taken: bool) -> RunState:
    """The state of a run that its workflow holds no more."""
    if is_key_taken:
        return RunState.BLOCKED
    return RunState.SCHEDULED if due_at > now else RunState.READY


def failed_state(outcome: FailOutcome, *, cancel_reason: str | None) -> tuple[RunState, str | None]:
    """The state and the reason after a failed attempt. A cancel that was asked for beats a retry."""
    match outcome:
        case RetryAt():
            if cancel_reason is not None:
                return RunState.CANCELLED, cancel_reason
            return RunState.RETRYING, None
        case Dead(reason=reason):
            return RunState.DEAD, reason
        case Cancelled(reason=reason):
            return RunState.CANCELLED, cancel_reason or reason


def release_error(*, crashed: bool, reason: str) -> RunError | None:
    """What the record of a released attempt says."""
    if not reason:
        return None
    return RunError(name="WorkerCrashed" if crashed else "Released", message=reason)


def direct_claim(event: NewEvent, delivery: Delivery, *, run: RunId, created_at: int, now: int) -> Claim:
    """The first claim of a run that was accepted running."""
    return Claim(
        run=run,
        step=delivery.step,
        target=event.target,
        kind=event.kind,
        epoch=Epoch(1),
        attempt=1,
        payload=event.payload,
        trace=event.trace,
        parent_span=event.parent_span,
        parent_run=event.parent_run,
        created_at=created_at,
        ready_at=now,
        claimed_at=now,
        retry_count=event.retry_count,
        key=delivery.key,
        priority=event.priority,
        info=event.info,
    )


def may_claim_directly(event: NewEvent) -> bool:
    """Whether `accept` may insert this event's run already claimed, as far as the event tells."""
    return len(event.deliveries) == 1 and event.deliveries[0].lane is None


def check_event(event: NewEvent) -> None:
    """Refuse an event that goes nowhere: it would be accepted and never be seen again."""
    if not event.deliveries:
        raise InternalError(f"an event for {event.target!r} has no delivery, not even a parked one")


def check_limit(limit: int) -> int:
    """`limit`, checked to be 1 to 1,000."""
    if not 1 <= limit <= LIMIT_MAX:
        raise InternalError(f"a limit is 1 to {LIMIT_MAX:,}, not {limit:,}")
    return limit


def queue_full(step: StepId, depth: int) -> QueueFull:
    """The refusal of one open run too many."""
    return QueueFull(
        f"step {step!r} has {depth:,} open runs, as many as it may have",
        hint="try again later, or raise queue_depth or the step's speed",
    )


def key_conflict(event: NewEvent, first: RunId) -> IdempotencyConflict:
    """The refusal of a second payload under one idempotency key."""
    return IdempotencyConflict(
        f"idempotency key {event.idempotency_key!r} was used for {event.target!r} with another payload"
        f" (run {first})",
        hint="use a new key for a new payload",
    )


def finished_conflict(run: RunId, state: RunState) -> RunConflict:
    """The refusal to cancel what is over."""
    return RunConflict(f"run {run} is {state} already", hint="only open runs can be cancelled")
