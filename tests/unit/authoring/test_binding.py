"""How event payloads become arguments: every schema form of authoring.md, section 2."""

from __future__ import annotations

import dataclasses
import datetime
import enum
from typing import Annotated, Any, Literal, Optional, TypedDict

import msgspec
import pydantic
import pytest

from motia import Context, event
from motia.authoring import InputInvalid


class Order(msgspec.Struct):
    id: str
    amount: int = 1


class OrderModel(pydantic.BaseModel):
    id: str
    amount: int = 1
    when: datetime.datetime | None = None


class OrderDict(TypedDict):
    id: str
    amount: int


@dataclasses.dataclass
class OrderData:
    id: str
    amount: int = 1


class Color(enum.Enum):
    RED = "red"
    BLUE = "blue"


@pytest.fixture
def bound(collector, invocation):
    """Declare a step and bind a payload; gives what the handler gets."""

    def declare(function, payload, schema=None):
        event(id=f"s{len(collector.steps)}", **({} if schema is None else {"schema": schema}))(function)
        assert [fault for fault in collector.faults if fault.severity == "error"] == []
        raw = msgspec.Raw(msgspec.json.encode(payload))
        args, kwargs = collector.steps[-1].bind(raw, invocation)
        return function(*args, **kwargs)

    return declare


def faults(collector, function, schema=None):
    event(id="s", **({} if schema is None else {"schema": schema}))(function)
    return [fault.code for fault in collector.faults]


def test_payload_keys_become_arguments_by_name(bound):
    def handler(userId, actions, metadata):
        return userId, actions, metadata

    schema = {"userId": str, "actions": list, "metadata": dict}
    payload = {"userId": "u", "actions": [1], "metadata": {"a": 1}, "extra": True}

    assert bound(handler, payload, schema) == ("u", [1], {"a": 1})


def test_the_context_comes_by_name_or_by_annotation(bound):
    def named(a, ctx):
        return a, ctx.step_id

    def annotated(a: int, context: Context):
        return a, context.run_id

    assert bound(named, {"a": 1}, {"a": int}) == (1, "here")
    assert bound(annotated, {"a": 1}) == (1, "c" * 16)


def test_one_parameter_that_is_no_key_gets_the_whole_payload(bound):
    def handler(payload):
        return payload

    assert bound(handler, {"a": 1, "b": 2}, {"a": int}) == {"a": 1, "b": 2}
    assert bound(handler, [1, 2]) == [1, 2]
    assert bound(lambda payload, /, ctx: (payload, ctx.attempt), "x") == ("x", 2)


def test_one_annotated_parameter_is_a_key(bound):
    def handler(userId: str):
        return userId

    assert bound(handler, {"userId": "u"}) == "u"


def test_rest_gets_what_is_not_named(bound):
    def handler(a, **rest):
        return a, rest

    assert bound(handler, {"a": 1, "b": 2, "c": 3}, {"a": int}) == (1, {"b": 2, "c": 3})


def test_hints_are_the_schema_when_there_is_none(collector, invocation):
    @event(id="s")
    async def handler(name: str, size: int = 3, tags: list[str] | None = None):
        pass

    schema = msgspec.json.decode(collector.steps[0].spec.schema)
    assert schema["required"] == ["name"]
    assert schema["properties"]["size"] == {"type": "integer", "default": 3}
    assert collector.steps[0].bind(msgspec.Raw(b'{"name":"n"}'), invocation) == (
        (),
        {"name": "n", "size": 3, "tags": None},
    )


@pytest.mark.parametrize("model", [Order, OrderModel, OrderData])
def test_a_model_arrives_as_an_instance_where_it_is_annotated(bound, model):
    def handler(order):
        return order

    handler.__annotations__["order"] = model
    assert bound(handler, {"id": "o", "amount": 2}, model) == model(id="o", amount=2)
    assert bound(handler, {"id": "o"}) == model(id="o")


def test_a_typed_dict_arrives_as_a_dict(bound):
    def handler(order: OrderDict):
        return order

    assert bound(handler, {"id": "o", "amount": 2}) == {"id": "o", "amount": 2}


@pytest.mark.parametrize("model", [Order, OrderModel, OrderData])
def test_the_fields_of_a_model_are_bound_by_name(bound, model):
    def handler(id, amount):
        return id, amount

    assert bound(handler, {"id": "o"}, model) == ("o", 1)


@pytest.mark.parametrize("model", [Order, OrderModel, OrderData])
def test_without_an_annotation_a_model_arrives_as_plain_json_with_defaults(bound, model):
    def handler(payload):
        return payload

    assert bound(handler, {"id": "o"}, model)["amount"] == 1


def test_a_field_is_converted_to_the_annotated_model(bound):
    def handler(order: Order, note):
        return order, note

    assert bound(handler, {"order": {"id": "o"}, "note": "n"}, {"order": dict, "note": str}) == (
        Order("o"),
        "n",
    )


def test_types_that_json_does_not_have_are_converted(bound):
    def handler(when, color, ids, ratio):
        return when, color, ids, ratio

    schema = {"when": datetime.date, "color": Color, "ids": set[int], "ratio": float}
    payload = {"when": "2026-01-02", "color": "blue", "ids": [1, 1, 2], "ratio": 1}

    assert bound(handler, payload, schema) == (datetime.date(2026, 1, 2), Color.BLUE, {1, 2}, 1.0)


def test_nested_dicts_unions_literals_and_constraints_are_schemas(collector, bound):
    def handler(address, kind, size, when):
        return address, kind, size, when

    schema = {
        "address": {"street": str, "number": int, "zip": Optional[str]},  # noqa: UP045
        "kind": Literal["a", "b"],
        "size": Annotated[int, msgspec.Meta(ge=1, le=9)],
        "when": datetime.datetime | int,
    }
    payload = {"address": {"street": "s", "number": 1, "more": True}, "kind": "a", "size": 3, "when": 5}

    assert bound(handler, payload, schema) == (
        {"street": "s", "number": 1, "zip": None, "more": True},
        "a",
        3,
        5,
    )
    json = msgspec.json.decode(collector.steps[0].spec.schema)
    assert json["properties"]["size"] == {"type": "integer", "minimum": 1, "maximum": 9}
    assert json["properties"]["address"]["required"] == ["street", "number"]
    assert json["properties"]["kind"] == {"enum": ["a", "b"]}


def test_a_json_schema_is_a_schema_and_its_defaults_apply(bound):
    schema = {
        "type": "object",
        "properties": {
            "name": {"type": "string"},
            "size": {"type": "integer", "default": 3},
            "inner": {"type": "object", "properties": {"deep": {"default": [1]}}},
        },
        "required": ["name"],
    }

    def handler(name, size, inner):
        return name, size, inner

    assert bound(handler, {"name": "n", "inner": {}}, schema) == ("n", 3, {"deep": [1]})


def test_a_default_is_never_shared_between_two_runs(bound):
    def handler(tags):
        tags.append(1)
        return tags

    schema = {"tags": {"type": "array", "default": []}}

    assert bound(handler, {}, schema) == [1]
    assert bound(handler, {}, schema) == [1]


def test_pydantic_decides_in_the_worker(collector, invocation):
    @event(id="s", schema=OrderModel)
    async def handler(order: OrderModel):
        pass

    definition = collector.steps[0]
    assert definition.spec.worker_validates
    with pytest.raises(InputInvalid) as caught:
        definition.bind(msgspec.Raw(b'{"amount":"x","when":"never"}'), invocation)
    assert {problem.path for problem in caught.value.problems} == {"/id", "/amount", "/when"}


def test_a_pydantic_model_inside_a_dict_of_types_names_the_whole_path(collector, invocation):
    @event(id="s", schema={"orders": list[OrderModel], "note": str})
    async def handler(orders, note):
        pass

    definition = collector.steps[0]
    _, kwargs = definition.bind(msgspec.Raw(b'{"orders":[{"id":"o"}],"note":"n"}'), invocation)
    assert kwargs["orders"] == [OrderModel(id="o")]
    with pytest.raises(InputInvalid) as caught:
        definition.bind(msgspec.Raw(b'{"orders":[{"id":"o"},{"id":5}],"note":1}'), invocation)
    assert {problem.path for problem in caught.value.problems} == {"/orders/1/id", "/note"}


def test_every_problem_is_named_with_its_path(collector, invocation):
    @event(id="s", schema={"a": int, "b": list[str], "c": {"d": int}})
    async def handler(a, b, c):
        pass

    with pytest.raises(InputInvalid) as caught:
        collector.steps[0].bind(msgspec.Raw(b'{"b":["x",1],"c":{"d":"no"}}'), invocation)

    assert {problem.path for problem in caught.value.problems} == {"/a", "/b/1", "/c/d"}


@pytest.mark.parametrize("payload", [b"[]", b"null", b"5", b'"x"'])
def test_a_payload_that_is_no_object_is_refused(collector, invocation, payload):
    @event(id="s", schema={"a": int})
    async def handler(a):
        pass

    with pytest.raises(InputInvalid):
        collector.steps[0].bind(msgspec.Raw(payload), invocation)


def test_a_parameter_that_the_schema_does_not_have_is_a_fault_at_load(collector):
    def handler(userId, other):
        pass

    assert faults(collector, handler, {"userId": str}) == ["signature-mismatch"]
    assert "'other'" in collector.faults[0].message
    assert collector.faults[0].hint


def test_a_key_that_nobody_takes_is_a_warning(collector):
    def handler(a, b):
        pass

    assert faults(collector, handler, {"a": str, "b": str, "c": str}) == ["payload-key-unused"]
    assert collector.faults[0].severity == "warning"
    assert len(collector.steps) == 1


def test_positional_collectors_are_a_fault(collector):
    def handler(*args):
        pass

    assert faults(collector, handler) == ["signature-mismatch"]


@pytest.mark.parametrize("schema", [{"a": "string"}, {"a": any}, {"a": 5}, {"type": "text"}, 7, {1: str}])
def test_a_schema_that_cannot_be_read_is_a_fault_with_a_hint(collector, schema):
    def handler(a):
        pass

    assert faults(collector, handler, schema) == ["schema-unreadable"]


def test_a_name_that_is_no_identifier_is_reached_through_rest_or_whole(bound):
    def handler(**rest):
        return rest

    assert bound(handler, {"user-id": 1, "class": 2}, {"user-id": int, "class": int}) == {
        "user-id": 1,
        "class": 2,
    }


def test_a_handlers_default_makes_the_key_optional(collector, bound):
    def handler(a, limit=10):
        return a, limit

    assert bound(handler, {"a": 1}, {"a": int, "limit": int}) == (1, 10)
    assert msgspec.json.decode(collector.steps[0].spec.schema)["required"] == ["a"]


def test_any_value_passes_any(bound):
    def handler(a: Any, b: object):
        return a, b

    assert bound(handler, {"a": [1], "b": None}) == ([1], None)
