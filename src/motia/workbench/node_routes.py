"""The engine itself: status, workers, configuration, stop."""

from __future__ import annotations

import asyncio
import difflib
import inspect
from collections import Counter
from collections.abc import Mapping
from typing import Any

import msgspec

from motia.ledger import LedgerStats
from motia.model import CallerError, RunFilter
from motia.telemetry import REDACTED, is_sensitive_key, redact_value
from motia.workbench.deps import NotRunning
from motia.workbench.endpoint import Call, Endpoint, Nothing, Permission
from motia.workbench.views import Done
from motia.workers import WorkerInfo


class WorkerNotFound(CallerError):
    """No worker has this name."""

    code = "worker-not-found"
    status = 404


class StatusView(msgspec.Struct, frozen=True, kw_only=True):
    """How the node does. `runs` and `steps` are counts by state and by kind."""

    version: str
    pid: int
    started_at: int
    now_at: int
    uptime_s: float
    environment: str
    is_online: bool
    ready: bool
    addresses: dict[str, str]
    runs: dict[str, int]
    steps: dict[str, int]
    faults: int
    workers: int
    feed_id: int
    """Id of the newest feed item: where to follow on from."""
    counters: dict[str, int]
    ledger: LedgerStats


class WorkerList(msgspec.Struct, frozen=True, kw_only=True):
    """Every worker process."""

    workers: tuple[WorkerInfo, ...]


class ConfigEntry(msgspec.Struct, frozen=True, kw_only=True):
    """A value, secrets masked, and where it came from."""

    key: str
    value: Any
    origin: str


class ConfigView(msgspec.Struct, frozen=True, kw_only=True):
    """Every configured value."""

    environment: str
    config: tuple[ConfigEntry, ...]


async def get_status(call: Call) -> StatusView:
    """How the node does."""
    deps = call.deps
    catalog = deps.catalog()
    now = deps.clock.now_ms()
    counts = await deps.ledger.count_runs(RunFilter())
    return StatusView(
        version=deps.version,
        pid=deps.pid,
        started_at=deps.started_at,
        now_at=now,
        uptime_s=round((now - deps.started_at) / 1_000, 3),
        environment=deps.config.environment,
        is_online=deps.is_online,
        ready=deps.is_ready(),
        addresses=dict(deps.addresses()),
        runs={state.value: count for state, count in counts.items()},
        steps=dict(Counter(spec.kind.value for spec in catalog.steps.values())),
        faults=len(catalog.faults),
        workers=len(deps.workers.info()) if deps.workers is not None else 0,
        feed_id=deps.telemetry.feed.last_id,
        counters=dict(deps.telemetry.counters),
        ledger=deps.ledger.stats(),
    )


async def list_workers(call: Call) -> WorkerList:
    """Every worker process; none without an engine."""
    workers = call.deps.workers
    return WorkerList(workers=tuple(workers.info()) if workers is not None else ())


async def restart_worker(call: Call) -> Done:
    """Replace a worker; what it has in flight is finished first or run again."""
    workers, name = call.deps.workers, call.params["worker"]
    if workers is None:
        raise NotRunning("there are no workers, because no engine runs", hint="start `motia dev`")
    if name not in (info.name for info in workers.info()):
        close = difflib.get_close_matches(name, [info.name for info in workers.info()], n=1, cutoff=0.4)
        hint = f"did you mean {close[0]}?" if close else "GET /v1/workers lists them"
        raise WorkerNotFound(f"there is no worker {name[:80]!r}", hint=hint)
    await workers.restart(name)
    call.deps.telemetry.feed.publish("worker", {"worker": name, "change": "restarted"})
    return Done()


async def get_config(call: Call) -> ConfigView:
    """Every configured value and where it came from, secrets masked."""
    return ConfigView(
        environment=call.deps.config.environment,
        config=tuple(
            ConfigEntry(key=key, value=_masked(key, value), origin=origin)
            for key, (value, origin) in call.deps.origins().items()
        ),
    )


async def get_api_document(call: Call) -> Mapping[str, Any]:
    """The OpenAPI document of the project's api steps."""
    if call.deps.api_document is None:
        raise NotRunning("the OpenAPI document needs the loaded steps", hint="start `motia dev`")
    return call.deps.api_document()


async def stop_engine(call: Call) -> Done:
    """Stop the engine as SIGTERM does: drain, then exit 0. The answer comes before the end."""
    stop = call.deps.stop
    if stop is None:
        raise NotRunning("no engine runs, so there is nothing to stop")

    def begin() -> None:
        begun = stop()
        if inspect.iscoroutine(begun):
            _stopping.add(task := asyncio.ensure_future(begun))
            task.add_done_callback(_stopping.discard)

    # After the answer is on its way: stopping closes this very connection.
    call.deps.clock.call_later(0.05, begin)
    return Done()


_stopping: set[asyncio.Future[Any]] = set()
"""Holds the stop under way, which the loop alone would not keep from being collected."""


def _masked(key: str, value: Any) -> Any:
    """The settings mask what they know to be secret; this is the second lock."""
    if value is not None and is_sensitive_key(key.rpartition(".")[2]):
        return REDACTED
    return redact_value(msgspec.to_builtins(value, str_keys=True, enc_hook=str))


VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/status",
        permission=VIEW,
        summary="How the node does",
        handler=get_status,
        answer=StatusView,
    ),
    Endpoint(
        method="GET",
        path="/v1/workers",
        permission=VIEW,
        summary="List workers",
        handler=list_workers,
        answer=WorkerList,
    ),
    Endpoint(
        method="POST",
        path="/v1/workers/{worker}/restart",
        permission=OPERATE,
        summary="Restart a worker",
        handler=restart_worker,
        body=Nothing,
        answer=Done,
    ),
    Endpoint(
        method="GET",
        path="/v1/config",
        permission=VIEW,
        summary="The configuration and its origins",
        handler=get_config,
        answer=ConfigView,
    ),
    Endpoint(
        method="GET",
        path="/v1/openapi",
        permission=VIEW,
        summary="OpenAPI document of the api steps",
        handler=get_api_document,
        answer=dict[str, Any],
    ),
    Endpoint(
        method="POST",
        path="/v1/stop",
        permission=OPERATE,
        summary="Stop the engine",
        handler=stop_engine,
        body=Nothing,
        answer=Done,
    ),
)
