"""The hand-over to a thread: order, batches, bounds, and an answer for everything."""

from __future__ import annotations

import asyncio
import threading
from collections.abc import AsyncIterator
from typing import Any

import pytest

from motia.ledger.sqlite.courier import BATCH_MAX, Answer, Courier, Errand
from motia.model import LedgerUnavailable

WAIT_S = 10.0


class Recording(Courier):
    """Carries errands out one by one and keeps its batches; `gate` holds it up."""

    def __init__(self, *, pending_max: int = 10_000) -> None:
        super().__init__("test-courier", pending_max=pending_max)
        self.batches: list[list[str]] = []
        self.gate = threading.Event()
        self.gate.set()
        self.fault: Exception | None = None
        self.is_stopped = False
        self.thread_name = ""

    def _on_start(self) -> None:
        self.thread_name = threading.current_thread().name
        if self.fault is not None:
            raise self.fault

    def _on_stop(self) -> None:
        self.is_stopped = True

    def _carry_out(self, batch: list[Errand]) -> list[Answer]:
        self.gate.wait(WAIT_S)
        self.batches.append([errand.kind for errand in batch])
        return [self._answer(errand) for errand in batch]

    def _answer(self, errand: Errand) -> Answer:
        try:
            return (errand.future, errand.work(*errand.args), None)
        except Exception as error:
            return (errand.future, None, error)


@pytest.fixture
async def courier() -> AsyncIterator[Recording]:
    made = Recording()
    await made.start()
    yield made
    made.gate.set()
    await made.stop()


async def test_work_is_carried_out_on_the_named_thread_and_answered(courier: Recording) -> None:
    answer = await courier.submit("add", lambda a, b: a + b, 1, 2)
    name = await courier.submit("name", lambda: threading.current_thread().name)

    assert (answer, name, courier.thread_name) == (3, "test-courier", "test-courier")


async def test_what_one_turn_submits_is_one_batch_in_order(courier: Recording) -> None:
    futures = [courier.submit(f"n{n}", int, n) for n in range(100)]

    assert await asyncio.gather(*futures) == list(range(100))
    assert courier.batches == [[f"n{n}" for n in range(100)]]


async def test_no_batch_is_larger_than_its_bound(courier: Recording) -> None:
    futures = [courier.submit("n", int, n) for n in range(2 * BATCH_MAX + 5)]

    assert await asyncio.gather(*futures) == list(range(2 * BATCH_MAX + 5))
    assert [len(batch) for batch in courier.batches] == [BATCH_MAX, BATCH_MAX, 5]


async def test_what_raises_is_answered_with_its_error_and_spares_its_neighbours(courier: Recording) -> None:
    first = courier.submit("good", int, 1)
    second = courier.submit("bad", int, "no number")
    third = courier.submit("good", int, 3)

    with pytest.raises(ValueError, match="no number"):
        await second
    assert (await first, await third) == (1, 3)


async def test_more_than_may_wait_is_refused_and_there_is_room_again_afterwards() -> None:
    courier = Recording(pending_max=2)
    await courier.start()
    courier.gate.clear()
    futures = [courier.submit("n", int, n) for n in range(2)]

    with pytest.raises(LedgerUnavailable, match="2 operations wait"):
        courier.submit("n", int, 3)
    courier.gate.set()
    assert await asyncio.gather(*futures) == [0, 1]

    assert await courier.submit("n", int, 4) == 4
    await courier.stop()


async def test_a_closed_courier_refuses_before_and_after_its_life() -> None:
    courier = Recording()
    with pytest.raises(LedgerUnavailable, match="not open"):
        courier.submit("n", int)

    await courier.start()
    await courier.stop()

    with pytest.raises(LedgerUnavailable, match="not open"):
        courier.submit("n", int)
    assert courier.is_stopped


async def test_stop_carries_out_what_was_submitted_and_is_safe_twice(courier: Recording) -> None:
    futures = [courier.submit("n", int, n) for n in range(5)]

    await asyncio.gather(courier.stop(), courier.stop())

    assert [future.result() for future in futures] == list(range(5))
    await courier.stop()


async def test_a_start_that_fails_raises_and_the_next_one_may_succeed() -> None:
    courier = Recording()
    courier.fault = OSError("no such disk")
    with pytest.raises(OSError, match="no such disk"):
        await courier.start()

    courier.fault = None
    await courier.start()

    assert await courier.submit("n", int, 7) == 7
    await courier.stop()


async def test_an_answer_that_nobody_waits_for_any_more_harms_nothing(courier: Recording) -> None:
    courier.gate.clear()
    given_up = courier.submit("n", int, 1)
    given_up.cancel()
    courier.gate.set()

    assert await courier.submit("n", int, 2) == 2
    assert given_up.cancelled()


async def test_start_twice_is_one_thread(courier: Recording) -> None:
    before = threading.active_count()

    await courier.start()

    assert threading.active_count() == before
    answer: Any = await courier.submit("n", int, 1)
    assert answer == 1
