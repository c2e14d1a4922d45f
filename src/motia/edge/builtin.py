"""The paths that every project has: health, readiness, the OpenAPI document and the reference page.

A step with the same path wins over all of them.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import resources
from typing import Final

import msgspec

from motia.edge.exchange import Exchange
from motia.edge.openapi import openapi_document
from motia.edge.responses import JSON_LINE, NO_STORE_LINE
from motia.project import Catalog

CSP: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'"
)
_PAGE_LINES: Final = (
    f"content-security-policy: {CSP}\r\nx-content-type-options: nosniff\r\n"
    "referrer-policy: no-referrer\r\ncache-control: no-cache\r\n"
).encode()
_ASSETS: Final = {
    "/docs": ("docs.html", b"content-type: text/html; charset=utf-8\r\n"),
    "/docs/docs.css": ("docs.css", b"content-type: text/css; charset=utf-8\r\n"),
    "/docs/docs.js": ("docs.js", b"content-type: text/javascript; charset=utf-8\r\n"),
}
SAFE: Final = ("GET", "HEAD")


class Builtin:
    """See the head of this file."""

    def __init__(self, *, is_ready: Callable[[], bool], title: str) -> None:
        self._is_ready = is_ready
        self._title = title
        self._catalog = Catalog()
        self._openapi: bytes | None = None
        self._pages: dict[str, bytes] = {}

    def use_catalog(self, catalog: Catalog) -> None:
        """Describe these steps from now on."""
        self._catalog = catalog
        self._openapi = None

    def serve(self, exchange: Exchange) -> bool:
        """Answer `exchange` if its path is one of these; False when it is not."""
        path = exchange.path
        if path in ("/health", "/ready", "/openapi.json") or path in _ASSETS:
            if exchange.method not in SAFE:
                exchange.send_error(
                    405,
                    code="method-not-allowed",
                    message=f"{path} answers GET, not {exchange.method}",
                    lines=b"allow: GET, HEAD, OPTIONS\r\n",
                )
            else:
                self._serve(exchange, path)
            return True
        return False

    def _serve(self, exchange: Exchange, path: str) -> None:
        if path == "/health":
            exchange.send(200, JSON_LINE + NO_STORE_LINE, b'{"status":"ok"}')
        elif path == "/ready":
            if self._is_ready():
                exchange.send(200, JSON_LINE + NO_STORE_LINE, b'{"status":"ready"}')
            else:
                exchange.send(503, JSON_LINE + NO_STORE_LINE, b'{"status":"not ready"}')
        elif path == "/openapi.json":
            exchange.send(200, JSON_LINE + b"cache-control: no-cache\r\n", self.openapi())
        else:
            name, kind = _ASSETS[path]
            exchange.send(200, kind + _PAGE_LINES, self._page(name))

    def openapi(self) -> bytes:
        """The OpenAPI document as JSON text."""
        if self._openapi is None:
            document = openapi_document(
                self._catalog.steps.values(), title=self._title, topics=self._catalog.topics.values()
            )
            self._openapi = msgspec.json.encode(document)
        return self._openapi

    def _page(self, name: str) -> bytes:
        page = self._pages.get(name)
        if page is None:
            page = resources.files("motia.edge").joinpath("assets", name).read_bytes()
            self._pages[name] = page
        return page
