"""Messages of the worker protocol, version 1, as `protocol/worker.md` specifies them.

A message is a JSON object whose `type` names it. Unknown fields are ignored (a newer peer may send
them); an unknown type is a protocol fault. Fields left out have the default given here.
"""

from __future__ import annotations

import msgspec

from motia.model import LoadFault, OptionalRaw, Problem, StepSpec

PROTOCOL_VERSION = 1


class _Message(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, gc=False):
    pass


# engine -> worker


class Hello(_Message, frozen=True, kw_only=True, tag="hello"):
    """First frame of the engine."""

    protocol: int
    engine: str
    worker: str
    """The worker's name in logs and in the Workbench, such as `python-2`."""
    environment: str = "development"
    payload_bytes_max: int = 1_048_576
    log_bytes_max: int = 16_384
    stack_bytes_max: int = 65_536
    calls_max: int = 256
    """Most calls that the worker may have without a reply."""
    stall_ms: int = 1_000
    """How long the worker's loop may stand still before it reports `stalled`."""
    threads: int = 40
    """Threads for plain functions."""


class Load(_Message, frozen=True, kw_only=True, tag="load"):
    """Load these step files; answered by one `manifest`. Sent once in a worker's life."""

    root: str
    files: tuple[str, ...]
    """Relative to `root`."""
    tells: bool = False
    """Send `loading` before each file, and before each start hook."""
    apart: bool = False
    """Wait for the end of each file before the next begins."""


class Request(_Message, frozen=True, kw_only=True):
    """The HTTP request of an api invocation. The raw body is the frame's blob."""

    method: str
    url: str
    """Path and query as received."""
    path: str
    params: dict[str, msgspec.Raw] = {}
    query: dict[str, msgspec.Raw] = {}
    """Converted by the query schema; without one strings, or arrays of strings when repeated."""
    headers: tuple[tuple[str, str], ...] = ()
    """Names in lower case, in order of arrival."""
    media: str = "none"
    """What the body is: none, json, form, multipart, text, bytes."""
    form: OptionalRaw = None
    """Fields of a form or multipart body: string, or array of strings when repeated."""
    files: tuple[FilePart, ...] = ()
    client: str = ""


class FilePart(_Message, frozen=True, kw_only=True):
    """A file of a multipart body: a slice of the raw body."""

    name: str
    filename: str
    content_type: str
    offset: int
    length: int


class Invoke(_Message, frozen=True, kw_only=True, tag="invoke"):
    """Run a step once. Answered by exactly one `result` or `failure`."""

    invocation: int
    """Unique on this connection."""
    step: str
    kind: str
    """How it was triggered: api, event, cron, manual, replay, error."""
    trace: str
    span: str
    """Span of this attempt: parent of what it triggers."""
    run: str = ""
    """Empty for api."""
    attempt: int = 1
    deadline_ms: int = 0
    """Milliseconds from now after which `cancel` follows; 0: none."""
    payload: msgspec.Raw = msgspec.Raw(b"null")
    retry_count: int = 0
    trigger: msgspec.Raw = msgspec.Raw(b"{}")
    """Details for the context: `{target, parentRun, scheduledAt, …}`."""
    request: Request | None = None


class Cancel(_Message, frozen=True, kw_only=True, tag="cancel"):
    """Stop an invocation; its answer is still awaited. `reason`: timeout, cancel, shutdown, disconnect."""

    invocation: int
    reason: str


class Reply(_Message, frozen=True, kw_only=True, tag="reply"):
    """Answer to a `call` of the worker: `value`, or `error`."""

    call: int
    value: msgspec.Raw = msgspec.Raw(b"null")
    error: CallError | None = None


class CallError(_Message, frozen=True, kw_only=True):
    """Why a call failed. `kind`: caller (do not repeat), world (try again), run (the called run failed)."""

    code: str
    message: str
    kind: str = "caller"
    hint: str = ""
    problems: tuple[Problem, ...] = ()
    error: OptionalRaw = None
    """For kind `run`: the callee's final RunError."""


class Pull(_Message, frozen=True, kw_only=True, tag="pull"):
    """Credit for a streamed response: the worker may send `bytes` more."""

    invocation: int
    bytes: int


class Drain(_Message, frozen=True, kw_only=True, tag="drain"):
    """No further invocation follows: finish, run the stop hooks, close, exit 0."""


class Ping(_Message, frozen=True, kw_only=True, tag="ping"):
    """Answered by `pong` from the worker's loop."""

    token: int


# worker -> engine


class WorkerHello(_Message, frozen=True, kw_only=True, tag="hello"):
    """First frame of the worker, sent after it has read the engine's `hello`."""

    protocol: int
    language: str
    runtime: str
    """Such as `CPython 3.11.7`."""
    pid: int
    sdk: str = ""


class LoadedManifest(_Message, frozen=True, kw_only=True, tag="manifest"):
    """Answer to `load`; the worker takes invocations of these steps from now on."""

    steps: tuple[StepSpec, ...] = ()
    faults: tuple[LoadFault, ...] = ()
    modules: tuple[str, ...] = ()
    file_modules: dict[str, tuple[str, ...]] = {}


class Loading(_Message, frozen=True, kw_only=True, tag="loading"):
    """The file is loaded next, or a start hook of it runs next; only when `load` asked for it."""

    file: str
    """As in `load`."""


class Result(_Message, frozen=True, kw_only=True, tag="result"):
    """The handler returned. For api the body is the frame's blob, or follows in chunks when `stream`."""

    invocation: int
    value: msgspec.Raw = msgspec.Raw(b"null")
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    stream: bool = False
    handler_us: int = 0
    """Time inside the author's function, microseconds."""
    wait_us: int = 0
    """Time between reading `invoke` and entering the function, microseconds."""


class Failure(_Message, frozen=True, kw_only=True, tag="failure"):
    """The handler did not return a value.

    `kind`: error (retried by policy), fatal (not retried), retry_after (retried after
    `retry_after_ms`), http (an HttpError: `status`, `message`, `details` are the answer),
    validation (the author's schema refuses the input: `problems`), cancelled (it stopped on
    `cancel`), not_loaded (the worker does not have the step).
    """

    invocation: int
    name: str
    message: str
    kind: str = "error"
    stack: str = ""
    retry_after_ms: int = 0
    status: int = 0
    headers: tuple[tuple[str, str], ...] = ()
    details: OptionalRaw = None
    problems: tuple[Problem, ...] = ()
    handler_us: int = 0
    wait_us: int = 0


class Call(_Message, frozen=True, kw_only=True, tag="call"):
    """Something the engine does for a handler: `op` with `args`; answered by one `reply`.

    Ops and their args are in protocol/worker.md: trigger, call, state.get, state.set, state.delete,
    state.list, state.clear, state.increment, state.update, state.compare_and_set.
    """

    call: int
    invocation: int
    op: str
    args: msgspec.Raw


class Log(_Message, frozen=True, kw_only=True, tag="log"):
    """A log line. `invocation` 0: of the worker itself. `source`: logger, print, logging, stderr."""

    level: str
    message: str
    invocation: int = 0
    fields: OptionalRaw = None
    at: int = 0
    """Ms since the epoch by the worker's clock."""
    source: str = "logger"


class Span(_Message, frozen=True, kw_only=True, tag="span"):
    """A span of the author's own inside a handler."""

    invocation: int
    name: str
    span: str
    parent: str
    started_at: int
    duration_us: int
    fields: OptionalRaw = None


class Chunk(_Message, frozen=True, kw_only=True, tag="chunk"):
    """A piece of a streamed response in the frame's blob; `last` ends it; `error` ends it broken."""

    invocation: int
    last: bool = False
    error: str = ""


class Stalled(_Message, frozen=True, kw_only=True, tag="stalled"):
    """The worker's loop has not turned for `ms`; sent from another thread while it stands still."""

    invocation: int
    step: str
    ms: int
    stack: str


class Pong(_Message, frozen=True, kw_only=True, tag="pong"):
    """Answer to `ping`."""

    token: int


EngineMessage = Hello | Load | Invoke | Cancel | Reply | Pull | Drain | Ping
WorkerMessage = (
    WorkerHello | Loading | LoadedManifest | Result | Failure | Call | Log | Span | Chunk | Stalled | Pong
)
