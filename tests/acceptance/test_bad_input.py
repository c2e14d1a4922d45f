"""What goes wrong at the door: a refusal says what, where and what to do, and the engine goes on.

Single faults of HTTP are in `tests/integration/edge/test_hostile_http.py`, of declarations in
`tests/unit/authoring/test_steps.py`, of configuration in `tests/unit/project/test_settings.py`; here a
real engine gets the whole way, from the client or the command line, and is asked afterwards.
"""

from __future__ import annotations

import json
import socket
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

from .conftest import Served

STEPS = """
from motia import api, call, event, trigger


@api(id="add", method="POST", path="/add", schema={"body": {
    "type": "object",
    "properties": {"name": {"type": "string"}, "count": {"type": "integer"}},
    "required": ["name", "count"],
    "additionalProperties": False,
}})
async def add(body):
    return await trigger("work", body)


@api(id="ask", path="/ask/:target")
async def ask(target: str):
    return await call(target, {}, timeout=5)


@api(id="big", method="POST", path="/big")
async def big(body):
    return body


@event(id="work", schema={"name": str, "count": int})
async def work(name: str, count: int):
    return count
"""
FINE = {"name": "a", "count": 2**70}
DEEP = b"[" * 65 + b"]" * 65


def write_steps(root: Path) -> Path:
    steps = root / "motia" / "steps"
    steps.mkdir(parents=True)
    (steps / "all.py").write_text(STEPS)
    return root


@pytest.fixture(scope="module")
def dev(tmp_path_factory):
    """One engine for everything bad: it goes on after each."""
    limits = {"MOTIA_LIMITS_HEADER_TIMEOUT": "1", "MOTIA_LIMITS_BODY_BYTES": "100000"}
    root = write_steps(tmp_path_factory.mktemp("bad"))
    served = Served(root, "dev", **limits, MOTIA_LIMITS_PAYLOAD_BYTES="10000")
    try:
        served.wait_line("Steps")
        yield served
    finally:
        served.end()


def queued(served: Served) -> set[str]:
    """Every run there is."""
    return {run["id"] for run in served.control("GET", "/v1/runs?limit=1000")["runs"]}


def send(served: Any, data: bytes, *, closes: bool = False) -> tuple[int, dict[str, Any]]:
    """Status and error of what was sent as it stands; (0, {}) when the engine only closed."""
    address = urlsplit(served.api)
    with socket.create_connection((address.hostname, address.port), timeout=30) as connection:
        connection.sendall(data)
        if closes:
            connection.shutdown(socket.SHUT_WR)
        got = b"".join(iter(lambda: connection.recv(65_536), b""))
    head, _, body = got.partition(b"\r\n\r\n")
    return (int(head.split()[1]), json.loads(body).get("error", {}) if body else {}) if head else (0, {})


def post(path: str, body: bytes, *more: str, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    lines = [
        f"POST {path} HTTP/1.1",
        "host: localhost",
        "connection: close",
        "content-type: application/json",
        *(more or [f"content-length: {size}"]),
    ]
    return "\r\n".join(lines).encode() + b"\r\n\r\n" + body


BAD = [
    pytest.param(post("/add", b'{"name": '), 400, "malformed-body", "line 1", id="malformed JSON"),
    pytest.param(
        post("/add", b'{"name": 1, "count": "x"}'), 422, "validation-failed", "/count", id="wrong types"
    ),
    pytest.param(
        post("/add", b'{"name": "a", "count": 1, "x": 1}'), 422, "validation-failed", "/x", id="unknown field"
    ),
    pytest.param(
        post("/add", b'{"name": "a", "count": 1.5}'), 422, "validation-failed", "/count", id="fraction"
    ),
    pytest.param(post("/big", b"NaN"), 400, "malformed-body", "invalid", id="not a number"),
    pytest.param(post("/big", DEEP), 400, "malformed-body", "64", id="deep"),
    pytest.param(post("/big", b'"\xff"'), 400, "malformed-body", "UTF-8", id="bad UTF-8"),
    pytest.param(post("/big", b"", length=10**9), 413, "body-too-large", "100000", id="huge"),
    pytest.param(
        post("/add", b'{"name": "' + b"x" * 20_000 + b'", "count": 1}'),
        500,
        "internal-error",
        "10000",
        id="payload over the limit",
    ),
    pytest.param(
        b"GET /nowhere HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        404,
        "not-found",
        "GET /nowhere",
        id="unknown path",
    ),
    pytest.param(
        b"DELETE /add HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        405,
        "method-not-allowed",
        "POST",
        id="wrong method",
    ),
    pytest.param(
        b"GET /add HTTP/1.1\r\nhost: evil.example\r\nconnection: close\r\n\r\n",
        421,
        "",
        "host",
        id="foreign host",
    ),
    pytest.param(b"GET /add HTTP/1.1\r\nhost: a\r\nhost: b\r\n\r\n", 400, "", "ost", id="two hosts"),
    pytest.param(
        b"GET /add HTTP/1.1\r\nhost: localhost\r\nx: " + b"x" * 20_000 + b"\r\n\r\n",
        431,
        "",
        "16",
        id="big header",
    ),
    pytest.param(b"NONSENSE\r\n\r\n", 400, "", "", id="no HTTP"),
    pytest.param(
        b"POST /add HTTP/1.1\r\nhost: localhost\r\n", 408, "request-timeout", "headers", id="slow client"
    ),
    pytest.param(
        b"GET /ask/wrok HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n",
        500,
        "internal-error",
        "work",
        id="call of an unknown step",
    ),
]


@pytest.mark.parametrize(("data", "status", "code", "says"), BAD)
def test_a_bad_request_is_refused_with_what_and_where_and_the_engine_goes_on(dev, data, status, code, says):
    before = queued(dev)

    got, error = send(dev, data)

    assert (got, code) == (status, error["code"] if code else "")
    assert says in json.dumps(error, ensure_ascii=False)
    assert error["traceId"]
    assert queued(dev) == before, "nothing was queued"
    assert dev.request("POST", "/add", FINE)[0] == 200


def test_a_body_that_is_cut_runs_no_step_and_the_engine_goes_on(dev, until):
    before = queued(dev)

    send(dev, post("/add", b'{"name": "a", "count": 1}', length=500), closes=True)

    assert queued(dev) == before
    status, receipt = dev.request("POST", "/add", FINE)
    assert status == 200
    run = until(lambda: dev.run(receipt["runId"]), lambda found: found["state"] == "completed")
    assert run["result"] == 2**70, "big integers stay exact"


@pytest.mark.parametrize(
    ("arguments", "code", "says", "hint"),
    [
        (("work", "--data", "{bad"), "command-failed", "not JSON", "--data"),
        (
            ("work", "--data", '{"name": 1}'),
            "payload-invalid",
            "/count: is required; /name: must be text",
            "",
        ),
        (("work", "--data", '{"name": "a", "count": NaN}'), "command-failed", "NaN", ""),
        (("x" * 300,), "bad-request", "255", ""),
    ],
)
def test_a_bad_trigger_by_hand_queues_nothing(dev, run_motia, arguments, code, says, hint):
    before = queued(dev)

    done = run_motia("trigger", *arguments, "--json", cwd=dev.root, check=False)

    error = json.loads(done.stderr)["error"]
    assert done.returncode == 1
    assert error["code"] == code
    assert says in error["message"]
    assert hint in error["hint"] != ""
    assert queued(dev) == before


def test_an_unknown_id_by_hand_is_kept_with_a_warning_that_names_the_closest(dev, run_motia, until):
    done = run_motia("trigger", "wrok", "--data", '{"name": "a", "count": 1}', "--json", cwd=dev.root)
    run = json.loads(done.stdout)["runId"]

    assert "closest known: work" in dev.wait_line("event parked")
    more = dev.root / "motia" / "steps" / "more.py"
    more.write_text('from motia import event\n\n@event(id="wrok")\nasync def wrok(payload): ...\n')
    until(lambda: dev.run(run)["state"], lambda state: state == "completed")


def test_strict_triggers_refuse_an_unknown_id_everywhere(tmp_path, serve, run_motia):
    project = write_steps(tmp_path)
    served = serve(project, "dev", MOTIA_TRIGGERS_STRICT="true")
    served.wait_line("Steps")

    done = run_motia("trigger", "wrok", "--json", cwd=project, check=False)

    error = json.loads(done.stderr)["error"]
    assert (done.returncode, error["code"]) == (1, "unknown-target")
    assert "work" in error["message"] + error["hint"]
    assert queued(served) == set()
