"""Who may talk to the edge: the Host allow-list and cross-origin requests.

Invariants
1. In development only names of this machine are served, so that a foreign page cannot reach it by
   rebinding its own name to 127.0.0.1.
2. An origin that is not allowed gets no CORS header at all; the browser then keeps the answer from it.
"""

from __future__ import annotations

import ipaddress
import re
from typing import Final
from urllib.parse import urlsplit

from motia.project import Config

CACHED_MAX: Final = 1_024
PREFLIGHT_AGE_S: Final = 600

_TOKENS = re.compile(rb"[!#$%&'*+.^_`|~0-9A-Za-z, \t-]*\Z")
_HOST = re.compile(r"(?:\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9._~-]*)(?::[0-9]{0,5})?\Z")
_EXPOSED: Final = (
    b"access-control-expose-headers: x-trace-id, traceresponse, idempotency-replayed, retry-after\r\n"
)


def is_local_name(host: str) -> bool:
    """Whether `host` (no port) can only be this machine: localhost, *.localhost, a loopback address."""
    name = host.strip("[]").rstrip(".").lower()
    if name == "localhost" or name.endswith(".localhost"):
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def host_name(host: str) -> str | None:
    """The name of a Host header without its port; None when it is not a host."""
    if _HOST.match(host) is None:
        return None
    if host.startswith("["):
        return host[: host.index("]") + 1].lower()
    return host.partition(":")[0].lower()


class Hosts:
    """The Host allow-list: everything in production, this machine in development."""

    def __init__(self, config: Config) -> None:
        self._allows_all = config.is_production
        self._bound = config.host.lower()
        self._is_wildcard = config.host in ("0.0.0.0", "::", "")
        self._known: dict[bytes, bool] = {}

    def allows(self, host: bytes) -> bool:
        """Whether a request with this Host header is served."""
        known = self._known.get(host)
        if known is None:
            known = self._decide(host)
            if len(self._known) < CACHED_MAX:
                self._known[host] = known
        return known

    def _decide(self, host: bytes) -> bool:
        name = host_name(host.decode("latin-1"))
        if name is None:
            return False
        if self._allows_all or not name or is_local_name(name) or name.strip("[]") == self._bound:
            return True
        # Bound to every address, an address is as good as a name of ours: rebinding needs a name.
        return self._is_wildcard and _is_address(name)


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name.strip("[]"))
    except ValueError:
        return False
    return True


class Cors:
    """Cross-origin answers for `cors_origins`: exact origins, `localhost` for this machine, `*` for all."""

    def __init__(self, origins: tuple[str, ...]) -> None:
        self._exact = frozenset(origin.rstrip("/").lower() for origin in origins)
        self._allows_local = "localhost" in origins
        self._allows_all = "*" in origins
        self._known: dict[bytes, bytes] = {}
        self.vary = b"" if not origins or self._allows_all else b"vary: Origin\r\n"
        """Goes out with every answer, for caches on the way."""

    def lines(self, origin: bytes) -> bytes:
        """Header lines for a request from `origin`; only `vary` when it is not allowed."""
        known = self._known.get(origin)
        if known is None:
            known = self._decide(origin) + self.vary
            if len(self._known) < CACHED_MAX:
                self._known[origin] = known
        return known

    def preflight_lines(self, origin: bytes, *, methods: str, asked_headers: bytes) -> bytes:
        """Further header lines of the answer to a preflight; empty when `origin` is not allowed."""
        if not self._decide(origin):
            return b""
        lines = b"access-control-allow-methods: %b\r\n" % methods.encode()
        if asked_headers and _TOKENS.match(asked_headers):
            lines += b"access-control-allow-headers: %b\r\n" % asked_headers
        return lines + b"access-control-max-age: %d\r\n" % PREFLIGHT_AGE_S

    def _decide(self, origin: bytes) -> bytes:
        text = origin.decode("latin-1").lower()
        if text in self._exact or (self._allows_local and _is_local_origin(text)):
            return b"access-control-allow-origin: %b\r\naccess-control-allow-credentials: true\r\n%b" % (
                origin,
                _EXPOSED,
            )
        return b"access-control-allow-origin: *\r\n" + _EXPOSED if self._allows_all else b""


def _is_local_origin(origin: str) -> bool:
    try:
        parts = urlsplit(origin)
        _ = parts.port
    except ValueError:
        return False
    is_origin = parts.scheme in ("http", "https") and not (parts.path or parts.query or parts.fragment)
    return is_origin and "@" not in parts.netloc and is_local_name(parts.hostname or "")
