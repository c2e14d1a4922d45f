from __future__ import annotations

import datetime
from concurrent.futures import Future

import msgspec
import pytest

from motia import Receipt, call, motia, trigger
from motia.authoring import CallFailed, NotInHandler, ValueNotJson, remote_error
from motia.model import CallerError, PayloadInvalid, PayloadTooLarge, Problem, QueueFull, WorldError

RECEIPT = {"runId": "r1", "traceId": "t1"}


async def test_a_trigger_is_sent_at_once_and_filled_when_awaited(port, here):
    port.answers["trigger"] = [RECEIPT]

    receipt = trigger("other", {"a": 1})

    assert port.sent == [("trigger", {"target": "other", "payload": {"a": 1}})]
    with pytest.raises(CallerError, match="await"):
        _ = receipt.run_id
    assert await receipt is receipt
    assert (receipt.run_id, receipt.trace_id, receipt["runId"], dict(receipt)) == ("r1", "t1", "r1", RECEIPT)
    assert not receipt.is_deduplicated


async def test_an_answer_that_comes_later_wakes_the_handler(port, here):
    import asyncio

    late: Future[msgspec.Raw] = Future()
    port.answers["trigger"] = [late]
    receipt = trigger("other")
    asyncio.get_running_loop().call_soon(late.set_result, msgspec.Raw(b'{"runId":"r2","traceId":"t"}'))

    assert (await receipt).run_id == "r2"


def test_in_a_plain_function_a_trigger_returns_when_it_is_durable(port, in_thread):
    port.answers["trigger"] = [{**RECEIPT, "deduplicated": True}]

    receipt = in_thread(lambda: trigger("other", [1]))

    assert isinstance(receipt, Receipt)
    assert receipt.run_id == "r1"
    assert receipt.is_deduplicated


async def test_the_options_have_units_on_the_wire(port, here):
    at = datetime.datetime(2026, 1, 1, tzinfo=datetime.UTC)

    trigger("x", key="k", idempotency_key="i", priority=-1, unique=False, delay=1.5, at=at, wait=2)
    trigger("x", delay=datetime.timedelta(minutes=1), at=5, wait=True)

    assert port.sent[0][1] == {
        "target": "x",
        "payload": {},
        "key": "k",
        "idempotency_key": "i",
        "priority": -1,
        "unique": False,
        "delay_ms": 1_500,
        "at": 1_767_225_600_000,
        "wait_ms": 2_000,
    }
    assert port.sent[1][1] == {"target": "x", "payload": {}, "delay_ms": 60_000, "at": 5, "wait_ms": 60_000}


@pytest.mark.parametrize(
    "options",
    [
        {"delay": -1},
        {"delay": "1s"},
        {"delay": float("nan")},
        {"at": datetime.datetime(2026, 1, 1)},
        {"at": 1.5},
    ],
)
async def test_an_option_that_means_nothing_is_refused(port, here, options):
    with pytest.raises(CallerError):
        trigger("x", **options)

    assert port.sent == []


async def test_what_is_no_payload_is_refused_before_anything_is_sent(port, here):
    with pytest.raises(ValueNotJson, match="trigger\\('x'\\)"):
        trigger("x", {"a": {1}})
    with pytest.raises(PayloadTooLarge, match="1000"):
        trigger("x", "y" * 1_000)
    with pytest.raises(CallerError):
        trigger("")

    assert port.sent == []


def test_outside_a_handler_there_is_nobody_to_ask():
    with pytest.raises(NotInHandler, match="outside a handler"):
        trigger("x")


async def test_errors_of_the_engine_are_raised(port, here):
    problem = Problem(path="/a", message="is required")
    port.answers["trigger"] = [remote_error("payload-invalid", "no", kind="caller", problems=(problem,))]

    with pytest.raises(PayloadInvalid) as caught:
        await trigger("x")

    assert caught.value.problems == (problem,)


async def test_a_failure_that_nobody_awaits_is_remembered(port, here):
    port.answers["trigger"] = [QueueFull("full"), QueueFull("full")]

    trigger("x")
    with pytest.raises(QueueFull):
        await trigger("y")

    assert [message for is_seen, message in here.unseen if not is_seen()] == [
        "trigger('x') was not awaited and failed: full"
    ]


async def test_a_call_returns_the_result_or_raises_the_callees_error(port, here):
    error = {"name": "ValueError", "message": "inner", "stack": "", "kind": "error"}
    port.answers["call"] = [{"done": True}, remote_error("run-failed", "inner", kind="run", error=error)]

    assert await call("x", {"a": 1}, timeout=3) == {"done": True}
    with pytest.raises(CallFailed) as caught:
        await motia.call("x")

    assert caught.value.error == error
    assert port.sent[0] == ("call", {"target": "x", "payload": {"a": 1}, "timeout_ms": 3_000})


def test_in_a_plain_function_a_call_returns_the_result(port, in_thread):
    port.answers["call"] = [[1]]

    assert in_thread(lambda: call("x")) == [1]


@pytest.mark.parametrize(
    ("code", "kind", "expected"),
    [
        ("unknown-target", "caller", "UnknownTarget"),
        ("idempotency-conflict", "caller", "IdempotencyConflict"),
        ("ledger-unavailable", "world", "LedgerUnavailable"),
        ("new-in-a-later-version", "world", "WorldError"),
        ("new-in-a-later-version", "caller", "CallerError"),
        ("anything", "run", "CallFailed"),
    ],
)
def test_an_error_of_the_engine_becomes_its_class(code, kind, expected):
    error = remote_error(code, "m", kind=kind, hint="h")

    assert (type(error).__name__, error.message, error.hint) == (expected, "m", "h")
    if kind != "run":
        assert error.code == code
    assert isinstance(error, WorldError) is (kind == "world")


async def test_an_explicit_none_is_null_and_no_payload_is_an_empty_object(port, here):
    trigger("x", None)
    trigger("x")

    assert [args["payload"] for _, args in port.sent] == [None, {}]
