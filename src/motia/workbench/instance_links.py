"""Which workflow instances a run or a trace is part of: for links to them. Bounded, by the ledger's indexes."""

from __future__ import annotations

from motia.ledger import Ledger
from motia.model import InstanceSummary, Run, TraceId, run_id_of, run_number_of
from motia.workbench.views import InstanceLink

LINKS_MAX = 50
"""Instances that are named; nearly always there is one."""


async def instances_of_run(ledger: Ledger, run: Run) -> tuple[InstanceLink, ...]:
    """Instances that `run` joined, newest first: one statement for a run that is in no workflow."""
    joined = await ledger.instances_of_run(run.id)
    if not joined:
        return ()
    # A page begins below its cursor, so this one begins with the newest that was joined.
    above = run_id_of(run_number_of(max(joined)) + 1)
    page = await ledger.list_instances(trace=run.trace, limit=LINKS_MAX, cursor=above)
    return tuple(_link(one) for one in page.instances if one.id in joined)


async def instances_of_trace(ledger: Ledger, trace: TraceId) -> tuple[InstanceLink, ...]:
    """The newest instances of `trace`."""
    page = await ledger.list_instances(trace=trace, limit=LINKS_MAX)
    return tuple(map(_link, page.instances))


def _link(one: InstanceSummary) -> InstanceLink:
    return InstanceLink(id=one.id, workflow=one.workflow, state=one.state.value)
