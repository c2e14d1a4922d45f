"""An advance is all or nothing; what it does is in the conformance tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from dispatch_world import workflow_spec

from motia.ledger import Advance, SqliteLedger
from motia.ledger.sqlite import advancing
from motia.model import Delivery, InstanceState, InternalError, NewEvent, StepId, TraceId, TriggerKind
from motia.project import opening_of
from motia.runtime import FrozenClock


async def test_an_advance_that_breaks_half_way_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    ledger = SqliteLedger(tmp_path / "motia.db", clock=FrozenClock())
    await ledger.open()
    start = NewEvent(
        target="start",
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=TraceId("t" * 32),
        deliveries=(Delivery(step=StepId("start")),),
        opens=(opening_of(workflow_spec("w", "start", {"a": []})),),
    )
    accepted = await ledger.accept(start)
    before = await ledger.get_instance(accepted.instances[0])

    def broken(*args: Any) -> None:
        raise RuntimeError("half way")

    monkeypatch.setattr(advancing, "insert_event", broken)
    change = Advance(
        instance=accepted.instances[0],
        version=1,
        memos={},
        cancels=accepted.runs,
        cancel_reason="x",
        failure=start,
        state=InstanceState.FAILED,
        closes=True,
    )
    with pytest.raises(InternalError, match="half way"):
        await ledger.advance(change)

    assert await ledger.get_instance(accepted.instances[0]) == before
    assert await ledger.ready_steps() == {"start"}
    await ledger.close()
