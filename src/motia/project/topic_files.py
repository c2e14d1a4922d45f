"""One file that defines a topic: the name that it stands for, and reading it when it is JSON."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import msgspec

from motia.model import LoadFault, Source, TopicSpec

JSON: Final = "json"
JSON_BYTES_MAX: Final = 1024 * 1024


def topic_of(file: str) -> str:
    """The topic that a file is named after: folders only group."""
    return os.path.splitext(os.path.basename(file))[0]


def spec_of(topic: str, schema: bytes, *, file: str, line: int, language: str) -> TopicSpec:
    """The definition of `topic`, described by its schema's own words."""
    value = msgspec.json.decode(schema)
    said = value.get("description") if isinstance(value, dict) else None
    return TopicSpec(
        name=topic,
        schema=msgspec.Raw(schema),
        source=Source(file=file, line=line),
        language=language,
        description=said if isinstance(said, str) else "",
    )


def read_json(root: Path, file: str, faults: list[LoadFault]) -> Iterator[TopicSpec]:
    """The topic that a JSON file defines; none, and a fault in `faults`, when it does not."""
    try:
        value = _load_json(root / file)
    except OSError as error:
        faults.append(_json_fault(file, 0, f"{file} cannot be read: {error.strerror}", "make it readable"))
    except json.JSONDecodeError as error:
        hint = f"look at column {error.colno}; JSON has no comments and no comma after the last entry"
        faults.append(_json_fault(file, error.lineno, f"this is no JSON: {error.msg}", hint))
    except (ValueError, RecursionError) as error:
        faults.append(_json_fault(file, 1, f"this is no JSON: {error}", "write a JSON Schema as UTF-8 text"))
    else:
        if not isinstance(value, dict):
            faults.append(
                _json_fault(
                    file, 1, f"this is no JSON Schema but {_kind(value)}", 'write {"type": "object", …}'
                )
            )
            return
        name = value.pop("topic", None)
        if name is not None and not isinstance(name, str):
            faults.append(
                _json_fault(file, 1, f"`topic` is {_kind(name)}", "it is the name of the topic, as text")
            )
            return
        topic = name if name is not None else topic_of(file)
        fault = _other_name(file, topic, value)
        if fault is not None:
            faults.append(fault)
            return
        yield spec_of(topic, msgspec.json.encode(value), file=file, line=1, language=JSON)


def _load_json(path: Path) -> Any:
    if path.stat().st_size > JSON_BYTES_MAX:
        raise ValueError(f"it is larger than {JSON_BYTES_MAX // 1024} KiB")

    def refuse(name: str) -> Any:
        raise ValueError(f"{name} is no value of JSON")

    return json.loads(path.read_bytes().decode("utf-8-sig"), parse_constant=refuse)


def _other_name(file: str, topic: str, schema: dict[str, Any]) -> LoadFault | None:
    """A fault when the schema calls itself by the name of another topic."""
    own = schema.get("$id")
    # An $id is mostly an address, and a title words for people; what reads like a topic must be this one.
    for keyword, name in (("$id", own), ("title", schema.get("title"))):
        is_name = isinstance(name, str) and name and not any(char in name for char in "/:# \t\n")
        if is_name and (keyword == "$id" or "." in str(name)) and name not in (topic, f"{topic}.json"):
            return _json_fault(
                file,
                1,
                f"the file defines the topic {topic!r}, and its {keyword} says {name!r}",
                f'rename the file to {name}.json, or remove the {keyword}; "topic": "…" names a topic too',
                code="topic-mismatch",
            )
    return None


def _json_fault(file: str, line: int, message: str, hint: str, *, code: str = "syntax-error") -> LoadFault:
    return LoadFault(code=code, file=file, line=line, message=message, hint=hint)


def _kind(value: Any) -> str:
    names = {dict: "an object", list: "a list", str: "text", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")
