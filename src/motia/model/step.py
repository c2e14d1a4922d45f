"""What a step is: the manifest entry that a worker reports and every room reads. Frozen, JSON.

JSON Schemas travel as `msgspec.Raw` (undecoded JSON text, draft 2020-12): most rooms only pass
them on.
"""

from __future__ import annotations

from enum import StrEnum

import msgspec

from motia.model.ids import StepId
from motia.model.raw import OptionalRaw


class StepKind(StrEnum):
    """The four kinds of trigger."""

    API = "api"
    EVENT = "event"
    CRON = "cron"
    NOOP = "noop"


class CatchUp(StrEnum):
    """What a cron step does about ticks missed while no engine ran."""

    LATEST = "latest"
    NONE = "none"
    ALL = "all"


class Overlap(StrEnum):
    """What a cron step does when the previous firing is not finished."""

    SKIP = "skip"
    QUEUE = "queue"
    ALLOW = "allow"


class OnDead(StrEnum):
    """What a dead run does to the runs behind it in its key."""

    SKIP = "skip"
    BLOCK = "block"


class Source(msgspec.Struct, frozen=True, kw_only=True):
    """Where a step is written: `file` relative to the project root, `line` from 1."""

    file: str
    line: int = 1
    function: str = ""


class Concurrency(msgspec.Struct, frozen=True, kw_only=True):
    """At most `limit` attempts at once over all nodes, per value of the payload field `key` if named."""

    limit: int
    key: str | None = None


class Backoff(msgspec.Struct, frozen=True, kw_only=True):
    """Delay before retry n (from 1): initial_ms * factor^(n-1), at most cap_ms; with full-range jitter.

    With `jitter` the delay is drawn uniformly from the upper half of the computed one.
    """

    initial_ms: int = 1_000
    factor: float = 2.0
    cap_ms: int = 60_000
    jitter: bool = True


class RequestSchemas(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """JSON Schemas of the parts of a request and of the answer; None: anything."""

    body: OptionalRaw = None
    query: OptionalRaw = None
    params: OptionalRaw = None
    headers: OptionalRaw = None
    response: OptionalRaw = None


class StepSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One step of the manifest. Options that its kind does not have keep their defaults."""

    id: StepId
    kind: StepKind
    language: str
    source: Source
    description: str = ""
    flows: tuple[str, ...] = ()
    triggers: tuple[str, ...] = ()
    triggered_by: tuple[str, ...] = ()
    on_error: StepId | None = None
    timeout_ms: int | None = None
    """Most time one attempt may take; None: 30 s for api, 5 min for event, 15 min for cron."""

    # api
    method: str = ""
    path: str = ""
    request: RequestSchemas | None = None
    worker_validates: bool = False
    """The author's own schema (a model, a zod schema) decides in the worker; the engine only documents it."""

    # event
    schema: OptionalRaw = None
    topics: tuple[str, ...] = ()
    concurrency: Concurrency | None = None
    retries: int = 3
    backoff: Backoff = Backoff()
    key: str | None = None
    """Payload field (dotted path) whose value is the ordering key."""
    on_dead: OnDead = OnDead.SKIP
    queue_depth: int | None = None

    # cron
    schedule: str = ""
    timezone: str = "UTC"
    catch_up: CatchUp = CatchUp.LATEST
    overlap: Overlap = Overlap.SKIP


TIMEOUT_MS = {StepKind.API: 30_000, StepKind.EVENT: 300_000, StepKind.CRON: 900_000, StepKind.NOOP: 300_000}


def timeout_ms_of(step: StepSpec) -> int:
    """Most milliseconds one attempt of `step` may take."""
    return step.timeout_ms if step.timeout_ms is not None else TIMEOUT_MS[step.kind]


class LoadFault(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """Why a file, or one step in it, could not be loaded. Found by workers and by `project` checks.

    `code` is stable (`syntax-error`, `import-error`, `duplicate-id`…); `also` is the second place
    when two places contradict each other.
    """

    code: str
    file: str
    line: int = 0
    message: str
    hint: str = ""
    also: str = ""
    stack: str = ""
    severity: str = "error"
    """`error` fails `motia check` and `motia start`; `warning` is only shown."""


class TopicSpec(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """The definition of a topic: the payload that every producer sends and every subscriber gets."""

    name: str
    schema: msgspec.Raw
    source: Source
    """`line` is where the schema is written; 1 when that is not known."""
    language: str = "json"
    """What it is written in: `json`, `python`, `node`, `ruby`."""
    description: str = ""
