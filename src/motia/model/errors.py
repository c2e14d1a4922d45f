"""The root of every error that the project raises on purpose.

    MotiaError
    ├── AuthorError        the author can act: found at load, all of them at once
    ├── CallerError        the caller can act: 4xx, a rejected trigger
    │   ├── PayloadInvalid, PayloadTooLarge, UnknownTarget, IdempotencyConflict, RunNotFound, RunConflict,
    │   │   InstanceNotFound, InstanceConflict
    ├── WorldError         nobody is at fault: try again
    │   ├── LedgerUnavailable, QueueFull, WorkerUnavailable, Draining, CallTimeout
    ├── RunFailed          a run that was called did not complete; carries its final error
    ├── StartError         the engine cannot start as asked: port, lock, newer database, configuration
    └── InternalError      a fault of ours

Each has a stable `code`, a message (what was expected, what was met, where) and a `hint` (what to do).
"""

from __future__ import annotations

from typing import Any, ClassVar

import msgspec

from motia.model.run import RunError


class Problem(msgspec.Struct, frozen=True, kw_only=True):
    """One offending place of a value. `path` is a JSON Pointer (RFC 6901) below `where`."""

    path: str
    message: str
    where: str = "payload"
    """body, query, params, headers or payload"""
    keyword: str = ""


class MotiaError(Exception):
    """Root of the tree; see the head of this file."""

    code: ClassVar[str] = "motia-error"
    status: ClassVar[int] = 500

    def __init__(self, message: str, *, hint: str = "", details: Any = None) -> None:
        super().__init__(message)
        self.message = message
        self.hint = hint
        self.details = details


class AuthorError(MotiaError):
    """A mistake in the project: reported at load with its place."""

    code = "author-error"


class CallerError(MotiaError):
    """The request is at fault; the same request will fail again."""

    code = "bad-request"
    status = 400


class PayloadInvalid(CallerError):
    """A payload does not fit its schema; `problems` lists every place. Nothing was queued."""

    code = "payload-invalid"
    status = 422

    def __init__(self, message: str, problems: tuple[Problem, ...], *, hint: str = "") -> None:
        super().__init__(message, hint=hint, details=[msgspec.to_builtins(p) for p in problems])
        self.problems = problems


class PayloadTooLarge(CallerError):
    """A payload or value is over its limit. Nothing was queued."""

    code = "payload-too-large"
    status = 413


class UnknownTarget(CallerError):
    """No step has this id and none subscribes to it, where that is an error (`call`, strict)."""

    code = "unknown-target"
    status = 404


class IdempotencyConflict(CallerError):
    """The idempotency key was used for this target with another payload. Nothing was queued."""

    code = "idempotency-conflict"
    status = 409


class RunNotFound(CallerError):
    """No run has this id."""

    code = "run-not-found"
    status = 404


class RunConflict(CallerError):
    """The run's state does not allow what was asked; it is unchanged."""

    code = "run-conflict"
    status = 409


class InstanceNotFound(CallerError):
    """No instance of a workflow has this id."""

    code = "instance-not-found"
    status = 404


class InstanceConflict(CallerError):
    """The state of the workflow instance, or of the member, does not allow what was asked; it is unchanged."""

    code = "instance-conflict"
    status = 409


class WorldError(MotiaError):
    """The world is at fault; the same request may succeed later."""

    code = "unavailable"
    status = 503
    retry_after_s: float = 1.0


class LedgerUnavailable(WorldError):
    """The ledger could not commit (disk full, I/O error, database away). Nothing was accepted."""

    code = "ledger-unavailable"


class QueueFull(WorldError):
    """The step has as many open runs as it may have. Nothing was accepted."""

    code = "queue-full"


class WorkerUnavailable(WorldError):
    """No live worker has loaded the step."""

    code = "worker-unavailable"


class Draining(WorldError):
    """The engine is stopping and takes no new work."""

    code = "draining"


class CallTimeout(WorldError):
    """A called run was not finished in time; it is still durable and goes on."""

    code = "call-timeout"
    status = 504


class RunFailed(MotiaError):
    """A called run is dead or was cancelled; `error` is its final one."""

    code = "run-failed"

    def __init__(self, message: str, error: RunError, *, hint: str = "") -> None:
        super().__init__(message, hint=hint, details=msgspec.to_builtins(error))
        self.error = error


class StartError(MotiaError):
    """The engine cannot start as asked; nothing was changed."""

    code = "cannot-start"


class InternalError(MotiaError):
    """A fault of ours; the message says what was inconsistent."""

    code = "internal-error"
