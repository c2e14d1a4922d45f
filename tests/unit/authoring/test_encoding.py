from __future__ import annotations

import dataclasses
import datetime
import decimal
import enum
import functools
import uuid

import msgspec
import pydantic
import pytest

from motia.authoring import ValueNotJson, decode_json, encode_json, lenient_json


class Point(msgspec.Struct):
    x: int


class Model(pydantic.BaseModel):
    when: datetime.date


@dataclasses.dataclass
class Pair:
    left: Point
    right: object


class Color(enum.Enum):
    RED = "red"


def encoded(value):
    return decode_json(encode_json(value, what="it"))


@pytest.mark.parametrize(
    "value", [None, True, 0, -1, 2**53 + 1, 2**80, 1.5, "ü\u2028", [], {}, [1, [2]], {"a": {"b": None}}]
)
def test_json_values_come_back_as_they_were(value):
    assert encoded(value) == value


def test_common_types_are_written_the_usual_way():
    value = {
        "struct": Point(1),
        "model": Model(when=datetime.date(2026, 1, 2)),
        "pair": Pair(Point(2), (1, 2)),
        "color": Color.RED,
        "uuid": uuid.UUID(int=1),
        "when": datetime.datetime(2026, 1, 2, tzinfo=datetime.UTC),
        "decimal": decimal.Decimal("1.10"),
    }

    assert encoded(value) == {
        "struct": {"x": 1},
        "model": {"when": "2026-01-02"},
        "pair": {"left": {"x": 2}, "right": [1, 2]},
        "color": "red",
        "uuid": "00000000-0000-0000-0000-000000000001",
        "when": "2026-01-02T00:00:00Z",
        "decimal": "1.10",
    }


CIRCLE: list[object] = []
CIRCLE.append(CIRCLE)


@pytest.mark.parametrize(
    ("value", "place"),
    [
        (float("nan"), "nan"),
        ({"a": [1, float("inf")]}, "/a/1"),
        ({"a": {1, 2}}, "/a"),
        ({"a": b"bytes"}, "/a"),
        ({1: "a"}, "key 1"),
        ({"a": "\ud800"}, "/a"),
        ("\udfff", "surrogate"),
        (CIRCLE, "circular"),
        ({"a/b": {"c": CIRCLE}}, "at /a~1b/c/"),
        (functools.reduce(lambda inner, _: [inner], range(65), 1), "64 levels at " + "/0" * 64),
        ({"a": object()}, "object"),
        (Pair(Point(1), float("nan")), "/right"),
    ],
)
def test_what_json_cannot_say_is_refused_with_its_place(value, place):
    with pytest.raises(ValueNotJson) as caught:
        encode_json(value, what="the payload")

    assert place in caught.value.message
    assert caught.value.message.startswith("the payload")
    assert caught.value.hint


def test_64_levels_are_the_most():
    value: object = 1
    for _ in range(64):
        value = [value]

    assert encoded(value) == value
    with pytest.raises(ValueNotJson):
        encode_json([value], what="it")


def test_log_fields_are_never_refused():
    class Odd:
        def __repr__(self):
            raise RuntimeError

    fields = decode_json(
        lenient_json({"set": {1}, "nan": float("nan"), "odd": Odd(), "ok": [1], "s": "\ud800"})
    )

    assert fields == {"set": "{1}", "nan": "nan", "odd": "<Odd>", "ok": [1], "s": "?"}
