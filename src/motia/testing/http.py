"""One HTTP request over a real connection, on the test's own loop."""

from __future__ import annotations

import asyncio
from typing import Any

import httptools
import msgspec

READ_BYTES = 64 * 1024


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What the API answered. Header names are in lower case; a repeated one keeps its last value."""

    status: int
    headers: dict[str, str]
    body: bytes

    @property
    def text(self) -> str:
        """The body as UTF-8 text."""
        return self.body.decode()

    def json(self) -> Any:
        """The body as JSON."""
        return msgspec.json.decode(self.body)

    def events(self) -> list[Any]:
        """The data of each server-sent event; decoded where it is JSON."""
        found: list[Any] = []
        for block in self.text.split("\n\n"):
            lines = [line[5:].removeprefix(" ") for line in block.split("\n") if line.startswith("data:")]
            if lines:
                data = "\n".join(lines)
                try:
                    found.append(msgspec.json.decode(data))
                except msgspec.DecodeError:
                    found.append(data)
        return found


class _Reader:
    """Callbacks of the parser."""

    def __init__(self) -> None:
        self.headers: dict[str, str] = {}
        self.body = bytearray()
        self.is_complete = False

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers[name.decode("latin-1").lower()] = value.decode("latin-1")

    def on_body(self, body: bytes) -> None:
        self.body += body

    def on_message_complete(self) -> None:
        self.is_complete = True


async def send(address: tuple[str, int], head: bytes, body: bytes, *, is_head: bool = False) -> Answer:
    """Send one request and return when its answer is whole.

    Raises:
        ConnectionError: The connection ended before the answer was whole.
    """
    reader, writer = await asyncio.open_connection(*address)
    try:
        writer.write(head + body)
        answer = _Reader()
        parser = httptools.HttpResponseParser(answer)
        while not answer.is_complete:
            data = await reader.read(READ_BYTES)
            if not data:
                raise ConnectionError("the connection ended before the answer was whole")
            parser.feed_data(data)
            if is_head and parser.get_status_code():
                break
        return Answer(status=parser.get_status_code(), headers=answer.headers, body=bytes(answer.body))
    finally:
        writer.close()
        await writer.wait_closed()
