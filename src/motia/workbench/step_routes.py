"""Steps, topics, faults and cron: what the project is made of."""

from __future__ import annotations

import difflib
from typing import Any

import msgspec

from motia.ledger import CronFire
from motia.model import CallerError, OptionalRaw, RunState, Source, StepId, StepSpec
from motia.project import Catalog
from motia.workbench.deps import NotRunning
from motia.workbench.endpoint import Call, Endpoint, Nothing, Permission
from motia.workbench.views import Done, FaultList


class StepNotFound(CallerError):
    """No step has this id."""

    code = "step-not-found"
    status = 404


class StepView(StepSpec, frozen=True, kw_only=True, omit_defaults=False):
    """A step: its manifest entry, and how it does. `open_runs` are counts by state."""

    is_paused: bool
    open_runs: dict[str, int]


class StepList(msgspec.Struct, frozen=True, kw_only=True):
    """All steps by id."""

    steps: tuple[StepView, ...]


class TopicView(msgspec.Struct, frozen=True, kw_only=True):
    """A topic. `schema`, `source` and `language` are those of its definition, if it has one."""

    name: str
    is_defined: bool
    description: str = ""
    schema: OptionalRaw = None
    source: Source | None = None
    language: str = ""
    subscribers: tuple[str, ...] = ()


class TopicList(msgspec.Struct, frozen=True, kw_only=True):
    """All topics by name: those that are defined, and those that steps name."""

    topics: tuple[TopicView, ...]


class StepDetail(msgspec.Struct, frozen=True, kw_only=True):
    """A step, and what triggers what."""

    step: StepView
    subscribers_of: tuple[str, ...]
    """Topics that reach it."""
    fires: tuple[CronFire, ...] = ()
    """Last firings of a cron step, newest first."""


class CronView(msgspec.Struct, frozen=True, kw_only=True):
    """A cron step. `upcoming_at`: the next instants."""

    id: str
    schedule: str
    words: str
    timezone: str
    next_at: int | None
    upcoming_at: tuple[int, ...]
    last: CronFire | None
    fires: tuple[CronFire, ...]
    paused: bool
    catch_up: str
    overlap: str
    error: str


class CronList(msgspec.Struct, frozen=True, kw_only=True):
    """All cron steps."""

    cron: tuple[CronView, ...]


class FiredView(msgspec.Struct, frozen=True, kw_only=True, rename={"run": "runId", "trace": "traceId"}):
    """The run that a firing by hand made."""

    run: str
    trace: str


async def list_steps(call: Call) -> StepList:
    """All steps with their manifest entries."""
    paused, depths = await _load(call)
    catalog = call.deps.catalog()
    rows = (_row(spec, paused, depths) for _, spec in sorted(catalog.steps.items()))
    return StepList(steps=tuple(rows))


async def get_step(call: Call) -> StepDetail:
    """One step."""
    spec = step_of(call)
    paused, depths = await _load(call)
    catalog = call.deps.catalog()
    topics = (target for target in catalog.targets() if spec in catalog.subscribers(target))
    fires = await call.deps.ledger.cron_fires(spec.id) if spec.schedule else []
    return StepDetail(
        step=_row(spec, paused, depths), subscribers_of=tuple(sorted(topics)), fires=tuple(fires)
    )


async def list_topics(call: Call) -> TopicList:
    """All topics: their definitions, and who subscribes."""
    catalog = call.deps.catalog()
    named = {topic for spec in catalog.steps.values() for topic in spec.topics}
    return TopicList(topics=tuple(_topic(name, catalog) for name in sorted(named | catalog.topics.keys())))


async def list_faults(call: Call) -> FaultList:
    """Everything that could not be loaded."""
    return FaultList(faults=call.deps.catalog().faults)


async def pause_step(call: Call) -> Done:
    """Claim no more runs of a step until it is resumed; kept over restarts."""
    await call.deps.dispatcher.pause(step_of(call).id)
    return _told(call, "paused")


async def resume_step(call: Call) -> Done:
    """End a pause; also of a step that is gone."""
    await call.deps.dispatcher.resume(StepId(call.params["step"]))
    return _told(call, "resumed")


async def list_cron(call: Call) -> CronList:
    """Cron steps with their next and last firings."""
    if call.deps.cron is None:
        raise NotRunning("cron schedules are kept by the engine, and none runs", hint="start `motia dev`")
    return CronList(cron=tuple([_cron_view(entry) for entry in await call.deps.cron.overview()]))


async def run_cron(call: Call) -> FiredView:
    """Fire a cron step once, by hand."""
    if call.deps.cron is None:
        raise NotRunning("a cron step is fired by the engine, and none runs", hint="start `motia dev`")
    accepted = await call.deps.cron.run_now(step_of(call).id)
    return FiredView(run=accepted.run, trace=accepted.trace)


def _topic(name: str, catalog: Catalog) -> TopicView:
    subscribers = tuple(spec.id for spec in catalog.subscribers(name))
    defined = catalog.topics.get(name)
    if defined is None:
        return TopicView(name=name, is_defined=False, subscribers=subscribers)
    return TopicView(
        name=name,
        is_defined=True,
        description=defined.description,
        schema=defined.schema,
        source=defined.source,
        language=defined.language,
        subscribers=subscribers,
    )


def _told(call: Call, what: str) -> Done:
    call.deps.telemetry.feed.publish("step", {"step": call.params["step"], "change": what})
    return Done()


def step_of(call: Call) -> StepSpec:
    """The step that the path names.

    Raises:
        StepNotFound: With the closest names.
    """
    steps = call.deps.catalog().steps
    wanted = call.params["step"]
    spec = steps.get(StepId(wanted))
    if spec is None:
        close = difflib.get_close_matches(wanted, steps, n=3, cutoff=0.5)
        hint = f"did you mean {' or '.join(close)}?" if close else "`motia steps` lists what there is"
        raise StepNotFound(f"there is no step {wanted[:255]!r}", hint=hint)
    return spec


async def _load(call: Call) -> tuple[frozenset[StepId], dict[StepId, dict[RunState, int]]]:
    depths = await call.deps.ledger.depths()
    return await call.deps.ledger.paused(), {depth.step: depth.by_state for depth in depths}


def _row(spec: StepSpec, paused: frozenset[StepId], depths: dict[StepId, dict[RunState, int]]) -> StepView:
    counts = depths.get(spec.id, {})
    return StepView(
        **{field: getattr(spec, field) for field in spec.__struct_fields__},
        is_paused=spec.id in paused,
        open_runs={state.value: count for state, count in counts.items()},
    )


def _cron_view(entry: Any) -> CronView:
    return CronView(
        id=entry.step,
        schedule=entry.expression,
        words=entry.words,
        timezone=entry.timezone,
        next_at=entry.next_at[0] if entry.next_at else None,
        upcoming_at=tuple(entry.next_at),
        last=entry.fires[0] if entry.fires else None,
        fires=tuple(entry.fires),
        paused=entry.paused,
        catch_up=str(entry.catch_up),
        overlap=str(entry.overlap),
        error=entry.error,
    )


VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/steps",
        permission=VIEW,
        summary="List steps",
        handler=list_steps,
        answer=StepList,
    ),
    Endpoint(
        method="GET",
        path="/v1/steps/{step}",
        permission=VIEW,
        summary="Look at a step",
        handler=get_step,
        answer=StepDetail,
    ),
    Endpoint(
        method="POST",
        path="/v1/steps/{step}/pause",
        permission=OPERATE,
        summary="Pause a step",
        handler=pause_step,
        body=Nothing,
        answer=Done,
    ),
    Endpoint(
        method="POST",
        path="/v1/steps/{step}/resume",
        permission=OPERATE,
        summary="Resume a step",
        handler=resume_step,
        body=Nothing,
        answer=Done,
    ),
    Endpoint(
        method="GET",
        path="/v1/topics",
        permission=VIEW,
        summary="List topics",
        handler=list_topics,
        answer=TopicList,
    ),
    Endpoint(
        method="GET",
        path="/v1/faults",
        permission=VIEW,
        summary="What could not be loaded",
        handler=list_faults,
        answer=FaultList,
    ),
    Endpoint(
        method="GET",
        path="/v1/cron",
        permission=VIEW,
        summary="List cron steps",
        handler=list_cron,
        answer=CronList,
    ),
    Endpoint(
        method="POST",
        path="/v1/cron/{step}/run",
        permission=OPERATE,
        summary="Fire a cron step by hand",
        handler=run_cron,
        body=Nothing,
        answer=FiredView,
    ),
)
