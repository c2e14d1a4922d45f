"""`motia.testing.app(root)`: a whole engine inside a test."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

import pytest

from motia.model import StartError
from motia.testing import app


async def test_a_request_is_answered_and_what_it_triggers_runs(project: Callable[..., Path]) -> None:
    async with app(project()) as client:
        answer = await client.request("POST", "/greet/ada", json={"count": 2})
        await client.wait_idle()

        assert (answer.status, answer.json()) == (200, {"hello": "ada", "count": 2})
        (run,) = await client.runs(step="greeted")
        assert (run.state, run.payload, run.result, run.trigger) == (
            "completed",
            {"name": "ada"},
            "ADA",
            "event",
        )


async def test_a_request_that_does_not_fit_is_refused(project: Callable[..., Path]) -> None:
    async with app(project()) as client:
        wrong = await client.request("POST", "/greet/ada", json={"count": "x"})
        unknown = await client.request("GET", "/nothing")

        assert 400 <= wrong.status < 500
        assert unknown.status == 404
        assert await client.runs() == []


async def test_server_sent_events_come_as_values(project: Callable[..., Path]) -> None:
    async with app(project()) as client:
        answer = await client.request("GET", "/ticks")

        assert answer.events() == [{"n": 0}, {"n": 1}, {"n": 2}]


async def test_retries_happen_when_the_clock_is_turned(project: Callable[..., Path]) -> None:
    async with app(project()) as client:
        run_id = await client.trigger("flaky")
        await client.wait_idle()
        (run,) = await client.runs(step="flaky")
        assert (run.id, run.state, run.attempt, run.error) == (run_id, "retrying", 1, "attempt 1")

        await client.advance(seconds=59)
        assert (await client.runs(step="flaky"))[0].attempt == 1
        await client.advance(seconds=62)

        (run,) = await client.runs(step="flaky", state="completed")
        assert (run.attempt, run.result) == (3, 3)


async def test_a_schedule_fires_at_its_instant_and_by_hand(project: Callable[..., Path]) -> None:
    async with app(project(), start=datetime(2026, 1, 1, 2, 59, tzinfo=UTC)) as client:
        await client.advance(seconds=59)
        assert await client.runs(step="nightly") == []
        await client.advance(seconds=1)
        await client.fire("nightly")
        await client.wait_idle()

        assert [run.result for run in await client.runs(step="nightly")] == ["slept", "slept"]
        assert client.now == datetime(2026, 1, 1, 3, 0, tzinfo=UTC)


async def test_delay_key_and_idempotency_are_those_of_the_engine(project: Callable[..., Path]) -> None:
    async with app(project()) as client:
        first = await client.trigger("greeted", {"name": "a"}, idempotency_key="one", delay=30)
        second = await client.trigger("greeted", {"name": "a"}, idempotency_key="one", delay=30)
        await client.wait_idle()

        assert first == second
        assert [run.state for run in await client.runs()] == ["scheduled"]
        await client.advance(seconds=30)
        assert [run.state for run in await client.runs()] == ["completed"]


async def test_a_final_failure_is_a_dead_letter_with_its_error(project: Callable[..., Path]) -> None:
    async with app(project()) as client:
        await client.trigger("hopeless")
        await client.wait_idle()

        (run,) = await client.runs(state="dead")
        assert (run.step, run.error) == ("hopeless", "no")


async def test_a_faulty_project_is_refused_by_place_unless_it_is_to_be_looked_at(
    project: Callable[..., Path],
) -> None:
    root = project("from motia import event\n@event(id='a', retries=-1)\nasync def a(): ...\n")

    with pytest.raises(StartError, match=r"motia/steps/all\.py"):
        async with app(root):
            pass
    async with app(root, strict=False) as client:
        assert [fault.severity for fault in client.faults] == ["error"]


async def test_nothing_is_left_behind(project: Callable[..., Path]) -> None:
    root = project()
    before = (threading.active_count(), len(os.listdir("/proc/self/fd")), len(asyncio.all_tasks()))

    for _ in range(2):
        async with app(root) as client:
            await client.request("POST", "/greet/ada", json={"count": 2})

    files = {path.name for path in root.rglob("*") if path.is_file() and path.suffix != ".pyc"}
    assert files == {"all.py"}
    assert len(asyncio.all_tasks()) == before[2]
    assert len(os.listdir("/proc/self/fd")) <= before[1]


@pytest.mark.parametrize("needed", [pytest.param("ruby", id="ruby"), pytest.param("node", id="node")])
async def test_a_handler_of_another_process_that_never_ends_does_not_hold_the_end_of_a_test(
    tmp_path: Path, needs: Callable[[str], None], needed: str
) -> None:
    needs(needed)
    steps = tmp_path / "motia" / "steps"
    steps.mkdir(parents=True)
    if needed == "ruby":
        (steps / "a.rb").write_text(
            'require "motia"\nevent(id: "a") { loop { begin; sleep; ensure; next; end } }\n'
        )
    else:
        (steps / "a.js").write_text(
            "import { event } from '@motia/core';\nexport default event({ id: 'a' }, () => { for (;;); });\n"
        )

    async with asyncio.timeout(30):
        async with app(tmp_path) as client:
            await client.trigger("a")
            await client.clock.settle()
