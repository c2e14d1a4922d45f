"""What is wrong with the steps of a project, found at load: everything at once, each with its places.

Invariants
1. `check` never raises for a fault of the project and never stops at the first.
2. A fault names the file and line of the step at fault; one about two steps names the other in `also`.
3. Errors make `motia check` and `motia start` fail; warnings are only shown.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from typing import Final

from motia.model import LoadFault, Manifest, StepId, StepKind, StepSpec, TopicSpec, WorkflowSpec
from motia.project.catalog import Catalog
from motia.project.contradictions import contradictions
from motia.project.cron_text import EXAMPLE, CronInvalid, parse_expression, parse_zone
from motia.project.discovery import Discovery
from motia.project.names import close_to, name_reason
from motia.project.schemas import SchemaInvalid, compile_schema
from motia.project.static import TriggerSite, read_sites
from motia.project.workflow_checks import check_workflows

METHODS: Final = ("GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS")
PATH_CHARS_MAX: Final = 2_000
_PARAMETER = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
_SEGMENT = re.compile(r"(?:[A-Za-z0-9._~!$&'()+,;=@-]|%[0-9A-Fa-f]{2})*")


def check(
    manifest: Manifest,
    discovery: Discovery,
    *,
    drafts: Iterable[WorkflowSpec] = (),
    is_strict: bool = False,
) -> tuple[LoadFault, ...]:
    """Every fault of the project, ordered: what the workers and discovery found, and what their steps contradict.

    Reads the step files to find the targets that they trigger.

    Args:
        manifest: The merged manifest of all workers.
        discovery: The project's files.
        drafts: Workflows that the manifest does not have, because of a fault: their names are checked too.
        is_strict: `triggers.strict`: an unknown target is an error, not a warning.
    """
    catalog = Catalog.of(manifest)
    faults = [*manifest.faults, *discovery.faults]
    faults += _duplicate_ids(manifest.steps)
    faults += _duplicate_routes(manifest.steps)
    for step in manifest.steps:
        for rule in _RULES:
            faults += rule(step)
        faults += _unknown_names(step, catalog, is_strict=is_strict)
    for topic in manifest.topics:
        faults += _contradicted(topic, catalog)
    faults += check_workflows((*manifest.workflows, *drafts), catalog)
    files = [file for files in discovery.files.values() for file in files]
    sites = read_sites(discovery.root, [*files, *manifest.modules], steps=manifest.steps)
    faults += _unknown_targets(sites, catalog, is_strict=is_strict)
    return order(faults)


def order(faults: Iterable[LoadFault]) -> tuple[LoadFault, ...]:
    """Errors before warnings, then by file, line and code; equal faults once."""
    unique = dict.fromkeys(faults)
    return tuple(
        sorted(
            unique,
            key=lambda fault: (fault.severity != "error", fault.file, fault.line, fault.code, fault.message),
        )
    )


def _unknown_targets(
    sites: Iterable[TriggerSite], catalog: Catalog, *, is_strict: bool = False
) -> Iterator[LoadFault]:
    """Faults for targets in the source that no step handles, with the closest that exist."""
    for site in sites:
        if not catalog.subscribers(site.target):
            yield LoadFault(
                code="unknown-target",
                file=site.file,
                line=site.line,
                message=f"{site.op}({site.target!r}): {_not_handled(site.target, catalog)}",
                hint=_closest(site.target, catalog.targets()),
                severity="error" if is_strict else "warning",
            )


def _fault(
    step: StepSpec, code: str, message: str, *, hint: str, also: str = "", severity: str = "error"
) -> LoadFault:
    return LoadFault(
        code=code,
        file=step.source.file,
        line=step.source.line,
        message=message,
        hint=hint,
        also=also,
        severity=severity,
    )


def _place(step: StepSpec) -> str:
    return f"{step.source.file}:{step.source.line}"


# steps against each other


def _duplicate_ids(steps: Iterable[StepSpec]) -> Iterator[LoadFault]:
    first: dict[StepId, StepSpec] = {}
    for step in steps:
        other = first.setdefault(step.id, step)
        if other is not step:
            yield _fault(
                step,
                "duplicate-id",
                f"the step id {step.id!r} is taken: {_place(other)} has it too, and that one is used",
                hint="give one of the two another id",
                also=_place(other),
            )


def _duplicate_routes(steps: Iterable[StepSpec]) -> Iterator[LoadFault]:
    first: dict[tuple[str, str], StepSpec] = {}
    for step in steps:
        if step.kind is not StepKind.API or not step.path:
            continue
        method = step.method.upper()
        other = first.setdefault((method, _shape(step.path)), step)
        if other is step or other.id == step.id:
            continue
        same = "" if other.path == step.path else f" (as {other.path}, which is the same to a router)"
        yield _fault(
            step,
            "duplicate-route",
            f"{method} {step.path} of step {step.id!r} is taken by step {other.id!r} at {_place(other)}{same}",
            hint="change the method or the path of one of the two",
            also=_place(other),
        )


def _shape(path: str) -> str:
    return "/".join(":" if part.startswith(":") else part for part in path.split("/"))


# one step


def _check_id(step: StepSpec) -> Iterator[LoadFault]:
    for what, name in (("id", step.id), *(("topic", topic) for topic in step.topics)):
        reason = name_reason(name)
        if reason:
            yield _fault(
                step,
                f"invalid-{what}",
                f"the {what} {name[:80]!r} {reason}",
                hint=f'an {what} is printable text without spaces, such as "resize-image"'.replace(
                    "an topic", "a topic"
                ),
            )


def _check_route(step: StepSpec) -> Iterator[LoadFault]:
    if step.kind is not StepKind.API:
        return
    if step.method.upper() not in METHODS:
        yield _fault(
            step,
            "invalid-method",
            f"the api step {step.id!r} has the method {step.method!r}"
            if step.method
            else f"the api step {step.id!r} has no method",
            hint=f"use one of {', '.join(METHODS)}",
        )
    reason = _path_reason(step.path)
    if reason:
        yield _fault(
            step,
            "invalid-path",
            f"the api step {step.id!r} has no path"
            if not step.path
            else f"the path {step.path[:200]!r} of {step.id!r} {reason}",
            hint='a path starts with / and names parameters with a colon, such as "/users/:id"',
        )


def _path_reason(path: str) -> str:
    if not path.startswith("/"):
        return "does not start with /"
    if len(path) > PATH_CHARS_MAX:
        return f"is longer than {PATH_CHARS_MAX} characters"
    names: set[str] = set()
    segments = path.split("/")[1:]
    for index, segment in enumerate(segments):
        if not segment and index < len(segments) - 1:
            return "has an empty segment (//)"
        if segment in (".", ".."):
            return f"has the segment {segment!r}, which clients resolve before they ask"
        if segment.startswith(":"):
            name = segment[1:]
            if not _PARAMETER.fullmatch(name):
                return f"has the parameter {segment!r}, whose name is not made of letters, digits and _"
            if name in names:
                return f"names the parameter {segment!r} twice"
            names.add(name)
        elif not _SEGMENT.fullmatch(segment):
            return f"has the segment {segment!r} with characters that a path cannot have"
    return ""


def _check_schedule(step: StepSpec) -> Iterator[LoadFault]:
    if step.kind is not StepKind.CRON:
        return
    if not step.schedule:
        yield _fault(
            step, "invalid-schedule", f"the cron step {step.id!r} has no schedule", hint=f"write {EXAMPLE}"
        )
    else:
        yield from _try_cron(step, "invalid-schedule", lambda: parse_expression(step.schedule))
    yield from _try_cron(step, "invalid-timezone", lambda: parse_zone(step.timezone))


def _try_cron(step: StepSpec, code: str, parse: Callable[[], object]) -> Iterator[LoadFault]:
    try:
        parse()
    except CronInvalid as error:
        yield _fault(step, code, f"cron step {step.id!r}: {error.message}", hint=error.hint)


def _check_schemas(step: StepSpec) -> Iterator[LoadFault]:
    named = [("schema", step.schema)]
    if step.request is not None:
        named += [
            (f"schema.{part}", getattr(step.request, part))
            for part in ("body", "query", "params", "headers", "response")
        ]
    for name, schema in named:
        if schema is None:
            continue
        try:
            compile_schema(bytes(schema))
        except SchemaInvalid as error:
            yield _fault(
                step,
                "invalid-schema",
                f"the {name} of step {step.id!r} is no usable JSON Schema: {error}",
                hint="write JSON Schema (draft 2020-12), such as "
                '{"type": "object", "properties": {"id": {"type": "string"}}}',
            )


def _check_numbers(step: StepSpec) -> Iterator[LoadFault]:
    concurrency = step.concurrency
    rules = (
        ("retries", step.retries, 0 <= step.retries <= 1_000, "0 to 1,000"),
        (
            "timeout",
            step.timeout_ms,
            step.timeout_ms is None or 0 < step.timeout_ms <= 7 * 86_400_000,
            "up to 7 days",
        ),
        (
            "concurrency",
            concurrency.limit if concurrency else None,
            concurrency is None or 1 <= concurrency.limit <= 100_000,
            "1 to 100,000",
        ),
        ("queue_depth", step.queue_depth, step.queue_depth is None or step.queue_depth >= 1, "1 or more"),
        ("backoff.factor", step.backoff.factor, 1 <= step.backoff.factor <= 100, "1 to 100"),
        ("backoff.initial", step.backoff.initial_ms, step.backoff.initial_ms >= 0, "0 or more"),
        ("backoff.cap", step.backoff.cap_ms, step.backoff.cap_ms >= 0, "0 or more"),
    )
    for name, value, is_fine, allowed in rules:
        if not is_fine:
            yield _fault(
                step,
                "invalid-option",
                f"{name} of step {step.id!r} is {value}",
                hint=f"{name} is {allowed}",
            )


_RULES: Final = (_check_id, _check_route, _check_schedule, _check_schemas, _check_numbers)


# steps and the topics that they subscribe to


def _contradicted(topic: TopicSpec, catalog: Catalog) -> Iterator[LoadFault]:
    place = f"{topic.source.file}:{topic.source.line}"
    for step in catalog.subscribers(topic.name):
        if step.schema is None:
            continue
        found = contradictions(
            bytes(topic.schema), bytes(step.schema), subscriber_converts=step.worker_validates
        )
        if found:
            listed = "; ".join(f"{one.path or 'the payload'} {one.reason}" for one in found)
            yield _fault(
                step,
                "topic-contradicted",
                f"the schema of step {step.id!r} contradicts the topic {topic.name!r} ({place}): {listed}",
                hint="change one of the two, or leave the step's schema out: it has the topic's then",
                also=place,
            )


# names of other steps


def _unknown_names(step: StepSpec, catalog: Catalog, *, is_strict: bool) -> Iterator[LoadFault]:
    if step.on_error is not None and not catalog.subscribers(step.on_error):
        yield _fault(
            step,
            "unknown-error-step",
            f"on_error of {step.id!r} names {step.on_error!r}: {_not_handled(step.on_error, catalog)}",
            hint=_closest(step.on_error, catalog.targets()),
            severity="warning",
        )
    for target in step.triggers:
        if not catalog.subscribers(target):
            yield _fault(
                step,
                "unknown-target",
                f"triggers of {step.id!r} names {target!r}: {_not_handled(target, catalog)}",
                hint=_closest(target, catalog.targets()),
                severity="error" if is_strict else "warning",
            )
    for source in step.triggered_by:
        if StepId(source) not in catalog.steps:
            yield _fault(
                step,
                "unknown-source",
                f"triggered_by of {step.id!r} names {source!r}, and no step has that id",
                hint=_closest(source, catalog.steps),
                severity="warning",
            )


def _not_handled(target: str, catalog: Catalog) -> str:
    found = catalog.step(StepId(target))
    if found is not None and found.kind is StepKind.API:
        return f"that is an api step ({_place(found)}), which only a request can run"
    return "no step has that id and none subscribes to that topic; its events are parked"


def _closest(name: str, known: Iterable[str]) -> str:
    return close_to(name, known) or "write the step that handles it, or correct the name"
