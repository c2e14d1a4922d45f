"""What stands in for the rooms behind the edge in `edge_bench`: a worker in this process, a ring of records."""

from __future__ import annotations

import asyncio
import itertools
import sys

import msgspec

from motia.model import SpanId, TraceId
from motia.workers import Responded


class Item(msgspec.Struct):
    name: str
    quantity: int
    tags: list[str] = []
    price: float = 0


DECODE = msgspec.json.Decoder(Item).decode
ENCODE = msgspec.json.Encoder().encode
HEADERS = (("content-type", "application/json"),)


class Ticket:
    __slots__ = ("answer",)

    def __init__(self, answer: asyncio.Future[object]) -> None:
        self.answer = answer

    def cancel(self, reason: str) -> None:
        pass


class Workers:
    def invoke(self, invocation: object) -> Ticket:
        loop = asyncio.get_running_loop()
        future = loop.create_future()
        loop.call_soon(self._answer, invocation, future)
        return Ticket(future)

    def _answer(self, invocation: object, future: asyncio.Future[object]) -> None:
        ENCODE(invocation.request)  # what the frame to a worker costs
        item = DECODE(invocation.body)
        body = ENCODE({"name": item.name, "total": item.quantity * item.price})
        future.set_result(Responded(200, HEADERS, body, None, 1, 1))


class Records:
    def __init__(self) -> None:
        self._numbers = itertools.count(1)
        self._ring: list[object] = [None] * 10_000
        self._at = 0

    def new_trace(self) -> TraceId:
        return TraceId(f"{next(self._numbers):032x}")

    def new_span(self) -> SpanId:
        return SpanId(f"{next(self._numbers):016x}")

    def request(self, **fields: object) -> None:
        self._ring[self._at] = tuple(fields.values())
        self._at = (self._at + 1) % 10_000

    def log(self, **fields: object) -> None:
        print(fields, file=sys.stderr)
