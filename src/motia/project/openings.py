"""Which workflows begin with an event: what the ledger must know to open their instances in its commit."""

from __future__ import annotations

import msgspec

from motia.model import NewEvent, NodeId, Opening, SpanId, WorkflowSpec
from motia.project.catalog import Catalog


def with_openings(event: NewEvent, catalog: Catalog) -> NewEvent:
    """`event` with the workflows that runs of its steps open, parked ones too; the same when there are none."""
    if not catalog.workflows:
        return event
    opens = tuple(
        opening_of(workflow)
        for delivery in event.deliveries
        for workflow in catalog.workflows_started_by(delivery.step)
    )
    return msgspec.structs.replace(event, opens=(*event.opens, *opens)) if opens else event


def opening_of(
    workflow: WorkflowSpec, *, request_span: SpanId | None = None, node: NodeId | None = None
) -> Opening:
    """What opens an instance of `workflow`; `request_span` and `node` when a request is its start."""
    return Opening(
        workflow=workflow.id,
        start=workflow.start,
        spec=msgspec.json.encode(workflow),
        timeout_ms=workflow.timeout_ms,
        request_span=request_span,
        node=node,
    )
