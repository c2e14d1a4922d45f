"""Requests of api steps that start a workflow: under way from arrival to committed end.

Invariants
1. A trigger from inside such a request carries what it opens, while the request is under way.
2. What the answer means for workflows is committed before the request stops being under way. When that
   commit is refused the request counts as lost: its instances fail.
"""

from __future__ import annotations

from collections.abc import Callable

import msgspec

from motia.ledger import Ledger, RequestEnd
from motia.model import NewEvent, NodeId, SpanId, StepId, TraceId
from motia.project import Catalog, opening_of


class _Request(msgspec.Struct):
    step: StepId
    trace: TraceId
    has_opened: bool = False


class StartRequests:
    """See the head of this file. Bounded by the requests in flight."""

    def __init__(
        self,
        *,
        ledger: Ledger,
        node: NodeId,
        joined: Callable[[TraceId, tuple[str, ...]], None],
    ) -> None:
        """`joined` is told of instances that a request's end touched."""
        self._ledger = ledger
        self._node = node
        self._joined = joined
        self._under_way: dict[SpanId, _Request] = {}
        self.catalog = Catalog()

    def begin(self, span: SpanId, *, step: StepId, trace: TraceId) -> None:
        """A request of a start step goes to the workers."""
        self._under_way[span] = _Request(step, trace)

    def is_under_way(self, span: SpanId) -> bool:
        """Whether this node still answers the request."""
        return span in self._under_way

    def with_openings(self, event: NewEvent, span: SpanId) -> NewEvent:
        """An event triggered from inside the request `span`, with what it opens."""
        request = self._under_way.get(span)
        if request is None:
            return event
        steps = {delivery.step for delivery in event.deliveries}
        opens = tuple(
            opening_of(workflow, request_span=span, node=self._node)
            for workflow in self.catalog.workflows_started_by(request.step)
            if any(member.step in steps for member in workflow.members)
        )
        if not opens:
            return event
        request.has_opened = True
        return msgspec.structs.replace(event, opens=opens)

    async def end(
        self,
        span: SpanId,
        *,
        is_success: bool,
        reason: str = "",
        payload: bytes | None = None,
        result: bytes | None = None,
    ) -> None:
        """Commit how a request ended; does nothing when it is not under way.

        Args:
            span: The request.
            is_success: Its answer is a 2xx.
            reason: Why it is none.
            payload: The request's body, when it is JSON.
            result: The answer's body, when it is JSON.

        Raises:
            LedgerUnavailable: Nothing was committed; the request counts as lost.
        """
        request = self._under_way.get(span)
        if request is None:
            return
        instances: tuple[str, ...] = ()
        workflows = self.catalog.workflows_started_by(request.step)
        try:
            if is_success or request.has_opened:
                opens = tuple(
                    opening_of(workflow, request_span=span, node=self._node) for workflow in workflows
                )
                instances = await self._ledger.end_request(
                    RequestEnd(
                        trace=request.trace,
                        span=span,
                        is_success=is_success,
                        reason=reason,
                        payload=payload,
                        result=result,
                        opens=opens,
                    )
                )
        finally:
            self._under_way.pop(span, None)
        if instances:
            self._joined(request.trace, instances)
