"""`Idempotency-Key` on requests that change something: run once, answer again.

Invariants
1. A key names one request of one step: the same key with another body, path or query is 422.
2. While the first is in flight, a second is 409; after it, the stored answer comes back as it was.
3. Only whole answers below 500 are stored; after anything else the key is free again, once the handler
   of the first request has really ended.
"""

from __future__ import annotations

import asyncio
import hashlib
from typing import TYPE_CHECKING, Final

from motia.edge.api_call import ApiCall
from motia.edge.outcomes import Reply
from motia.edge.responses import UnsafeHeader, header_lines
from motia.ledger import Ledger, StoredResponse
from motia.model import WorldError
from motia.telemetry import Recorder

if TYPE_CHECKING:
    from motia.runtime import Clock

KEY_HEADER: Final = b"idempotency-key"
KEY_BYTES_MAX: Final = 255
TTL_MS: Final = 86_400_000
SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
REPLAYED: Final = ("idempotency-replayed", "true")


class Idempotency:
    """See the head of this file."""

    def __init__(self, *, ledger: Ledger, recorder: Recorder, clock: Clock) -> None:
        self._ledger = ledger
        self._recorder = recorder
        self._clock = clock

    async def run(self, call: ApiCall, key: str) -> None:
        """Serve `call` under `key`; the exchange is answered when this returns, unless it streams."""
        exchange = call.exchange
        refusal = call.steps.outcomes.refusal
        step = call.route.step.id
        try:
            found = await self._ledger.idempotency_begin(step, key, digest=_digest(call), ttl_ms=TTL_MS)
        except WorldError as error:
            headers = (("retry-after", "1"),)
            call.reply(
                refusal(
                    503, error.code, exchange.trace, message="the ledger is not available", headers=headers
                )
            )
            return
        if found.outcome == "stored" and found.response is not None:
            call.reply(_replayed(found.response))
        elif found.outcome == "in_flight":
            message = "a request with this Idempotency-Key is still in flight"
            call.reply(refusal(409, "idempotency-in-flight", exchange.trace, message=message))
        elif found.outcome == "mismatch":
            message = "this Idempotency-Key was used with another request"
            call.reply(refusal(422, "idempotency-mismatch", exchange.trace, message=message))
        else:
            await self._run_first(call, key)

    async def _run_first(self, call: ApiCall, key: str) -> None:
        is_finished = False
        try:
            call.kept = asyncio.get_running_loop().create_future()
            call.start()
            answer = await call.kept
            reply = await call.concluded(call.reply_to(answer))
            stored = _storable(reply) if not call.is_over else None
            is_finished = True
            await self._finish(call, key, stored)
            if call.is_over:
                call.drop(answer)
            else:
                call.reply(reply)
        finally:
            if not is_finished:
                await self._finish(call, key, None)

    async def _finish(self, call: ApiCall, key: str, stored: StoredResponse | None) -> None:
        try:
            await self._ledger.idempotency_finish(call.route.step.id, key, stored)
        except WorldError as error:
            # The request itself was carried out; its client gets the answer all the same.
            self._recorder.log(
                level="error",
                message=f"the answer of an Idempotency-Key could not be stored: {error.message}",
                at=self._clock.now_ms(),
                step=call.route.step.id,
                trace=call.exchange.trace,
            )


def _digest(call: ApiCall) -> str:
    exchange = call.exchange
    digest = hashlib.sha256(f"{exchange.method}\0{exchange.target}\0".encode())
    digest.update(exchange.body)
    return digest.hexdigest()


def _storable(reply: Reply) -> StoredResponse | None:
    if reply.stream is not None or reply.status >= 500:
        return None
    return StoredResponse(status=reply.status, headers=reply.headers, body=reply.body)


def _replayed(stored: StoredResponse) -> Reply:
    headers = (*stored.headers, REPLAYED)
    try:
        lines = header_lines(headers)
    except UnsafeHeader:
        lines = header_lines((REPLAYED,))
    return Reply(status=stored.status, headers=headers, lines=lines, body=stored.body)
