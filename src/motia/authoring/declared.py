"""The options of each decorator, for editors and type checkers; imported by nobody at run time.

What the names mean is in `docs/reference/steps.md`; `steps.py` reads and checks the values.
"""

from collections.abc import Callable, Iterable, Mapping
from datetime import timedelta
from typing import Any, Literal, Required, TypeAlias, TypedDict

Ids: TypeAlias = str | Iterable[str]
Duration: TypeAlias = float | str | timedelta
"""Seconds, text such as `"5m"`, or a timedelta."""
Schema: TypeAlias = Any
"""A mapping of name to type or JSON Schema, or a model class."""


class ConcurrencyOption(TypedDict, total=False):
    """A bound for each value of a payload key."""

    limit: Required[int]
    key: str


class BackoffOption(TypedDict, total=False):
    """How long a failed run waits."""

    initial: Duration
    factor: float
    cap: Duration
    jitter: bool


class RequestSchemasOption(TypedDict, total=False):
    """The schemas of a request's parts and of the answer."""

    body: Schema
    query: Schema
    params: Schema
    headers: Schema
    response: Schema


class CommonOptions(TypedDict, total=False):
    """Of every kind."""

    id: Required[str]
    description: str
    flows: Ids
    triggers: Ids
    on_error: str
    timeout: Duration


class ApiOptions(CommonOptions, total=False):
    """Of `api`."""

    path: Required[str]
    method: Literal["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS"]
    schema: RequestSchemasOption | Mapping[str, Schema]
    middleware: Callable[..., Any] | Iterable[Callable[..., Any]]


class EventOptions(CommonOptions, total=False):
    """Of `event`."""

    schema: Schema
    topics: Ids
    concurrency: int | ConcurrencyOption
    retries: int
    backoff: Duration | BackoffOption
    key: str
    on_dead: Literal["skip", "block"]
    queue_depth: int


class CronOptions(CommonOptions, total=False):
    """Of `cron`."""

    schedule: Required[str]
    timezone: str
    catch_up: Literal["latest", "none", "all"]
    overlap: Literal["skip", "queue", "allow"]
    retries: int
    backoff: Duration | BackoffOption
    concurrency: int | ConcurrencyOption


class NoopOptions(CommonOptions, total=False):
    """Of `noop`."""

    triggered_by: Ids
    topics: Ids
    schema: Schema


MemberOptions = TypedDict("MemberOptions", {"after": Ids, "with": Mapping[str, Any]}, total=False)
"""Of one step of a workflow: what it waits for, and what is merged into its payload."""


class WorkflowOptions(TypedDict, total=False):
    """Of `workflow`."""

    id: Required[str]
    start: Required[str]
    steps: Required[Mapping[str, MemberOptions | None]]
    description: str
    on_failure: str
    timeout: Duration
