from __future__ import annotations

import asyncio
import threading

import pytest

from motia import logger, motia, state
from motia.authoring import Cancelled, Fatal, HttpError, RetryAfter, context_of, span


def test_the_context_tells_what_runs(invocation):
    ctx = context_of(invocation)

    assert context_of(invocation) is ctx
    assert (ctx.run_id, ctx.trace_id, ctx.step_id) == ("c" * 16, "a" * 32, "here")
    assert (ctx.attempt, ctx.retry_count) == (2, 1)
    assert (ctx.trigger.kind, ctx.trigger.details, ctx.trigger.target) == (
        "event",
        {"target": "topic"},
        "topic",
    )
    assert ctx.idempotency_key == "here:" + "c" * 16
    assert (ctx.logger, ctx.state, ctx.motia) == (logger, state, motia)
    with pytest.raises(AttributeError, match="target"):
        _ = ctx.trigger.nothing


async def test_the_context_triggers(port, here):
    port.answers["trigger"] = [{"runId": "r", "traceId": "t"}]

    assert (await context_of(here).trigger("x", {"a": 1}, key="k")).run_id == "r"
    assert port.sent == [("trigger", {"target": "x", "payload": {"a": 1}, "key": "k"})]


async def test_the_signal_is_seen_by_tasks_and_by_threads(invocation):
    signal = context_of(invocation).signal
    waiting = asyncio.ensure_future(signal.wait())
    seen = threading.Event()
    thread = threading.Thread(target=lambda: seen.set() if signal.wait_blocking(10) else None)
    thread.start()
    await asyncio.sleep(0)
    assert not signal.is_set()
    signal.raise_if_set()

    invocation.cancel("timeout")
    invocation.cancel("shutdown")

    assert await asyncio.wait_for(waiting, 10) == "timeout"
    thread.join(10)
    assert seen.is_set()
    with pytest.raises(Cancelled, match="timeout"):
        signal.raise_if_set()


def test_a_signal_that_is_asked_for_late_knows_the_reason(invocation):
    invocation.cancel("cancel")

    assert context_of(invocation).signal.reason == "cancel"


def test_the_logger_writes_lines_of_the_run(port, here):
    logger.info("one", {"a": 1}, b=2)
    logger.warning("two")
    logger.error("three", odd={1})

    assert port.logs == [
        ("info", "one", {"a": 1, "b": 2}, "logger"),
        ("warn", "two", {}, "logger"),
        ("error", "three", {"odd": "{1}"}, "logger"),
    ]


def test_outside_a_worker_the_logger_uses_logging(caplog):
    logger.error("lonely", a=1)

    assert "lonely" in caplog.text


def test_a_span_is_told_with_its_fields(port, here):
    with span("query", {"rows": 3}):
        pass

    assert port.spans == [("query", {"rows": 3})]


def test_outcomes_check_what_they_carry():
    assert HttpError(404).message == "HTTP 404"
    assert RetryAfter(1.5).retry_after_ms == 1_500
    assert issubclass(Fatal, Exception)
    with pytest.raises(ValueError, match="400 to 599"):
        HttpError(200, "fine")
    with pytest.raises(ValueError, match="delay"):
        RetryAfter(-1)
