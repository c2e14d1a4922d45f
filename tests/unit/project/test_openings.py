"""What an event opens."""

from __future__ import annotations

import msgspec

from motia.model import (
    Delivery,
    NewEvent,
    NodeId,
    Source,
    SpanId,
    StepId,
    TraceId,
    TriggerKind,
    WorkflowMember,
    WorkflowSpec,
)
from motia.project import Catalog, opening_of, with_openings

FLOW = WorkflowSpec(
    id="flow",
    start=StepId("start"),
    members=(WorkflowMember(step=StepId("a"), constants=msgspec.Raw(b'{"x":1.50}')),),
    source=Source(file="flow.yaml", line=3),
    timeout_ms=5_000,
)
CATALOG = Catalog(workflows=[FLOW])


def event(step: str) -> NewEvent:
    return NewEvent(
        target=step,
        kind=TriggerKind.EVENT,
        payload=b"1",
        trace=TraceId("t"),
        deliveries=(Delivery(step=StepId(step)),),
    )


def test_the_event_of_a_start_step_opens_its_workflow_with_its_time() -> None:
    (opening,) = with_openings(event("start"), CATALOG).opens

    assert (opening.workflow, opening.start, opening.timeout_ms) == ("flow", "start", 5_000)
    assert msgspec.json.decode(opening.spec, type=WorkflowSpec) == FLOW


def test_any_other_event_stays_as_it_is() -> None:
    other, plain = event("a"), event("start")

    assert with_openings(other, CATALOG) is other
    assert with_openings(plain, Catalog()) is plain


def test_a_request_is_named_by_its_span_and_its_node() -> None:
    opening = opening_of(FLOW, request_span=SpanId("s"), node=NodeId("n"))

    assert (opening.request_span, opening.node) == ("s", "n")
