"""The table of instances in memory; what it means is in the conformance tests."""

from __future__ import annotations

import msgspec
from snapshots import snapshot

from motia.ledger.memory.instances import InstanceTable
from motia.ledger.memory.rows import Table
from motia.ledger.numbers import RunNumbers
from motia.model import InstanceState, StepId, TraceId


def test_an_instance_that_is_over_goes_with_its_parts_and_an_open_one_stays() -> None:
    table = InstanceTable(Table(), RunNumbers())
    going = snapshot().record
    over = msgspec.structs.replace(
        going, id="1" * 16, is_open=False, state=InstanceState.FAILED, finished_at=5
    )
    for record in (going, over):
        table.put(record)
        table.add_part(record.id, 7, StepId("a"), is_held=True)

    assert (table.keeps(7), table.is_held(7)) == (True, True)
    assert table.prune(5, 10) == 0
    assert table.prune(6, 10) == 1

    assert list(table.records) == [going.id]
    assert list(table.of_run[7]) == [going.id]
    assert [one.id for one in table.open_in(TraceId("t"))] == [going.id]
