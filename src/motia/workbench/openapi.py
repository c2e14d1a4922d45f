"""The OpenAPI description of the control API, made from its declarations."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

import msgspec

from motia.workbench.endpoint import Endpoint
from motia.workbench.instants import is_instant_name

_REF = "#/components/schemas/{name}"
_PARAMETER = re.compile(r"\{(\w+)\}")


class ErrorBody(msgspec.Struct, frozen=True, kw_only=True):
    """What went wrong, what to do, and what is behind it."""

    code: str
    message: str
    hint: str
    details: Any = None


class ErrorAnswer(msgspec.Struct, frozen=True, kw_only=True):
    """Every answer of status 400 and above."""

    error: ErrorBody


def describe(endpoints: Iterable[Endpoint], *, version: str) -> dict[str, Any]:
    """OpenAPI 3.1 of `endpoints`."""
    endpoints = tuple(endpoints)
    kinds = [endpoint.answer for endpoint in endpoints]
    kinds += [endpoint.body for endpoint in endpoints if endpoint.body]
    schemas, components = msgspec.json.schema_components([*kinds, ErrorAnswer], ref_template=_REF)
    shown = dict(zip(map(_key, kinds), schemas, strict=False))
    for component in components.values():
        _write_instants(component)
    paths: dict[str, dict[str, Any]] = {}
    for endpoint in endpoints:
        operation = _operation(endpoint, shown)
        paths.setdefault(endpoint.path, {})[endpoint.method.lower()] = operation
    return {
        "openapi": "3.1.0",
        "info": {"title": "Motia control API", "version": version},
        "paths": paths,
        "components": {"schemas": components},
    }


def _operation(endpoint: Endpoint, schemas: dict[str, dict[str, Any]]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": endpoint.handler.__name__,
        "summary": endpoint.summary,
        "description": endpoint.handler.__doc__ or "",
        "x-permission": endpoint.permission.value,
        "parameters": [
            {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}
            for name in _PARAMETER.findall(endpoint.path)
        ]
        + _query_parameters(endpoint.query),
        "responses": {
            "200": {
                "description": "Done",
                "content": {endpoint.media: {"schema": schemas[_key(endpoint.answer)]}},
            },
            "default": {
                "description": "Refused or failed",
                "content": {"application/json": {"schema": {"$ref": _REF.format(name="ErrorAnswer")}}},
            },
        },
    }
    if endpoint.body is not None:
        schema = schemas[_key(endpoint.body)]
        operation["requestBody"] = {"content": {"application/json": {"schema": schema}}}
    return operation


def _query_parameters(kind: type[msgspec.Struct] | None) -> list[dict[str, Any]]:
    if kind is None:
        return []
    (_,), components = msgspec.json.schema_components([kind], ref_template=_REF)
    properties = components[kind.__name__]["properties"]
    return [
        {"name": name, "in": "query", "required": False, "schema": _inlined(schema, components)}
        for name, schema in properties.items()
    ]


def _inlined(schema: Any, components: dict[str, Any]) -> Any:
    """`schema` with references replaced: parameters stand alone."""
    if isinstance(schema, dict):
        if "$ref" in schema:
            return components[schema["$ref"].rpartition("/")[2]]
        return {name: _inlined(item, components) for name, item in schema.items()}
    if isinstance(schema, list):
        return [_inlined(item, components) for item in schema]
    return schema


def _write_instants(component: dict[str, Any]) -> None:
    """Instants are numbers inside and text outside."""
    for name, schema in component.get("properties", {}).items():
        if is_instant_name(name):
            component["properties"][name] = _as_instant(schema)


def _as_instant(schema: Any) -> Any:
    if isinstance(schema, list):
        return [_as_instant(item) for item in schema]
    if not isinstance(schema, dict):
        return schema
    if schema.get("type") == "integer":
        return {"type": "string", "format": "date-time"}
    return schema | {part: _as_instant(schema[part]) for part in ("anyOf", "items") if part in schema}


def _key(kind: Any) -> str:
    return getattr(kind, "__name__", "") + repr(kind)
