from __future__ import annotations

from pathlib import Path

import msgspec
import pytest

from motia.model import LoadFault, TopicSpec
from motia.project.topic_files import JSON_BYTES_MAX, read_json, topic_of


def read(
    root: Path, content: str | bytes, name: str = "order.placed.json"
) -> tuple[list[TopicSpec], list[LoadFault]]:
    (root / name).write_bytes(content.encode() if isinstance(content, str) else content)
    faults: list[LoadFault] = []
    return list(read_json(root, name, faults)), faults


def test_folders_only_group() -> None:
    assert topic_of("motia/events/shop/eu/order.placed.json") == "order.placed"
    assert topic_of("motia/events/order.ts") == "order"


def test_a_file_is_the_schema_of_its_topic_and_may_name_another(tmp_path: Path) -> None:
    (own,), _ = read(tmp_path, '{"type": "object", "description": "An order."}')
    (other,), _ = read(tmp_path, '{"type": "object", "topic": "shop/order"}')

    assert (own.name, own.description, own.source.line) == ("order.placed", "An order.", 1)
    assert other.name == "shop/order"
    assert msgspec.json.decode(other.schema) == {"type": "object"}


def test_a_byte_order_mark_is_no_fault(tmp_path: Path) -> None:
    (topic,), faults = read(tmp_path, b'\xef\xbb\xbf{"type": "object"}')

    assert (topic.name, faults) == ("order.placed", [])


@pytest.mark.parametrize(
    ("content", "line", "words"),
    [
        ('{\n"a": 1,\n}', 3, "no JSON"),
        (b'"\xff"', 1, "no JSON"),
        ('{"a": Infinity}', 1, "Infinity is no value of JSON"),
        ("[" * 100_000, 1, "no JSON"),
        (" " * (JSON_BYTES_MAX + 1), 1, "larger than 1024 KiB"),
        ('"text"', 1, "no JSON Schema but text"),
        ('{"topic": 5}', 1, "`topic` is a number"),
    ],
    ids=lambda value: str(value)[:20],
)
def test_what_is_no_schema_is_a_fault_with_its_line(
    tmp_path: Path, content: str | bytes, line: int, words: str
) -> None:
    topics, (fault,) = read(tmp_path, content)

    assert topics == []
    assert (fault.code, fault.line) == ("syntax-error", line)
    assert words in fault.message


def test_a_file_that_is_gone_is_a_fault(tmp_path: Path) -> None:
    faults: list[LoadFault] = []

    assert list(read_json(tmp_path, "gone.json", faults)) == []
    assert "cannot be read" in faults[0].message
