"""Checks a request against the JSON Schemas of its step, compiled once per catalog.

Invariants
1. Every problem of every part is reported, up to `PROBLEMS_MAX`, each with its JSON Pointer and its part.
2. A step whose schema cannot be read is not silently unchecked: compiling it raises.
"""

from __future__ import annotations

from typing import Any, Final

import jsonschema_rs
import msgspec

from motia.edge.coercion import Converter, coerce, converters_of
from motia.model import Problem, StepSpec, problems_of_errors
from motia.project import INEXACT_LANGUAGE, inexact_in

PROBLEMS_MAX: Final = 100
REASON_CHARS_MAX: Final = 300

_encode = msgspec.json.Encoder().encode
Texts = dict[str, list[str]]


class Schema:
    """One compiled schema: checks values, converts text."""

    def __init__(self, raw: msgspec.Raw, where: str) -> None:
        """Compile `raw`; raises ValueError (with the reason) when it is not a JSON Schema."""
        self.where = where
        self.document: Any = msgspec.json.decode(raw)
        self.is_open = self.document in ({}, True)
        try:
            self._validator = jsonschema_rs.validator_for(self.document, validate_formats=True)
        except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError) as error:
            raise ValueError(f"the {where} schema is not a JSON Schema: {_first_line(error)}") from error
        self.converters: dict[str, Converter] = converters_of(self.document)
        self.is_valid = self._validator.is_valid

    def problems(self, value: Any) -> list[Problem]:
        """Every place where `value` does not fit, at most `PROBLEMS_MAX`."""
        errors = self._validator.iter_errors(value)
        return problems_of_errors(errors, value, where=self.where, most=PROBLEMS_MAX)


class RequestSchema:
    """The schemas of one api step's request."""

    def __init__(self, step: StepSpec) -> None:
        """Compile what `step` declares; raises ValueError when a schema cannot be read."""
        declared = step.request
        self.params = _compiled(declared.params if declared else None, "params")
        self.query = _compiled(declared.query if declared else None, "query")
        self.headers = _compiled(declared.headers if declared else None, "headers")
        self.body = _compiled(declared.body if declared else None, "body")
        self.is_inexact = step.language == INEXACT_LANGUAGE
        """Whether the step's language cannot hold every integer that JSON can."""
        self.is_body_enforced = self.body is not None and not step.worker_validates
        self._header_names = {name.lower(): name for name in self.headers.converters} if self.headers else {}

    def read_params(
        self, names: tuple[str, ...], values: list[str]
    ) -> tuple[dict[str, msgspec.Raw], list[Problem]]:
        """Path parameters, converted and checked."""
        if self.params is None:
            return {name: msgspec.Raw(_encode(text)) for name, text in zip(names, values, strict=True)}, []
        texts = {name: [text] for name, text in zip(names, values, strict=True)}
        return _read(self.params, texts, is_inexact=self.is_inexact)

    def read_query(self, texts: Texts) -> tuple[dict[str, msgspec.Raw], list[Problem]]:
        """The query, converted and checked."""
        if self.query is not None:
            return _read(self.query, texts, is_inexact=self.is_inexact)
        plain = {name: given[0] if len(given) == 1 else given for name, given in texts.items()}
        return {name: msgspec.Raw(_encode(value)) for name, value in plain.items()}, []

    def check_headers(self, headers: list[tuple[bytes, bytes]]) -> list[Problem]:
        """The headers that the schema names, converted and checked; others are nobody's business."""
        if self.headers is None:
            return []
        texts: Texts = {}
        for name, value in headers:
            declared = self._header_names.get(name.decode("latin-1"))
            if declared is not None:
                texts.setdefault(declared, []).append(value.decode("latin-1"))
        return self.headers.problems(coerce(texts, self.headers.converters))


def _compiled(raw: msgspec.Raw | None, where: str) -> Schema | None:
    return None if raw is None else Schema(raw, where)


def _read(schema: Schema, texts: Texts, *, is_inexact: bool) -> tuple[dict[str, msgspec.Raw], list[Problem]]:
    values = coerce(texts, schema.converters)
    problems = [] if schema.is_valid(values) else schema.problems(values)
    if is_inexact:
        problems += inexact_in(values, where=schema.where)
    return {name: msgspec.Raw(_encode(value)) for name, value in values.items()}, problems


def _first_line(error: Exception) -> str:
    return str(error).splitlines()[0][:REASON_CHARS_MAX]
