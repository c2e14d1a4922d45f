"""Requests that start a workflow: told of at their arrival, and of their answer before it leaves.

Invariants
1. A 2xx leaves only after its meaning for the workflows is committed; when that fails the client gets 503.
2. Every begun request is ended once, whatever becomes of it.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from motia.dispatch import StartRequests, read_payload
from motia.edge.outcomes import Reply
from motia.model import CallerError, WorldError

if TYPE_CHECKING:
    from motia.edge.api_call import ApiCall

RETRY_AFTER: Final = ("retry-after", "1")


class WorkflowStarts:
    """See the head of this file. `requests` None: no request starts a workflow."""

    def __init__(self, requests: StartRequests | None, *, bytes_max: int) -> None:
        self._requests = requests
        self._bytes_max = bytes_max

    def begin(self, call: ApiCall) -> bool:
        """Tell of a request that goes to the workers; whether its end is to be told too."""
        if self._requests is None or not call.route.starts_workflow:
            return False
        exchange = call.exchange
        self._requests.begin(exchange.span, step=call.route.step.id, trace=exchange.trace)
        return True

    async def conclude(self, call: ApiCall, reply: Reply) -> Reply:
        """Commit what `reply` means; the reply to be sent, which is another one when that failed."""
        assert self._requests is not None
        exchange = call.exchange
        is_success = 200 <= reply.status < 300 and not call.is_over
        reason = "nobody heard its answer" if call.is_over else f"answered {reply.status}"
        try:
            await self._requests.end(
                exchange.span,
                is_success=is_success,
                reason="" if is_success else reason,
                payload=self._json(exchange.body, exchange.index.get(b"content-type", b"").decode("latin-1")),
                result=self._json(reply.body, _content_type(reply)),
            )
        except WorldError as error:
            if not is_success:
                return reply  # its workflows fail all the same: the request counts as lost
            if reply.stream is not None:
                await reply.stream.aclose()
            return call.steps.outcomes.refusal(
                503,
                error.code,
                exchange.trace,
                message="the ledger is not available",
                headers=(RETRY_AFTER,),
            )
        return reply

    def _json(self, body: bytes, content_type: str) -> bytes | None:
        """`body` when it is JSON that may be a payload."""
        if not body or "json" not in content_type:
            return None
        try:
            read_payload(body, bytes_max=self._bytes_max)
        except (CallerError, msgspec.MsgspecError):
            return None
        return body


def _content_type(reply: Reply) -> str:
    return next((value for name, value in reply.headers if name.lower() == "content-type"), "")
