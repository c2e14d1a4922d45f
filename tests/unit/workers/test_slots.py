"""Slots: lanes apart, one step at most half, lending."""

from __future__ import annotations

import asyncio

from motia.model import SpanId, StepId, TraceId
from motia.workers import Invocation, Lane
from motia.workers.flight import Flight
from motia.workers.slots import Slots

A, B = StepId("a"), StepId("b")


def flight(step: StepId = A, lane: Lane = Lane.BACKGROUND) -> Flight:
    invocation = Invocation(step=step, kind="event", trace=TraceId("t"), span=SpanId("s"), lane=lane)
    made = Flight(1, invocation, asyncio.get_running_loop().create_future())
    made.holder = object()  # type: ignore[assignment]  # somebody has it
    return made


async def test_one_step_gets_half_and_two_get_all() -> None:
    slots = Slots(background_max=4, requests_max=1)
    assert slots.free_for(A) == 2

    slots.take(flight(A))
    slots.take(flight(A))

    assert (slots.free_for(A), slots.free_for(B)) == (0, 2)


async def test_a_single_slot_may_be_used_by_any_step() -> None:
    assert Slots(background_max=1, requests_max=1).free_for(A) == 1


async def test_requests_take_nothing_from_the_background() -> None:
    slots = Slots(background_max=4, requests_max=1)
    request = flight(lane=Lane.REQUEST)

    slots.take(request)
    assert (slots.requests, slots.free_for(A)) == (1, 2)
    assert not slots.try_lend(request)
    slots.give(request)

    assert slots.requests == 0


async def test_a_lent_slot_is_free_until_the_last_wait_ends() -> None:
    slots = Slots(background_max=1, requests_max=1)
    waiting = flight()
    slots.take(waiting)

    assert slots.try_lend(waiting)
    assert slots.try_lend(waiting)
    assert slots.free_for(A) == 1
    slots.take_back(waiting)
    assert slots.free_for(A) == 1
    slots.take_back(waiting)

    assert slots.free_for(A) == 0


async def test_a_flight_that_lands_while_its_slot_is_lent_is_counted_once() -> None:
    slots = Slots(background_max=1, requests_max=1)
    waiting = flight()
    slots.take(waiting)
    slots.try_lend(waiting)

    waiting.holder = None
    slots.give(waiting)
    slots.take_back(waiting)

    assert (slots.background, slots.lent, slots.free_for(A)) == (0, 0, 1)


async def test_lending_is_bounded() -> None:
    slots = Slots(background_max=1, requests_max=1)

    lent = []
    for _ in range(6):
        waiting = flight()
        slots.take(waiting)
        lent.append(slots.try_lend(waiting))

    assert lent == [True] * 4 + [False] * 2
