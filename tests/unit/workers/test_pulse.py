"""Pings of a busy worker, and the word of its silence."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

from motia.workers.pulse import PING_EVERY_S, PONG_S, Pulse

if TYPE_CHECKING:
    from motia.protocol import Stalled
    from motia.workers.flight import Flight


class _Invocation:
    step = "a"


class _Flight:
    number = 7
    invocation = _Invocation()


FLIGHT = cast("Flight", _Flight())


def test_a_silence_is_told_once_and_again_after_a_pong() -> None:
    pings: list[int] = []
    stalls: list[Stalled] = []
    pulse = Pulse(pings.append, stalls.append)

    for now_s in (0.0, 1.0, PONG_S, PONG_S + 1):
        pulse.look(now_s, FLIGHT)
    pulse.answered(pings[0])
    pulse.look(20.0, FLIGHT)
    pulse.look(20.0 + PONG_S, FLIGHT)

    assert pings == [1, 2]
    assert [(stall.invocation, stall.step, stall.ms) for stall in stalls] == [(7, "a", 10_000)] * 2


def test_a_worker_that_answers_is_asked_every_few_seconds() -> None:
    pings: list[int] = []
    stalls: list[Stalled] = []
    pulse = Pulse(pings.append, stalls.append)

    for now_s in (0.0, PING_EVERY_S / 2, PING_EVERY_S, PING_EVERY_S * 2):
        pulse.look(now_s, FLIGHT)
        pulse.answered(len(pings))

    assert pings == [1, 2, 3]
    assert stalls == []
