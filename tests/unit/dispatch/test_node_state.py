from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from dispatch_world import World

from motia.dispatch.node_state import Flight, NodeState
from motia.model import LedgerUnavailable, SpanId


def flight(state: NodeState, run: str, epoch: int, span: str) -> Flight:
    claim: Any = SimpleNamespace(run=run, epoch=epoch)
    made = state.flights[SpanId(span)] = Flight(claim, spec=None, span=SpanId(span))
    return made


def test_an_outage_is_told_once_and_its_end_once(world: World) -> None:
    world.build()
    state = world.dispatcher._state
    rung: list[str] = []
    state.bells.ledger_failed = lambda: rung.append("failed")
    state.bells.ledger_returned = lambda: rung.append("returned")

    state.ledger_returned()
    for _ in range(3):
        state.ledger_failed(LedgerUnavailable("disk full"))
    assert not state.is_ledger_up
    state.ledger_returned()
    state.ledger_returned()

    assert rung == ["failed", "returned"]
    assert world.recorder.counts["ledger_refused"] == 3
    assert [log["level"] for log in world.recorder.logs] == ["error", "info"]
    assert "disk full" in world.recorder.logs[0]["message"]


def test_flights_are_known_by_their_run_and_fence(world: World) -> None:
    world.build()
    state = world.dispatcher._state
    old = flight(state, "r1", 1, "a")
    new = flight(state, "r1", 2, "b")
    flight(state, "r2", 1, "c")
    old.is_lost = True

    assert state.flights_of("r1") == [new]  # type: ignore[arg-type]
    assert state.flying() == {("r1", 1), ("r1", 2), ("r2", 1)}


def test_a_flight_passes_on_the_first_cancel_and_none_after_its_answer(world: World) -> None:
    world.build()
    state = world.dispatcher._state
    asked: list[str] = []
    ticket: Any = SimpleNamespace(cancel=asked.append)
    one, two = flight(state, "r1", 1, "a"), flight(state, "r2", 1, "b")
    one.ticket = two.ticket = ticket
    two.answered_at = 7

    one.cancel("timeout")
    one.cancel("shutdown")
    two.cancel("cancel")

    assert asked == ["timeout"]
    assert (one.cancel_reason, two.cancel_reason) == ("timeout", "cancel")
