"""Checking payloads against the schemas of the catalog, compiled once for each catalog."""

from __future__ import annotations

from typing import Final

import msgspec

from motia.model import Problem, StepId, StepSpec
from motia.project.catalog import Catalog
from motia.project.schemas import DEPTH_MAX, CompiledSchema, SchemaInvalid, compile_schema, problems_of

_UNREADABLE = Problem(
    path="",
    message="cannot be checked: the step's schema cannot be read (see `motia check`)",
    keyword="schema",
)


class PayloadValidators:
    """The compiled schemas of one catalog. Immutable; made anew on reload, equal schemas are kept."""

    def __init__(self, catalog: Catalog, *, previous: PayloadValidators | None = None) -> None:
        """Compile every schema of `catalog`, taking over from `previous` what has not changed.

        A schema that cannot be compiled does not raise: its step refuses every payload, and
        `project.check` reports it.
        """
        self._known = {} if previous is None else previous._known
        kept: dict[bytes, CompiledSchema | SchemaInvalid] = {}
        self._payloads: dict[StepId, CompiledSchema | SchemaInvalid] = {}
        self._topics = {
            topic.name: self._compiled(bytes(topic.schema), kept) for topic in catalog.topics.values()
        }
        for step in catalog.steps.values():
            if step.schema is not None and not step.worker_validates:
                self._payloads[step.id] = self._compiled(bytes(step.schema), kept)
        self._known = kept

    def check(self, step: StepSpec, payload: bytes) -> tuple[Problem, ...]:
        """What in `payload` (JSON text) does not fit `step`; empty when it fits or its worker decides.

        Every offending path is named (at most 1,000). Payloads of steps without a schema are only
        checked to be JSON of at most 64 levels.
        """
        return _check_payload(self._payloads.get(step.id), payload)

    def check_topic(self, target: str, payload: bytes) -> tuple[Problem, ...]:
        """What in `payload` does not fit the definition of `target`; empty when it fits or there is none."""
        compiled = self._topics.get(target)
        return () if compiled is None else _check_payload(compiled, payload)

    def _compiled(
        self, schema: bytes, kept: dict[bytes, CompiledSchema | SchemaInvalid]
    ) -> CompiledSchema | SchemaInvalid:
        found = kept.get(schema) or self._known.get(schema)
        if found is None:
            try:
                found = compile_schema(schema)
            except SchemaInvalid as error:
                found = error
        kept[schema] = found
        return found


_ANYTHING: Final = compile_schema(b"true")


def _check_payload(compiled: CompiledSchema | SchemaInvalid | None, payload: bytes) -> tuple[Problem, ...]:
    try:
        value = msgspec.json.decode(payload)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as error:
        return (Problem(path="", message=f"is no JSON: {error}", keyword="json"),)
    # Walking a value for its depth costs more than all the rest; few brackets cannot be deep.
    if payload.count(b"[") + payload.count(b"{") <= DEPTH_MAX and (
        compiled is None or (not isinstance(compiled, SchemaInvalid) and compiled.is_valid(value))
    ):
        return ()
    if isinstance(compiled, SchemaInvalid):
        return (_UNREADABLE,)
    return problems_of(_ANYTHING if compiled is None else compiled, value)
