"""What becomes of an attempt: a pure function from claim and answer to a decision.

| answer | decision |
|---|---|
| returned | completed |
| any failure, after a cancel by hand | cancelled (`by_hand`) |
| any failure, after shutdown | released, the attempt not counted |
| error, http, timeout | retried by policy; then dead (`retries_used`, `timeout`) |
| retry_after | retried at the wished time (at most a day away), counted as a retry; then dead |
| fatal, validation | dead (`fatal`) |
| not_loaded, no worker | released; the step is held until something changes |
| died, ended for another run | released without blame |
| died, with others in flight | released as a suspect, to be run alone |
| died, alone | released as a crash; the third is dead (`crash_loop`) |
"""

from __future__ import annotations

import random

import msgspec

from motia.model import Backoff, Cancelled, Claim, Dead, FailOutcome, RetryAt, RunError, StepSpec
from motia.protocol import Failure
from motia.workers import Answer, Died, Failed, NoWorker, Responded, Returned

CRASHES_MAX = 3
RETRY_AFTER_MS_MAX = 24 * 3_600_000
MESSAGE_CHARS_MAX = 16_384
STACK_CHARS_MAX = 65_536
_ERROR_KINDS = frozenset({"fatal", "timeout", "validation", "cancelled", "unhandled"})


class Complete(msgspec.Struct, frozen=True):
    """The run is completed with this result (JSON)."""

    result: bytes | None


class Fail(msgspec.Struct, frozen=True):
    """The attempt failed."""

    error: RunError
    outcome: FailOutcome


class Release(msgspec.Struct, frozen=True, kw_only=True):
    """The run is ready again, the attempt not counted. `holds_step`: claim none of it for now."""

    reason: str
    crashed: bool = False
    suspect: bool = False
    holds_step: bool = False


Decision = Complete | Fail | Release


def decide(
    spec: StepSpec,
    claim: Claim,
    answer: Answer,
    *,
    cancel_reason: str | None,
    now: int,
    random: random.Random,
) -> Decision:
    """The decision for `answer`; see the table. `now` in ms since the epoch."""
    match answer:
        case Returned(value=value):
            return Complete(value)
        case Responded():
            return Complete(None)
        case Failed(failure=failure):
            error, reason = error_of(failure), failure.message
        case Died():
            reason = f"worker {answer.worker} died: {answer.reason}"
            error = RunError(name="WorkerDied", message=reason, kind="crash_loop")
        case NoWorker(reason=reason):
            error = RunError(name="NoWorker", message=reason, kind="error")
    if cancel_reason == "cancel":
        return Fail(_with_kind(error, "cancelled"), Cancelled("by_hand"))
    if cancel_reason is not None:
        return Release(reason=cancel_reason, suspect=claim.is_suspect)
    match answer:
        case Failed(failure=failure):
            return _after_failure(spec, claim, failure, error, now=now, random=random)
        case Died():
            return _after_death(claim, answer, error)
    return Release(reason=reason, suspect=claim.is_suspect, holds_step=True)


def backoff_ms(backoff: Backoff, retry: int, random: random.Random) -> int:
    """Delay before retry `retry` (from 1), milliseconds; drawn from the upper half with jitter."""
    try:
        delay = min(backoff.initial_ms * backoff.factor ** (retry - 1), float(backoff.cap_ms))
    except OverflowError:
        delay = float(backoff.cap_ms)
    return int(random.uniform(delay / 2, delay) if backoff.jitter else delay)


def error_of(failure: Failure) -> RunError:
    """A worker's failure as it is stored; message and stack are cut with a mark."""
    details = failure.details
    if details is None and failure.problems:
        details = msgspec.Raw(msgspec.json.encode(failure.problems))
    return RunError(
        name=failure.name[:MESSAGE_CHARS_MAX],
        message=_cut(failure.message, MESSAGE_CHARS_MAX),
        stack=_cut(failure.stack, STACK_CHARS_MAX),
        kind=failure.kind if failure.kind in _ERROR_KINDS else "error",
        details=msgspec.Raw(bytes(details)) if details is not None else None,
    )


def _after_failure(
    spec: StepSpec, claim: Claim, failure: Failure, error: RunError, *, now: int, random: random.Random
) -> Decision:
    if failure.kind == "not_loaded":
        return Release(reason=failure.message, suspect=claim.is_suspect, holds_step=True)
    if failure.kind in ("fatal", "validation"):
        return Fail(error, Dead("fatal"))
    if claim.attempt > spec.retries:
        return Fail(error, Dead("timeout" if failure.kind == "timeout" else "retries_used"))
    if failure.kind == "retry_after":
        delay_ms = min(max(failure.retry_after_ms, 0), RETRY_AFTER_MS_MAX)
    else:
        delay_ms = backoff_ms(spec.backoff, claim.attempt, random)
    return Fail(error, RetryAt(now + delay_ms))


def _after_death(claim: Claim, died: Died, error: RunError) -> Decision:
    if died.is_blameless:
        return Release(reason=error.message, suspect=claim.is_suspect)
    if not died.was_alone:
        return Release(reason=error.message, suspect=True)
    if claim.crashes + 1 >= CRASHES_MAX:
        return Fail(error, Dead("crash_loop"))
    return Release(reason=error.message, crashed=True, suspect=True)


def _with_kind(error: RunError, kind: str) -> RunError:
    return msgspec.structs.replace(error, kind=kind)


def _cut(text: str, chars_max: int) -> str:
    return text if len(text) <= chars_max else f"{text[:chars_max]}… ({len(text) - chars_max} characters cut)"
