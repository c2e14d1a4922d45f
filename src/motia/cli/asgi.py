"""Asks an ASGI app inside this process: one request, one whole answer, no socket."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Any
from urllib.parse import unquote

AsgiApp = Callable[[Any, Any, Any], Awaitable[None]]


async def ask(app: AsgiApp, method: str, url: str, body: bytes = b"") -> tuple[int, bytes]:
    """Send a request to `app`; its status and whole body.

    An error that the app raises behind its answer is not raised again: the answer told of it.

    Args:
        app: An ASGI 3 application.
        method: In capitals.
        url: Path and query, escaped as on the wire.
        body: JSON text, or nothing.
    """
    path, _, query = url.partition("?")
    scope = {
        "type": "http",
        "asgi": {"version": "3.0"},
        "http_version": "1.1",
        "method": method,
        "scheme": "http",
        "path": unquote(path),
        "raw_path": path.encode(),
        "query_string": query.encode(),
        "root_path": "",
        "headers": [(b"host", b"localhost"), (b"content-type", b"application/json")],
        "client": None,
        "server": None,
    }
    sent: list[dict[str, Any]] = []
    asked = [{"type": "http.request", "body": body, "more_body": False}]

    async def receive() -> dict[str, Any]:
        return asked.pop() if asked else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    try:
        await app(scope, receive, send)
    except Exception:
        if not sent:
            raise
    status = next(message["status"] for message in sent if message["type"] == "http.response.start")
    return status, b"".join(
        message.get("body", b"") for message in sent if message["type"] == "http.response.body"
    )
