"""The OpenAPI 3.1 document of the project's api steps, and of the events that are defined (`x-events`)."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any, Final

import msgspec

from motia.model import StepKind, StepSpec, TopicSpec

_PARAMETER = re.compile(r":([^/]+)")

ERROR_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["error"],
    "properties": {
        "error": {
            "type": "object",
            "required": ["code", "message", "traceId"],
            "properties": {
                "code": {"type": "string"},
                "message": {"type": "string"},
                "traceId": {"type": "string"},
                "hint": {"type": "string"},
                "details": {},
            },
        }
    },
}
PROBLEM_SCHEMA: Final[dict[str, Any]] = {
    "type": "object",
    "required": ["path", "where", "message"],
    "properties": {
        "path": {"type": "string", "description": "JSON Pointer below `where`"},
        "where": {"type": "string", "enum": ["body", "query", "params", "headers"]},
        "message": {"type": "string"},
        "keyword": {"type": "string"},
    },
}
INVALID_SCHEMA: Final[dict[str, Any]] = {
    "allOf": [
        {"$ref": "#/components/schemas/Error"},
        {
            "properties": {
                "error": {
                    "properties": {
                        "details": {"type": "array", "items": {"$ref": "#/components/schemas/Problem"}}
                    }
                }
            }
        },
    ]
}


def openapi_document(
    steps: Iterable[StepSpec], *, title: str, version: str = "0.1.0", topics: Iterable[TopicSpec] = ()
) -> dict[str, Any]:
    """The document for every api step of `steps`, paths in alphabetical order.

    `x-events` has each of `topics` with its `description` and its `payload`, a reference to the components.
    """
    document = _Document()
    apis = sorted(
        (step for step in steps if step.kind is StepKind.API), key=lambda step: (step.path, step.method)
    )
    for step in apis:
        path = _PARAMETER.sub(r"{\1}", step.path)
        document.paths.setdefault(path, {})[step.method.lower()] = document.operation(step)
    tags = sorted({flow for step in apis for flow in step.flows})
    events = {topic.name: document.event(topic) for topic in sorted(topics, key=lambda topic: topic.name)}
    return {
        "openapi": "3.1.0",
        "info": {"title": title, "version": version},
        "paths": document.paths,
        "tags": [{"name": tag} for tag in tags],
        "components": {"schemas": document.schemas},
        **({"x-events": events} if events else {}),
    }


class _Document:
    """Collects paths and the named schemas that they refer to."""

    def __init__(self) -> None:
        self.paths: dict[str, dict[str, Any]] = {}
        self.schemas: dict[str, Any] = {
            "Error": ERROR_SCHEMA,
            "Problem": PROBLEM_SCHEMA,
            "ValidationError": INVALID_SCHEMA,
        }

    def operation(self, step: StepSpec) -> dict[str, Any]:
        """One method of one path."""
        declared = step.request
        parts: dict[str, Any] = {}
        if declared is not None:
            for name in ("params", "query", "headers", "body", "response"):
                raw: msgspec.Raw | None = getattr(declared, name)
                if raw is not None:
                    parts[name] = self._hoisted(msgspec.json.decode(raw), prefix=f"{step.id}.{name}")
        operation: dict[str, Any] = {"operationId": step.id, "summary": step.description or step.id}
        if step.flows:
            operation["tags"] = list(step.flows)
        parameters = _path_parameters(step, parts.get("params"))
        parameters += _parameters(parts.get("query"), "query") + _parameters(parts.get("headers"), "header")
        if parameters:
            operation["parameters"] = parameters
        if "body" in parts:
            content = {"application/json": {"schema": parts["body"]}}
            operation["requestBody"] = {"required": True, "content": content}
        operation["responses"] = _responses(
            parts.get("response"), takes_input=bool(parts) or bool(parameters)
        )
        return operation

    def event(self, topic: TopicSpec) -> dict[str, Any]:
        """The definition of one topic."""
        name = _component(f"event.{topic.name}")
        schema = self._hoisted(msgspec.json.decode(topic.schema), prefix=name, itself=name)
        self.schemas[name] = {key: value for key, value in schema.items() if key != "$id"}
        return {"description": topic.description, "payload": {"$ref": f"#/components/schemas/{name}"}}

    def _hoisted(self, schema: Any, *, prefix: str, itself: str = "") -> Any:
        """`schema` with its `$defs` moved to the components, where references inside OpenAPI must point.

        `itself` is the component that a reference to the whole schema points to.
        """
        if not isinstance(schema, dict):
            return schema
        schema = {name: value for name, value in schema.items() if name != "$schema"}
        renamed = {"#": f"#/components/schemas/{itself}"} if itself else {}
        inner: dict[str, Any] = {}
        for keyword in ("$defs", "definitions"):
            for name, value in (schema.pop(keyword, None) or {}).items():
                target = _component(f"{prefix}.{name}")
                renamed[f"#/{keyword}/{name}"] = f"#/components/schemas/{target}"
                inner[target] = value
        for target, value in inner.items():
            self.schemas[target] = _renamed(value, renamed)
        return _renamed(schema, renamed)


def _component(name: str) -> str:
    return re.sub(r"[^A-Za-z0-9._-]", "_", name)


def _renamed(value: Any, renamed: dict[str, str]) -> Any:
    if isinstance(value, list):
        return [_renamed(item, renamed) for item in value]
    if not isinstance(value, dict):
        return value
    return {
        key: renamed.get(item, item) if key == "$ref" and isinstance(item, str) else _renamed(item, renamed)
        for key, item in value.items()
    }


def _path_parameters(step: StepSpec, schema: Any) -> list[dict[str, Any]]:
    declared = schema.get("properties", {}) if isinstance(schema, dict) else {}
    return [
        {"name": name, "in": "path", "required": True, "schema": declared.get(name, {"type": "string"})}
        for name in _PARAMETER.findall(step.path)
    ]


def _parameters(schema: Any, place: str) -> list[dict[str, Any]]:
    if not isinstance(schema, dict):
        return []
    required = schema.get("required", [])
    parameters = []
    for name, declared in schema.get("properties", {}).items():
        parameter = {"name": name, "in": place, "required": name in required, "schema": declared}
        if isinstance(declared, dict) and "description" in declared:
            parameter["description"] = declared["description"]
        parameters.append(parameter)
    return parameters


def _responses(schema: Any, *, takes_input: bool) -> dict[str, Any]:
    responses: dict[str, Any] = {"200": {"description": "The step's answer"}}
    is_by_status = (
        isinstance(schema, dict) and schema and all(re.match(r"[1-5]\d\d\Z", str(key)) for key in schema)
    )
    if is_by_status:
        responses = {
            str(status): {"description": f"Status {status}", "content": _content(inner)}
            for status, inner in schema.items()
        }
    elif schema is not None:
        responses["200"]["content"] = _content(schema)
    if takes_input:
        responses.setdefault(
            "422",
            {
                "description": "The request does not fit its schema",
                "content": {"application/json": {"schema": {"$ref": "#/components/schemas/ValidationError"}}},
            },
        )
    error = {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}
    responses.setdefault("500", {"description": "The step failed", "content": error})
    return responses


def _content(schema: Any) -> dict[str, Any]:
    kind = schema.get("contentMediaType") if isinstance(schema, dict) else None
    return {kind or "application/json": {"schema": schema}}
