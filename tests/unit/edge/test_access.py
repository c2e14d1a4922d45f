from __future__ import annotations

from pathlib import Path

import pytest

from motia.edge.access import Cors, Hosts
from motia.project import Config


def hosts(host: str = "127.0.0.1", environment: str = "development") -> Hosts:
    return Hosts(Config(root=Path(), host=host, environment=environment))


@pytest.mark.parametrize(
    ("bound", "host", "allowed"),
    [
        ("127.0.0.1", "localhost:3001", True),
        ("127.0.0.1", "a.b.localhost", True),
        ("127.0.0.1", "127.8.9.1", True),
        ("127.0.0.1", "[::1]", True),
        ("127.0.0.1", "", True),
        ("127.0.0.1", "evil.example", False),
        ("127.0.0.1", "evillocalhost", False),
        ("127.0.0.1", "192.168.0.5", False),
        ("127.0.0.1", "localhost@evil.example", False),
        ("127.0.0.1", "[::1]evil", False),
        ("127.0.0.1", "localhost:80:90", False),
        ("192.168.0.5", "192.168.0.5:3001", True),
        ("dev.internal", "DEV.internal", True),
        ("0.0.0.0", "192.168.0.5", True),
        ("0.0.0.0", "evil.example", False),
    ],
)
def test_development_serves_names_of_this_machine(bound: str, host: str, allowed: bool) -> None:
    assert hosts(bound).allows(host.encode()) is allowed


def test_production_serves_any_host_that_is_one() -> None:
    allow_list = hosts(environment="production")

    assert allow_list.allows(b"shop.example:443")
    assert not allow_list.allows(b"shop.example/evil")


@pytest.mark.parametrize(
    ("origin", "allowed"),
    [
        ("http://localhost", True),
        ("https://localhost:5173", True),
        ("http://127.0.0.1:8080", True),
        ("http://[::1]:8080", True),
        ("http://app.localhost", True),
        ("null", False),
        ("http://localhost.evil.example", False),
        ("http://localhost@evil.example", False),
        ("http://localhost/path", False),
        ("file://localhost", False),
        ("http://localhost:x", False),
        ("https://shop.example", True),
        ("https://SHOP.example", True),
        ("http://shop.example", False),
        ("https://shop.example:444", False),
    ],
)
def test_an_origin_is_allowed_as_configured(origin: str, allowed: bool) -> None:
    cors = Cors(("localhost", "https://shop.example"))

    lines = cors.lines(origin.encode())

    assert (f"access-control-allow-origin: {origin}\r\n".encode() in lines) is allowed
    assert (b"access-control" in lines) is allowed
    assert lines.endswith(b"vary: Origin\r\n")


def test_a_star_allows_all_without_credentials() -> None:
    lines = Cors(("*",)).lines(b"https://any.example")

    assert b"access-control-allow-origin: *\r\n" in lines
    assert b"credentials" not in lines


def test_a_preflight_never_repeats_what_is_no_header_name() -> None:
    cors = Cors(("localhost",))

    lines = cors.preflight_lines(b"http://localhost", methods="GET", asked_headers=b"x\x0bset-cookie: a")

    assert b"set-cookie" not in lines
