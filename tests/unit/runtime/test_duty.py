from __future__ import annotations

import asyncio

import pytest

from motia.runtime import Duty


class Recorded(Duty):
    """A duty that says what was asked of it."""

    def __init__(self) -> None:
        super().__init__()
        self.calls: list[str] = []
        self.fault: BaseException | None = None

    async def _start(self) -> None:
        self.calls.append("start")
        await asyncio.sleep(0)
        if self.fault is not None:
            raise self.fault

    async def _stop(self) -> None:
        self.calls.append("stop")
        await asyncio.sleep(0)


async def test_start_and_stop_are_safe_twice() -> None:
    duty = Recorded()

    await asyncio.gather(duty.start(), duty.start())
    assert duty.is_started
    await asyncio.gather(duty.stop(), duty.stop())

    assert duty.calls == ["start", "stop"]
    assert not duty.is_started


async def test_stop_without_a_start_does_nothing() -> None:
    duty = Recorded()

    await duty.stop()

    assert duty.calls == []


async def test_a_duty_that_failed_to_start_is_stopped_and_may_be_started_again() -> None:
    duty = Recorded()
    duty.fault = OSError("no port")
    with pytest.raises(OSError, match="no port"):
        await duty.start()
    assert duty.calls == ["start", "stop"]
    assert not duty.is_started

    duty.fault = None
    await duty.start()

    assert duty.is_started


async def test_a_start_that_is_cancelled_is_undone() -> None:
    duty = Recorded()
    starting = asyncio.ensure_future(duty.start())
    await asyncio.sleep(0)

    starting.cancel()
    await asyncio.gather(starting, return_exceptions=True)

    assert duty.calls == ["start", "stop"]
    assert not duty.is_started


async def test_a_stop_during_a_start_waits_for_it() -> None:
    duty = Recorded()

    await asyncio.gather(duty.start(), duty.stop())

    assert duty.calls == ["start", "stop"]
