import pytest

from motia.model import CallerError
from motia.project import Workbench
from motia.workbench.arrivals import Arrival, Arrivals, came_from_page

PROXIED = Workbench(hosts=("ops.example.com",), trusted_proxies=("127.0.0.1", "10.0.0.0/8"))


def an_arrival(method="GET", target=b"/", peer="127.0.0.1", host="localhost:3000", **headers):
    given = [(b"host", host.encode("latin-1"))] if host is not None else []
    given += [(name.replace("_", "-").encode(), value.encode("latin-1")) for name, value in headers.items()]
    return Arrival(method=method, target=target, headers=tuple(given), peer=peer)


def refusal(arrival, config=None):
    with pytest.raises(CallerError) as caught:
        Arrivals(config or Workbench()).admit(arrival)
    return caught.value.status, caught.value.code


@pytest.mark.parametrize(
    "host",
    [
        "localhost:3000",
        "localhost",
        "LOCALHOST.",
        "a.localhost:1",
        "127.0.0.1:3000",
        "127.9.9.9",
        "[::1]:3000",
    ],
)
def test_names_of_this_machine_are_served(host):
    assert Arrivals(Workbench()).admit(an_arrival(host=host)).host == host.lower()


@pytest.mark.parametrize(
    "host",
    [
        "evil.example",
        "localhost.evil.example",
        "evillocalhost",
        "127.0.0.1.evil.example",
        "192.168.1.5:3000",
        "[::2]",
        "0.0.0.0:3000",
        "2130706433",
        "0x7f.1",
    ],
)
def test_a_rebound_name_is_refused(host):
    assert refusal(an_arrival(host=host)) == (421, "unknown-host")


@pytest.mark.parametrize(
    "host",
    [None, "", "a b", "localhost:99999", "localhost:x", "user@localhost", "[::1", "localhost/", "é", "a:1:2"],
)
def test_a_malformed_host_is_400(host):
    assert refusal(an_arrival(host=host)) == (400, "malformed-request")


def test_two_hosts_are_400():
    arrival = an_arrival()
    twice = Arrival(method="GET", target=b"/", headers=arrival.headers * 2, peer="127.0.0.1")

    assert refusal(twice) == (400, "malformed-request")


def test_configured_and_bound_names_are_served():
    config = Workbench(host="192.168.1.5", hosts=("ops.example.com",))

    for host in ("192.168.1.5:3000", "ops.example.com", "OPS.example.com:443"):
        Arrivals(config).admit(an_arrival(host=host))
    assert refusal(an_arrival(host="192.168.1.6"), config) == (421, "unknown-host")


def test_bound_to_every_address_an_address_is_served_and_a_name_is_not():
    config = Workbench(host="0.0.0.0")

    Arrivals(config).admit(an_arrival(host="192.168.1.5:3000"))
    assert refusal(an_arrival(host="evil.example"), config) == (421, "unknown-host")


@pytest.mark.parametrize("target", [b"http://evil/", b"*", b"", b"/a b", b"/\x00", b"/\xff", b"/a\\\x7f"])
def test_a_target_that_is_no_path_is_400(target):
    assert refusal(an_arrival(target=target)) == (400, "malformed-request")


def test_long_targets_and_many_headers_are_refused():
    many = Arrival(
        method="GET", target=b"/", headers=((b"host", b"localhost"), *((b"x", b"1"),) * 100), peer=""
    )

    assert refusal(an_arrival(target=b"/" + b"a" * 9_000)) == (414, "url-too-long")
    assert refusal(many) == (431, "headers-too-large")
    assert refusal(an_arrival(x="a" * 17_000)) == (431, "headers-too-large")


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "FROB", "post"])
@pytest.mark.parametrize(
    "headers",
    [
        {"origin": "http://evil.example"},
        {"origin": "null"},
        {"origin": ""},
        {"origin": "http://localhost:3001"},
        {"origin": "http://localhost"},
        {"origin": "https://localhost:3000"},
        {"origin": "http://localhost:3000.evil.example"},
        {"origin": "http://127.0.0.1:3000"},
        {"origin": "http://localhost:3000/"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
        {"sec_fetch_site": "none"},
        {"sec_fetch_site": ""},
        {"origin": "http://localhost:3000", "sec_fetch_site": "cross-site"},
        {"origin": "http://evil.example", "sec_fetch_site": "same-origin"},
    ],
    ids=str,
)
def test_a_change_from_another_page_is_refused(method, headers):
    assert refusal(an_arrival(method, **headers)) == (403, "cross-site")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"origin": "http://localhost:3000"},
        {"origin": "HTTP://LocalHost:3000"},
        {"sec_fetch_site": "same-origin"},
        {"origin": "http://localhost:3000", "sec_fetch_site": "Same-Origin"},
    ],
    ids=str,
)
def test_a_change_from_a_page_of_ours_or_from_no_page_goes_on(headers):
    arrival = an_arrival("POST", **headers)

    Arrivals(Workbench()).admit(arrival)

    assert came_from_page(arrival) is bool(headers)


def test_two_origins_are_400():
    arrival = an_arrival("POST", origin="http://localhost:3000")
    twice = (*arrival.headers, (b"Origin", b"http://localhost:3000"))

    assert refusal(Arrival(method="POST", target=b"/", headers=twice, peer="")) == (400, "malformed-request")


def test_a_websocket_from_elsewhere_is_refused_though_it_is_a_get():
    upgrade = {"upgrade": "websocket", "connection": "upgrade"}

    assert refusal(an_arrival(origin="http://evil.example", **upgrade)) == (403, "cross-site")
    Arrivals(Workbench()).admit(an_arrival(origin="http://localhost:3000", **upgrade))


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
def test_another_page_may_link_here_and_not_read(site):
    assert refusal(an_arrival(sec_fetch_site=site, sec_fetch_mode="no-cors")) == (403, "cross-site")
    seen = Arrivals(Workbench()).admit(an_arrival(sec_fetch_site=site, sec_fetch_mode="navigate"))
    assert seen.is_navigation


def test_a_trusted_proxy_is_believed_about_scheme_and_client():
    headers = {"x_forwarded_proto": "https", "x_forwarded_for": "6.6.6.6, 203.0.113.7, 10.1.1.1"}
    arrival = an_arrival("POST", host="ops.example.com", origin="https://ops.example.com", **headers)

    seen = Arrivals(PROXIED).admit(arrival)

    assert (seen.scheme, seen.client) == ("https", "203.0.113.7")


def test_anybody_else_is_not_believed():
    headers = {"x_forwarded_proto": "https", "x_forwarded_for": "203.0.113.7"}

    seen = Arrivals(PROXIED).admit(an_arrival(peer="192.168.0.9", host="ops.example.com", **headers))

    assert (seen.scheme, seen.client) == ("http", "192.168.0.9")
