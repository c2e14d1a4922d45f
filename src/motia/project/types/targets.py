"""What can be named by `trigger` and `call`, with the schemas of what goes in and what comes out."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from motia.model import OptionalRaw, StepKind, StepSpec
from motia.project.catalog import Catalog

_STATUS = re.compile(r"[1-5]\d\d")
_TAKE_PAYLOADS: Final = (StepKind.EVENT, StepKind.NOOP)


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """A step or a topic."""

    name: str
    about: str
    """What it is and where, in a few words."""
    description: str = ""
    inputs: tuple[msgspec.Raw, ...] = ()
    """JSON Schemas that a payload must fit, all of them; none: anything goes."""
    is_request: bool = False
    """Its input is the body of a request: only HTTP runs it."""
    output: OptionalRaw = None
    """JSON Schema of the result."""


def targets_of(catalog: Catalog) -> tuple[Target, ...]:
    """Every step and topic of the catalog, by name. A topic of a step's name is that step."""
    found = {str(step.id): _of_step(step, catalog) for step in catalog.steps.values()}
    subscribed = {topic for step in catalog.steps.values() for topic in step.topics}
    for name in (subscribed | catalog.topics.keys()) - found.keys():
        found[name] = _of_topic(name, catalog)
    return tuple(found[name] for name in sorted(found))


def _of_step(step: StepSpec, catalog: Catalog) -> Target:
    about = f"{step.kind.value} step, {step.source.file}"
    if step.kind is StepKind.API:
        request = step.request
        body = request.body if request is not None else None
        return Target(
            name=step.id,
            about=f"{step.method} {step.path}, {about}",
            description=step.description,
            inputs=() if body is None else (body,),
            is_request=True,
            output=_answer_of(request.response) if request is not None else None,
        )
    return Target(
        name=step.id, about=about, description=step.description, inputs=tuple(_payloads(step, catalog))
    )


def _answer_of(response: msgspec.Raw | None) -> msgspec.Raw | None:
    """The schema of a successful answer; a response may be described by status."""
    if response is None:
        return None
    value = msgspec.json.decode(response)
    if isinstance(value, dict) and value.get("type") == "object":
        value = value.get("properties")  # `{200: …}` as Python reads a dict of names
    if not isinstance(value, dict) or not value or not all(_STATUS.fullmatch(key) for key in value):
        return response
    best = min((key for key in value if key.startswith("2")), default=None)
    return None if best is None else msgspec.Raw(msgspec.json.encode(value[best]))


def _payloads(step: StepSpec, catalog: Catalog) -> list[msgspec.Raw]:
    own = catalog.topics.get(step.id)
    if step.schema is not None:
        return [step.schema] if own is None else [own.schema, step.schema]
    if own is not None or step.kind not in _TAKE_PAYLOADS:
        return [own.schema] if own is not None else []
    # What it gets comes from its topics. With several it gets one or the other: no one schema says that.
    topics = [catalog.topics[name] for name in step.topics if name in catalog.topics]
    return [topics[0].schema] if len(topics) == len(step.topics) == 1 else []


def _of_topic(name: str, catalog: Catalog) -> Target:
    definition = catalog.topics.get(name)
    subscribers = catalog.subscribers(name)
    if definition is not None:
        return Target(
            name=name,
            about=f"topic, {definition.source.file}",
            description=definition.description,
            inputs=(definition.schema,),
        )
    schemas = dict.fromkeys(bytes(step.schema) for step in subscribers if step.schema is not None)
    return Target(
        name=name,
        about=f"topic of {', '.join(step.id for step in subscribers)}",
        inputs=tuple(msgspec.Raw(schema) for schema in schemas),
    )
