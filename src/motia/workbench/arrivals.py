"""Where a request to the Workbench comes from: its host, its origin, the proxy before us. No I/O.

Invariants
1. A request that does not name exactly one well-formed host is 400; one for a name that is not ours is
   421. A foreign page can therefore not reach the Workbench by rebinding its own name.
2. What may change something (every method but GET and HEAD, and every request to upgrade) is refused
   unless it comes from a page of the Workbench itself, or from no page at all. `Origin: null` is a page.
3. Other pages cannot read from the API either: what a browser says comes from elsewhere is refused.
4. Only a configured proxy is believed about scheme and client.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Iterator

import msgspec

from motia.model import CallerError
from motia.project import Workbench

SAFE = frozenset({"GET", "HEAD"})
HEADERS_MAX = 100
HEADERS_BYTES_MAX = 16 * 1024
TARGET_BYTES_MAX = 8 * 1024
_HOST = re.compile(r"(\[[0-9A-Fa-f:.]{2,45}\]|[A-Za-z0-9](?:[A-Za-z0-9_.-]{0,253}))(?::([0-9]{1,5}))?")
_TARGET = re.compile(rb"/[\x21-\x7e]*")
_DEFAULT_PORTS = {"http": "80", "https": "443"}


class Malformed(CallerError):
    """The request cannot be read one way only."""

    code = "malformed-request"


class TargetTooLong(CallerError):
    """The address is longer than 8 KiB."""

    code = "url-too-long"
    status = 414


class HeadersTooLarge(CallerError):
    """There are more than 100 header fields, or more than 16 KiB of them."""

    code = "headers-too-large"
    status = 431


class HostRefused(CallerError):
    """The Workbench does not answer for this host."""

    code = "unknown-host"
    status = 421


class CrossSite(CallerError):
    """The request comes from another page than one of the Workbench. Nothing was done."""

    code = "cross-site"
    status = 403


class Arrival(msgspec.Struct, frozen=True, kw_only=True):
    """A request as it came. `target`: path without query, as sent; `peer`: the address of the other end."""

    method: str
    target: bytes
    headers: tuple[tuple[bytes, bytes], ...]
    peer: str

    def all(self, name: bytes) -> list[str]:
        """Every value of a header, in order."""
        return [value.decode("latin-1") for known, value in self.headers if known.lower() == name]

    def one(self, name: bytes) -> str | None:
        """The value of a header that may be given once.

        Raises:
            Malformed: It is given twice.
        """
        values = self.all(name)
        if len(values) > 1:
            raise Malformed(f"the header {name.decode()} is given {len(values)} times", hint="give it once")
        return values[0].strip() if values else None

    @property
    def is_safe(self) -> bool:
        """Whether it can change nothing."""
        return self.method in SAFE and not self.all(b"upgrade")


class Seen(msgspec.Struct, frozen=True, kw_only=True):
    """What is known of an admitted request. `client` is who asks, `site` what the browser says of the page."""

    scheme: str
    host: str
    client: str
    site: str | None
    is_navigation: bool

    @property
    def origin(self) -> str:
        """The origin that a page of ours has in this browser."""
        return _origin(self.scheme, self.host)


class Arrivals:
    """Admits requests; see the head of this file."""

    def __init__(self, config: Workbench) -> None:
        """Answer for the names that `config` allows."""
        bound = config.host.lower().strip("[]")
        self._names = frozenset({bound, *config.hosts})
        self._is_wildcard = bound in ("0.0.0.0", "::", "")
        self._proxies = tuple(ipaddress.ip_network(known, strict=False) for known in config.trusted_proxies)

    def admit(self, arrival: Arrival) -> Seen:
        """What is known of a request that may go on; it is not known yet who asks.

        Raises:
            Malformed, TargetTooLong, HeadersTooLarge, HostRefused, CrossSite: See the invariants.
        """
        if len(arrival.target) > TARGET_BYTES_MAX:
            raise TargetTooLong(f"the address is longer than {TARGET_BYTES_MAX:,} bytes")
        if len(arrival.headers) > HEADERS_MAX:
            raise HeadersTooLarge(f"there are more than {HEADERS_MAX} header fields")
        if sum(len(name) + len(value) for name, value in arrival.headers) > HEADERS_BYTES_MAX:
            raise HeadersTooLarge(f"the headers are larger than {HEADERS_BYTES_MAX:,} bytes")
        if _TARGET.fullmatch(arrival.target) is None:
            raise Malformed("the address is no path", hint="it begins with / and is escaped")
        host = self._host(arrival)
        scheme, client = self._forwarded(arrival)
        site = arrival.one(b"sec-fetch-site")
        seen = Seen(
            scheme=scheme,
            host=host,
            client=client,
            site=site.lower() if site is not None else None,
            is_navigation=arrival.one(b"sec-fetch-mode") in (None, "navigate"),
        )
        self._check_page(arrival, seen)
        return seen

    def _host(self, arrival: Arrival) -> str:
        host = arrival.one(b"host")
        parts = _HOST.fullmatch(host) if host is not None else None
        if host is None or parts is None or int(parts[2] or 0) > 65_535:
            raise Malformed("the header Host is missing or no host")
        name = parts[1].strip("[]").rstrip(".").lower()
        if not (name in self._names or _is_local(name) or (self._is_wildcard and _is_address(name))):
            raise HostRefused(
                f"the Workbench does not answer for the host {host[:100]!r}",
                hint="use localhost, or name it in workbench.hosts",
            )
        return host.lower()

    def _forwarded(self, arrival: Arrival) -> tuple[str, str]:
        """Scheme and client, as a trusted proxy says or as they are."""
        if not self._is_proxy(arrival.peer):
            return "http", arrival.peer
        said = [part.strip().lower() for part in ",".join(arrival.all(b"x-forwarded-proto")).split(",")]
        hops = [part.strip() for part in ",".join(arrival.all(b"x-forwarded-for")).split(",")]
        # From the near end on: the first that is no proxy of ours is the client; what it says itself is not.
        client = next((hop for hop in reversed(hops) if _is_address(hop) and not self._is_proxy(hop)), None)
        return "https" if said[-1] == "https" else "http", client or arrival.peer

    def _is_proxy(self, peer: str) -> bool:
        try:
            address = ipaddress.ip_address(peer)
        except ValueError:
            return False
        return any(address in network for network in self._proxies)

    def _check_page(self, arrival: Arrival, seen: Seen) -> None:
        if arrival.is_safe:
            # A page that is opened by a link elsewhere is welcome; its data are fetched by itself.
            if seen.site in ("cross-site", "same-site") and not seen.is_navigation:
                raise _cross_site(f"a page elsewhere ({seen.site})")
            return
        origin = arrival.one(b"origin")
        if origin is not None and not _is_equal_origin(origin, seen):
            raise _cross_site(
                origin[:100],
                hint=f"expected {seen.origin}; behind a proxy, set workbench.hosts and workbench.trusted_proxies",
            )
        if seen.site is not None and seen.site != "same-origin":
            raise _cross_site(f"a page elsewhere ({seen.site[:20]})")


def came_from_page(arrival: Arrival) -> bool:
    """Whether a browser says which page sent it, so that `admit` has checked that it is ours."""
    return bool(arrival.all(b"origin") or arrival.all(b"sec-fetch-site"))


def _cross_site(origin: str, *, hint: str = "use the Workbench's own page") -> CrossSite:
    return CrossSite(f"refused a request from {origin}", hint=hint)


def _is_equal_origin(origin: str, seen: Seen) -> bool:
    scheme, found, host = origin.lower().partition("://")
    return bool(found) and _HOST.fullmatch(host) is not None and _origin(scheme, host) == seen.origin


def _origin(scheme: str, host: str) -> str:
    default = ":" + _DEFAULT_PORTS.get(scheme, "")
    return f"{scheme}://{host.removesuffix(default)}"


def _is_local(name: str) -> bool:
    return name == "localhost" or name.endswith(".localhost") or any(_loopbacks(name))


def _loopbacks(name: str) -> Iterator[bool]:
    try:
        yield ipaddress.ip_address(name).is_loopback
    except ValueError:
        return


def _is_address(name: str) -> bool:
    try:
        ipaddress.ip_address(name)
    except ValueError:
        return False
    return True
