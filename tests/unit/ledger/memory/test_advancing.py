"""The memory ledger changes instances without giving the loop a turn, as everything that it does."""

from __future__ import annotations

import pytest
from dispatch_world import workflow_spec

from motia.ledger import Advance, MemoryLedger
from motia.model import Delivery, NewEvent, StepId, TraceId, TriggerKind
from motia.project import opening_of
from motia.runtime import FrozenClock


def test_an_advance_is_one_step() -> None:
    ledger = MemoryLedger(clock=FrozenClock())
    event = NewEvent(
        target="start",
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=TraceId("t" * 32),
        deliveries=(Delivery(step=StepId("start")),),
        opens=(opening_of(workflow_spec("w", "start", {"a": []})),),
    )
    (instance,) = ledger._accept(event, None).instances
    running = ledger._accept(event, None).run
    change = Advance(instance=instance, version=2, memos={}, cancels=(running,), cancel_reason="x")
    advancing = ledger.advance(change)

    with pytest.raises(StopIteration) as done:
        advancing.send(None)

    assert done.value.value.is_current
    assert [moved.run for moved in done.value.value.ended] == [running]
