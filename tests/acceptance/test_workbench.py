"""The Workbench as people meet it: the printed address, `motia workbench`, production."""

from __future__ import annotations

import http.client
import json
import signal
from pathlib import Path
from urllib.parse import urlsplit

import pytest

TOKEN = "0123456789abcdef" * 4


@pytest.fixture
def demo(tmp_path: Path, run_motia) -> Path:
    run_motia("create", "demo", cwd=tmp_path)
    return tmp_path / "demo"


def get(url: str, **headers: str) -> tuple[int, dict[str, str], str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection("127.0.0.1", parts.port, timeout=30)
    try:
        target = f"{parts.path}?{parts.query}" if parts.query else parts.path
        connection.request("GET", target, headers={"host": parts.netloc, **headers})
        answer = connection.getresponse()
        return (
            answer.status,
            {name.lower(): value for name, value in answer.getheaders()},
            answer.read().decode(),
        )
    finally:
        connection.close()


def cookie_of(headers: dict[str, str]) -> str:
    return headers["set-cookie"].partition(";")[0]


def test_the_printed_address_opens_the_workbench_and_a_new_one_is_printed_on_request(demo, serve, run_motia):
    dev = serve(demo, "dev")
    printed = dev.wait_line("Workbench").split()[-1]
    record = json.loads((demo / ".motia" / "engine.json").read_text())

    status, headers, _ = get(printed)
    _, _, session = get(f"{record['workbench']}/v1/session", cookie=cookie_of(headers))
    again = run_motia("workbench", "--no-json", cwd=demo).stdout.strip()

    assert printed.startswith("http://localhost:")
    assert (status, json.loads(session)["permission"]) == (303, "operate")
    assert "code" not in record["workbench"]
    assert get(printed)[0] == 401
    assert get(again)[0] == 303
    assert get(f"{record['workbench']}/v1/status")[0] == 401


def test_a_taken_port_is_replaced_by_the_next_in_development(demo, serve, tmp_path, run_motia):
    run_motia("create", "other", cwd=tmp_path)
    first = serve(demo, "dev").wait_line("Workbench").split()[-1]

    port = urlsplit(first).port
    second = (
        serve(tmp_path / "other", "dev", "--workbench-port", str(port)).wait_line("Workbench").split()[-1]
    )

    assert urlsplit(second).port != port


def test_production_has_no_workbench(demo, serve):
    started = serve(demo, "start")
    started.wait_line("Steps")

    assert not [line for line in started.seen if "Workbench" in line]
    assert json.loads((demo / ".motia" / "engine.json").read_text())["workbench"] == ""


@pytest.mark.parametrize("token", ["", "hunter2", "a" * 64])
def test_production_refuses_a_workbench_without_a_strong_token(demo, serve, token):
    given = {"MOTIA_WORKBENCH_TOKEN": token} if token else {}
    started = serve(demo, "start", MOTIA_WORKBENCH_ENABLED="true", **given)

    started.wait_line("workbench.token")

    assert started.process.wait(timeout=30) == 1
    assert not (demo / ".motia" / "engine.json").exists()


def test_in_production_a_token_opens_it_and_no_secret_is_printed(demo, serve):
    started = serve(
        demo, "start", "--workbench-port", "0", MOTIA_WORKBENCH_ENABLED="true", MOTIA_WORKBENCH_TOKEN=TOKEN
    )
    printed = started.wait_line("Workbench").split()[-1]
    started.wait_line("Steps")

    status, _, text = get(f"{printed}/v1/config", authorization=f"Bearer {TOKEN}")

    assert "code" not in printed
    assert status == 200
    assert TOKEN not in text
    assert not [line for line in started.seen if TOKEN in line]
    started.process.send_signal(signal.SIGTERM)
    assert started.process.wait(timeout=30) == 0
