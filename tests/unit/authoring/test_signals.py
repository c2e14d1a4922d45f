from __future__ import annotations

import asyncio
import threading

import pytest

from motia.authoring import Cancelled
from motia.authoring.signals import Signal


def test_a_signal_is_set_once_and_keeps_its_first_reason() -> None:
    signal = Signal()
    assert (signal.is_set(), signal.reason) == (False, "")
    signal.raise_if_set()

    signal.set("timeout")
    signal.set("shutdown")

    assert (signal.is_set(), signal.reason) == (True, "timeout")
    with pytest.raises(Cancelled) as caught:
        signal.raise_if_set()
    assert caught.value.reason == "timeout"


async def test_a_wait_ends_when_the_signal_is_set_from_any_thread() -> None:
    signal = Signal()
    waits = [asyncio.ensure_future(signal.wait()) for _ in range(3)]
    await asyncio.sleep(0)

    threading.Thread(target=signal.set, args=("disconnect",)).start()

    assert await asyncio.wait_for(asyncio.gather(*waits), 5) == ["disconnect"] * 3
    assert await signal.wait() == "disconnect"


async def test_a_wait_that_is_cancelled_leaves_nothing_behind() -> None:
    signal = Signal()
    waiting = asyncio.ensure_future(signal.wait())
    await asyncio.sleep(0)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    signal.set("cancel")

    assert signal._waiters == []


def test_a_plain_function_waits_no_longer_than_it_says() -> None:
    signal = Signal()

    assert not signal.wait_blocking(0.0)
    setter = threading.Thread(target=signal.set, args=("cancel",))
    setter.start()

    assert signal.wait_blocking(5.0)
    setter.join()
