"""The event that a final failure sends to an error step, accepted in the commit of that failure."""

from __future__ import annotations

import msgspec

from motia.dispatch.deliveries import delivery_of, parked_delivery
from motia.dispatch.node_state import Flight
from motia.model import Delivery, NewEvent, RunError, StepId, TriggerKind
from motia.project import Catalog, with_openings

DEFAULT_ERROR_STEP = StepId("handle-step-error")


def follow_up_of(flight: Flight, error: RunError, catalog: Catalog) -> NewEvent | None:
    """The event for the error step of a dead run; None when there is none to trigger.

    A run that was itself triggered by a failure, or of the error step itself, triggers none.
    It has no bound of depth and no schema check: a failure must never be refused.
    """
    claim, spec = flight.claim, flight.spec
    named = spec.on_error if spec is not None else None
    target = named or DEFAULT_ERROR_STEP
    if claim.kind is TriggerKind.ERROR or target == claim.step:
        return None
    subscribers = catalog.subscribers(target)
    if not subscribers and named is None:
        return None
    payload = {
        "stepId": claim.step,
        "error": {"name": error.name, "message": error.message, "stack": error.stack},
        "context": msgspec.Raw(claim.payload),
        "retryCount": claim.retry_count,
        "traceId": claim.trace,
        "runId": claim.run,
    }
    deliveries: tuple[Delivery, ...] = tuple(
        delivery_of(step, None, key=None, depth_max=None) for step in subscribers
    )
    event = NewEvent(
        target=target,
        kind=TriggerKind.ERROR,
        payload=msgspec.json.encode(payload),
        trace=claim.trace,
        deliveries=deliveries or (parked_delivery(target, key=None, depth_max=None),),
        parent_run=claim.run,
        parent_span=flight.span,
        parent_step=claim.step,
    )
    return with_openings(event, catalog)
