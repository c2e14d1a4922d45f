"""Every configuration key: its default in development and production, its type and its range.

Values come as JSON (files), as text (environment) or as Python values (flags); each reader takes
all of them and raises `ValueError` with what it expected.
"""

from __future__ import annotations

import ipaddress
import math
import os
import re
from collections.abc import Callable
from typing import Any, Final
from urllib.parse import urlsplit, urlunsplit

import msgspec

from motia.project.config import DAY_S, MIB

Reader = Callable[[Any], Any]

_DURATION = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
_DURATION_UNITS: Final = {
    "ms": 0.001,
    "millisecond": 0.001,
    "s": 1.0,
    "sec": 1.0,
    "second": 1.0,
    "m": 60.0,
    "min": 60.0,
    "minute": 60.0,
    "h": 3_600.0,
    "hour": 3_600.0,
    "d": DAY_S,
    "day": DAY_S,
    "w": 7 * DAY_S,
    "week": 7 * DAY_S,
}
_SIZE = re.compile(r"(\d+(?:\.\d+)?)\s*([a-z]*)", re.IGNORECASE)
_SIZE_UNITS: Final = {
    "": 1,
    "b": 1,
    "kb": 1_000,
    "mb": 1_000_000,
    "gb": 1_000_000_000,
    "kib": 1024,
    "mib": MIB,
    "gib": 1024 * MIB,
}
_HOST_NAME = re.compile(r"[A-Za-z0-9](?:[A-Za-z0-9.-]{0,252})|[0-9A-Fa-f:]{2,45}")
_BASE_PATH = re.compile(r"(?:/[A-Za-z0-9_~-][A-Za-z0-9._~-]*)*/?")
_TRUE: Final = frozenset({"true", "1", "yes", "on"})
_FALSE: Final = frozenset({"false", "0", "no", "off"})
FOREVER_S: Final = 100 * 365 * DAY_S
BODY_BYTES_MAX: Final = 64 * MIB
"""What one frame to a worker can carry beside its JSON."""
PAYLOAD_BYTES_MAX: Final = 15 * MIB
"""What one frame's JSON can carry, with room for the message around the payload."""


class ConfigKey(msgspec.Struct, frozen=True, kw_only=True):
    """One key. `field` is the dotted place in `Config`."""

    name: str
    field: str
    development: Any
    production: Any
    read: Reader
    is_secret: bool = False

    @property
    def variable(self) -> str:
        """Its environment variable."""
        return "MOTIA_" + self.name.replace(".", "_").upper()

    def default(self, environment: str) -> Any:
        """Its default; every environment but `production` has development's."""
        return self.production if environment == "production" else self.development

    def shown(self, value: Any) -> Any:
        """`value` for people: secrets masked, also user and password inside URLs."""
        if value is None:
            return None
        if self.is_secret:
            return "********"
        return _mask_url(value) if isinstance(value, str) and "://" in value else value


def read_duration_s(value: Any) -> float:
    """Seconds from a number, or from text such as `30s`, `5m`, `1h 30m`, `7 days`."""
    wanted = f'seconds as a number, or text such as "30s", "5m" or "7 days", not {_show(value)}'
    if isinstance(value, str):
        text = value.strip()
        total, at = 0.0, 0
        while at < len(text):
            match = _DURATION.match(text, at)
            unit = "" if match is None else match[2].lower()
            if match is None or (unit not in _DURATION_UNITS and unit.rstrip("s") not in _DURATION_UNITS):
                if match is None or unit or match[0].strip() != text:
                    raise ValueError(wanted)
                unit = "s"
            total += float(match[1]) * _DURATION_UNITS.get(unit, _DURATION_UNITS.get(unit.rstrip("s"), 1.0))
            at = match.end()
            while at < len(text) and text[at] in " ,":
                at += 1
        if not text:
            raise ValueError(wanted)
        return total
    if isinstance(value, bool) or not isinstance(value, int | float) or not math.isfinite(value):
        raise ValueError(wanted)
    return float(value)


def read_bytes(value: Any) -> int:
    """Bytes from a whole number, or from text such as `10MiB`, `500 kB`."""
    wanted = f'bytes as a whole number, or text such as "10MiB" or "500 kB", not {_show(value)}'
    if isinstance(value, str):
        match = _SIZE.fullmatch(value.strip())
        if match is None or match[2].lower() not in _SIZE_UNITS:
            raise ValueError(wanted)
        return int(float(match[1]) * _SIZE_UNITS[match[2].lower()])
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(wanted)
    return value


def _show(value: Any) -> str:
    text = msgspec.json.encode(value, enc_hook=str).decode()
    return text if len(text) <= 60 else text[:57] + "..."


def _in_range(read: Reader, low: float, high: float, unit: str) -> Reader:
    def reader(value: Any) -> Any:
        number = read(value)
        if not low <= number <= high:
            raise ValueError(f"{low:,g} to {high:,g} {unit}".rstrip() + f", not {_show(value)}")
        return number

    return reader


def _duration(low_s: float, high_s: float) -> Reader:
    return _in_range(read_duration_s, low_s, high_s, "seconds")


def _size(low: int, high: int) -> Reader:
    def reader(value: Any) -> int:
        number = read_bytes(value)
        if not low <= number <= high:
            raise ValueError(f"{low:,} to {high:,} bytes, not {_show(value)}")
        return number

    return reader


def _whole(value: Any) -> int:
    if isinstance(value, str) and re.fullmatch(r"-?\d{1,15}", value.strip()):
        return int(value)
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"a whole number, not {_show(value)}")
    return value


def _count(low: int, high: int) -> Reader:
    def reader(value: Any) -> int:
        number = _whole(value)
        if not low <= number <= high:
            raise ValueError(f"a whole number from {low:,} to {high:,}, not {_show(value)}")
        return number

    return reader


def _boolean(value: Any) -> bool:
    if isinstance(value, bool):
        return value
    if isinstance(value, str) and value.strip().lower() in _TRUE | _FALSE:
        return value.strip().lower() in _TRUE
    raise ValueError(f"true or false, not {_show(value)}")


def _text(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError(f"text that is not empty, not {_show(value)}")
    return value.strip()


def _host(value: Any) -> str:
    text = _text(value)
    if "://" in text or "/" in text or " " in text:
        raise ValueError(f'a host name or address such as "127.0.0.1", not {_show(value)}')
    return text


def _secret(value: Any) -> str:
    if not isinstance(value, str) or not value.strip() or not value.isprintable():
        raise ValueError("text that is not empty")
    return value.strip()


def _origin(text: str) -> str:
    if text in ("*", "localhost"):
        return text
    parts = urlsplit(text)
    if (
        parts.scheme not in ("http", "https")
        or not parts.netloc
        or parts.path not in ("", "/")
        or parts.query
    ):
        raise ValueError(f'origins such as "https://app.example.com", "localhost" or "*", not {_show(text)}')
    return text.rstrip("/")


def _origins(value: Any) -> tuple[str, ...]:
    return tuple(_origin(item) for item in _list_of(value, "origins"))


def _list_of(value: Any, what: str) -> list[str]:
    if isinstance(value, str):
        value = [part.strip() for part in value.split(",") if part.strip()]
    if not isinstance(value, list | tuple) or not all(isinstance(item, str) for item in value):
        raise ValueError(f"a list of {what}, not {_show(value)}")
    return [item.strip() for item in value]


def _names(value: Any) -> tuple[str, ...]:
    names = _list_of(value, "host names")
    for name in names:
        if not _HOST_NAME.fullmatch(name):
            raise ValueError(f'host names without a port, such as "ops.example.com", not {_show(name)}')
    return tuple(name.lower().rstrip(".") for name in names)


def _base_path(value: Any) -> str:
    if not isinstance(value, str) or not _BASE_PATH.fullmatch(value.strip()):
        raise ValueError(f'a path such as "/workbench", not {_show(value)}')
    return value.strip().rstrip("/")


def _networks(value: Any) -> tuple[str, ...]:
    networks = _list_of(value, "addresses")
    for network in networks:
        try:
            ipaddress.ip_network(network, strict=False)
        except ValueError:
            raise ValueError(
                f'addresses or networks such as "127.0.0.1" or "10.0.0.0/8", not {_show(network)}'
            ) from None
    return tuple(networks)


def _database(value: Any) -> str:
    text = _text(value)
    scheme, found, rest = text.partition("://")
    if scheme.lower() in ("postgres", "postgresql"):
        raise ValueError(
            "sqlite://PATH: this version keeps its ledger in SQLite only; PostgreSQL comes with a later one"
        )
    if scheme != "sqlite" or not found or not rest:
        raise ValueError(f'a URL such as "sqlite://./.motia/motia.db", not {_show(_mask_url(text))}')
    return text


def _redis(value: Any) -> str:
    text = _text(value)
    if urlsplit(text).scheme not in ("redis", "rediss", "unix"):
        raise ValueError(f'a URL such as "redis://localhost:6379", not {_show(_mask_url(text))}')
    return text


def _mask_url(url: str) -> str:
    try:
        parts = urlsplit(url)
    except ValueError:
        return "********"
    if "@" not in parts.netloc:
        return url
    return urlunsplit(parts._replace(netloc="********@" + parts.netloc.rpartition("@")[2]))


def _processes(share: int) -> int:
    cpus = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
    return max(1, min(8, cpus // share))


def _key(name: str, field: str, development: Any, production: Any, read: Reader, **more: bool) -> ConfigKey:
    return ConfigKey(
        name=name, field=field, development=development, production=production, read=read, **more
    )


def _same(name: str, field: str, default: Any, read: Reader) -> ConfigKey:
    return _key(name, field, default, default, read)


KEYS: Final = (
    _key("host", "host", "127.0.0.1", "0.0.0.0", _host),
    _key("port", "port", 3001, 8080, _count(0, 65_535)),
    _key("workbench.enabled", "workbench.enabled", True, False, _boolean),
    _same("workbench.host", "workbench.host", "127.0.0.1", _host),
    _same("workbench.port", "workbench.port", 3000, _count(0, 65_535)),
    _key("workbench.token", "workbench.token", None, None, _secret, is_secret=True),
    _key("workbench.view_token", "workbench.view_token", None, None, _secret, is_secret=True),
    _same("workbench.hosts", "workbench.hosts", (), _names),
    _same("workbench.base_path", "workbench.base_path", "", _base_path),
    _same("workbench.trusted_proxies", "workbench.trusted_proxies", (), _networks),
    _same("database.url", "database_url", "sqlite://./.motia/motia.db", _database),
    _same("redis.url", "redis_url", None, _redis),
    _same("limits.body_bytes", "limits.body_bytes", 10 * MIB, _size(1, BODY_BYTES_MAX)),
    _same("limits.payload_bytes", "limits.payload_bytes", MIB, _size(1, PAYLOAD_BYTES_MAX)),
    _same("limits.state_bytes", "limits.state_bytes", MIB, _size(1, PAYLOAD_BYTES_MAX)),
    _same("limits.request_timeout", "limits.request_timeout_s", 60.0, _duration(0.1, DAY_S)),
    _same("limits.header_timeout", "limits.header_timeout_s", 10.0, _duration(0.1, 3_600)),
    _same("limits.keep_alive", "limits.keep_alive_s", 5.0, _duration(0, 3_600)),
    _same("limits.requests_in_flight", "limits.requests_in_flight", 1_000, _count(1, 1_000_000)),
    _same("limits.connections", "limits.connections", 10_000, _count(1, 1_000_000)),
    _same("limits.queue_depth", "limits.queue_depth", 100_000, _count(1, 100_000_000)),
    _same("shutdown.grace", "shutdown_grace_s", 30.0, _duration(0, DAY_S)),
    _same("retention.runs", "retention.runs_s", 7 * DAY_S, _duration(1, FOREVER_S)),
    _same("retention.logs", "retention.logs_s", 3 * DAY_S, _duration(1, FOREVER_S)),
    _same("retention.runs_bytes", "retention.runs_bytes", 10 * 1024 * MIB, _size(MIB, 1 << 50)),
    _same("retention.logs_bytes", "retention.logs_bytes", 2 * 1024 * MIB, _size(MIB, 1 << 50)),
    _key("cors.origins", "cors_origins", ("localhost",), (), _origins),
    _same("triggers.strict", "triggers_strict", False, _boolean),
    _key("workers.request", "workers.request", 0, _processes(2), _count(0, 256)),
    _key("workers.background", "workers.background", 1, _processes(2), _count(1, 256)),
    _same("workers.slots", "workers.slots", 128, _count(1, 10_000)),
    _same("workers.threads", "workers.threads", 40, _count(1, 1_000)),
    _same("traces.sample_per_s", "trace_sample_per_s", 200, _count(0, 1_000_000)),
)
"""In the order in which `motia config` prints them."""

KEY_BY_NAME: Final = {key.name: key for key in KEYS}
ROOTS: Final = frozenset(key.name.partition(".")[0] for key in KEYS)
