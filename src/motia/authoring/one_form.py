"""One JSON Schema for one meaning, whichever library of Python wrote it.

Invariants
1. What a schema accepts never changes.
2. `str | None` and its like say `{"type": ["string", "null"]}`, a choice says `enum` or `const` alone:
   as the schemas of the other languages do, so that a fault has one description in all of them.
"""

from __future__ import annotations

from typing import Any, Final

_NULL: Final = {"type": "null"}
_NOT_ABOUT_A_TYPE: Final = frozenset(
    "$ref $dynamicRef enum const anyOf oneOf allOf not if then else default".split()  # noqa: SIM905  # reads better
)
_KINDS: Final[dict[str, tuple[type, ...]]] = {
    "string": (str,),
    "integer": (int,),
    "number": (int, float),
    "boolean": (bool,),
    "null": (type(None),),
}
_MAPS: Final = frozenset({"properties", "$defs", "patternProperties"})
_LISTS: Final = frozenset({"anyOf", "oneOf", "allOf", "prefixItems"})
_SCHEMAS: Final = frozenset({"items", "additionalProperties", "propertyNames", "not"})


def in_one_form(schema: Any) -> Any:
    """A JSON Schema that accepts the same, written the one way."""
    if not isinstance(schema, dict):
        return schema
    inside = {keyword: _inside(keyword, value) for keyword, value in schema.items()}
    return _choice(_types(inside))


def _inside(keyword: str, value: Any) -> Any:
    if keyword in _MAPS and isinstance(value, dict):
        return {name: in_one_form(part) for name, part in value.items()}
    if keyword in _LISTS and isinstance(value, list):
        return [in_one_form(part) for part in value]
    return in_one_form(value) if keyword in _SCHEMAS else value


def _types(schema: dict[str, Any]) -> dict[str, Any]:
    members = schema.get("anyOf")
    if not isinstance(members, list) or "type" in schema or not all(isinstance(m, dict) for m in members):
        return schema
    rest = {keyword: value for keyword, value in schema.items() if keyword != "anyOf"}
    if all(member.keys() == {"type"} and isinstance(member["type"], str) for member in members):
        return {"type": list(dict.fromkeys(member["type"] for member in members)), **rest}
    others = [member for member in members if member != _NULL]
    if len(others) != 1 or len(members) != 2 or not isinstance(others[0].get("type"), str):
        return schema
    (one,) = others
    if one.keys() & _NOT_ABOUT_A_TYPE or one.keys() & rest.keys() - {"title", "description"}:
        return schema
    return {**one, "type": [one["type"], "null"], **rest}


def _choice(schema: dict[str, Any]) -> dict[str, Any]:
    options = schema.get("enum", [schema["const"]] if "const" in schema else None)
    if not isinstance(options, list) or not options:
        return schema
    kinds = _KINDS.get(schema["type"]) if isinstance(schema.get("type"), str) else None
    if kinds and all(type(option) in kinds for option in options):
        schema = {keyword: value for keyword, value in schema.items() if keyword != "type"}
    if "enum" in schema and len(options) == 1:
        schema = {**{k: v for k, v in schema.items() if k != "enum"}, "const": options[0]}
    return schema
