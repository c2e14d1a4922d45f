from __future__ import annotations

import pytest

from motia import state
from motia.authoring import NotInHandler, ValueNotJson
from motia.model import CallerError, PayloadTooLarge


async def test_values_are_read_and_written(port, here):
    port.answers.update(
        {
            "state.get": [{"value": 5, "version": 2}, None],
            "state.set": [{"version": 1}],
            "state.delete": [True],
            "state.clear": [3],
            "state.increment": [7],
            "state.list": [[{"key": "a", "value": 1, "version": 1}, {"key": "b", "value": 2, "version": 1}]],
            "state.compare_and_set": [{"done": False, "value": 1, "version": 9}],
        }
    )

    assert await state.get("g", "k") == 5
    assert await state.get("g", "k") is None
    assert await state.set("g", "k", {"a": 1}) == {"a": 1}
    assert await state.delete("g", "k") is True
    assert await state.clear("g") == 3
    assert await state.increment("g", "k", 2) == 7
    assert await state.list("g", limit=2) == {"a": 1, "b": 2}
    assert (await state.compare_and_set("g", "k", 1, version=3))["version"] == 9


async def test_none_can_be_stored(port, here):
    await state.set("g", "k", None)

    assert port.sent == [("state.set", {"group": "g", "key": "k", "value": None})]


def test_in_a_plain_function_there_is_nothing_to_await(port, in_thread):
    port.answers["state.get"] = [{"value": 5, "version": 2}]

    assert in_thread(lambda: state.get("g", "k")) == 5


async def test_an_update_with_a_function_is_repeated_until_nobody_else_wrote(port, here):
    port.answers["state.get"] = [{"value": 1, "version": 1}, {"value": 5, "version": 2}]
    port.answers["state.compare_and_set"] = [{"done": False}, {"done": True}]

    assert await state.update("g", "k", lambda old: old + 1) == 6

    writes = [args for op, args in port.sent if op == "state.compare_and_set"]
    assert [(args["value"], args["version"]) for args in writes] == [(2, 1), (6, 2)]


def test_an_update_in_a_plain_function(port, in_thread):
    port.answers["state.get"] = [None]
    port.answers["state.compare_and_set"] = [{"done": True}]

    assert in_thread(lambda: state.update("g", "k", lambda old: [old])) == [None]


async def test_an_update_that_never_gets_through_says_so(port, here):
    port.answers["state.compare_and_set"] = [{"done": False}] * 200

    with pytest.raises(CallerError, match="100 times"):
        await state.update("g", "k", lambda old: old)


async def test_an_update_with_operations_is_one_call(port, here):
    port.answers["state.update"] = [{"value": 3, "version": 2}]

    assert await state.update("g", "k", [{"op": "increment", "path": "", "value": 1}]) == 3


@pytest.mark.parametrize(
    "use",
    [
        lambda: state.get("", "k"),
        lambda: state.get("g", "k" * 256),
        lambda: state.increment("g", "k", "1"),
        lambda: state.update("g", "k", [{"op": "explode"}]),
        lambda: state.update("g", "k", []),
        lambda: state.update("g", "k", [{"op": "set", "paht": "a"}]),
    ],
)
async def test_a_wrong_argument_is_refused_before_anything_is_sent(port, here, use):
    with pytest.raises(CallerError):
        use()

    assert port.sent == []


async def test_a_value_that_cannot_be_stored_is_refused(port, here):
    with pytest.raises(ValueNotJson, match=r"state\.set"):
        state.set("g", "k", {1})
    with pytest.raises(PayloadTooLarge):
        state.set("g", "k", "x" * 1_000)


def test_outside_a_handler_there_is_no_state():
    with pytest.raises(NotInHandler):
        state.get("g", "k")
