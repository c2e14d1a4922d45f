"""Promises about processes, kept by a real engine: death, time, signals, a full disk, an edit under load.

`docs/explanation/promises.md` lists every promise with its test.
"""

from __future__ import annotations

import json
import os
import resource
import signal
import socket
import threading
import time
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

STEPS = """
import asyncio
import os
import time

from helper import ANSWER
from motia import api, event, trigger


@api(id="put", method="POST", path="/put/:step")
async def put(step: str, body):
    return await trigger(step, body)


@api(id="answer", path="/answer")
async def answer():
    return {"answer": ANSWER}


@api(id="linger", path="/linger")
async def linger():
    await asyncio.sleep(1)
    return {"finished": True}


@event(id="quit")
async def quit_the_process():
    os._exit(7)


@event(id="nap")
async def nap(seconds: float = 60.0):
    await asyncio.sleep(seconds)
    return "rested"


@event(id="loop", timeout="500ms", retries=0)
async def loop():
    while True:
        pass


@event(id="once")
async def once(ctx):
    if not os.path.exists("begun"):
        open("begun", "w").close()
        await asyncio.sleep(60)
    return {"attempt": ctx.attempt}
"""
BLOB = "x" * 100_000


@pytest.fixture
def project(tmp_path: Path) -> Path:
    steps = tmp_path / "motia" / "steps"
    steps.mkdir(parents=True)
    (steps / "all.py").write_text(STEPS)
    (steps / "helper.py").write_text("ANSWER = 0\n")
    return tmp_path


@pytest.fixture
def dev(project: Path, serve):
    served = serve(project, "dev")
    served.wait_line("Steps")
    return served


def put(served: Any, step: str, payload: Any = None) -> str:
    """Trigger from outside, not by an api step: that one could share a worker with what kills it."""
    return served.control("POST", "/v1/trigger", {"target": step, "payload": payload or {}})["runId"]


def ended(until, served: Any, run: str) -> dict[str, Any]:
    return until(
        lambda: served.run(run), lambda found: found["state"] in ("completed", "dead", "cancelled", "skipped")
    )


def test_a_run_that_kills_its_worker_three_times_is_dead_and_no_bystander_is_blamed(dev, until):
    bystanders = [put(dev, "nap", {"seconds": 0.3}) for _ in range(4)]

    culprit = ended(until, dev, put(dev, "quit"))

    assert (culprit["state"], culprit["reason"]) == ("dead", "crash_loop")
    assert culprit["crashes"] == 2, "the third one was the last"
    assert "exited with code 7" in culprit["error"]["message"]
    for run in [ended(until, dev, bystander) for bystander in bystanders]:
        assert (run["state"], run["attempt"], run["crashes"]) == ("completed", 1, 0)


def test_an_endless_loop_costs_its_worker_its_life_and_is_a_timeout(dev, until):
    bystander = put(dev, "nap", {"seconds": 0.1})
    culprit = ended(until, dev, put(dev, "loop"))
    other = ended(until, dev, bystander)

    assert (culprit["state"], culprit["reason"]) == ("dead", "timeout")
    assert "ignored its cancel for 5 s" in culprit["error"]["message"]
    assert culprit["crashes"] == 0
    assert (other["state"], other["attempt"], other["crashes"]) == ("completed", 1, 0)
    assert "while True" in dev.wait_line("while True"), "the terminal shows where the loop stood"


def test_a_dead_workers_run_is_ready_again_within_a_second(dev, until):
    run = put(dev, "once")
    until(lambda: (dev.root / "begun").exists(), bool)
    killed_at = time.time() * 1_000
    for worker in dev.control("GET", "/v1/workers")["workers"]:
        os.kill(worker["pid"], signal.SIGKILL)

    found = ended(until, dev, run)

    assert (found["state"], found["attempt"]) == ("completed", 1)
    assert milliseconds(found["attempts"][0]["finished_at"]) - killed_at < 1_000


def test_a_restarted_engine_adopts_its_runs_within_two_seconds(dev, serve, until):
    run = put(dev, "once")
    until(lambda: (dev.root / "begun").exists(), bool)
    dev.process.kill()
    dev.process.wait()

    again = serve(dev.root, "dev")
    again.wait_line("Steps")
    found = ended(until, again, run)

    assert (found["state"], found["attempt"], found["crashes"]) == ("completed", 1, 0)
    booted_at = json.loads((again.root / ".motia" / "engine.json").read_text())["started_at"]
    assert milliseconds(found["started_at"]) - booted_at < 2_000


def test_a_signal_lets_requests_and_runs_finish_while_readiness_is_gone(project, serve, run_motia):
    served = serve(project, "start", "--host", "127.0.0.1")
    served.wait_line("Steps")
    run = put(served, "nap", {"seconds": 1.0})
    address = served.api.removeprefix("http://").split(":")
    answers: list[Any] = []
    caller = threading.Thread(target=lambda: answers.append(served.request("GET", "/linger")))
    with socket.create_connection((address[0], int(address[1])), timeout=10) as kept:
        kept.sendall(b"GET /ready HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert b" 200 " in kept.recv(4_096)
        caller.start()
        wait_for_requests(served, 1)

        served.process.send_signal(signal.SIGTERM)
        served.wait_line("finishing")

        caller.join(timeout=30)
    assert answers == [(200, {"finished": True})]
    assert served.process.wait(timeout=30) == 0
    assert json.loads(run_motia("runs", "show", run, cwd=project).stdout)["state"] == "completed"


def test_a_second_signal_stops_at_once_and_the_run_is_there_at_the_next_start(dev, serve, until):
    run = put(dev, "once")
    until(lambda: (dev.root / "begun").exists(), bool)
    dev.process.send_signal(signal.SIGTERM)
    dev.wait_line("finishing")

    dev.process.send_signal(signal.SIGTERM)

    assert dev.process.wait(timeout=10) == 128 + signal.SIGTERM
    again = serve(dev.root, "dev")
    again.wait_line("Steps")
    assert ended(until, again, run)["state"] == "completed"


def test_the_grace_period_ends_and_costs_the_run_no_attempt(project, serve, until):
    served = serve(project, "dev", MOTIA_SHUTDOWN_GRACE="1")
    served.wait_line("Steps")
    run = put(served, "once")
    until(lambda: (project / "begun").exists(), bool)

    served.process.send_signal(signal.SIGTERM)

    assert served.process.wait(timeout=30) == 0
    again = serve(project, "dev")
    again.wait_line("Steps")
    found = ended(until, again, run)
    assert (found["state"], found["attempt"], found["result"]) == ("completed", 1, {"attempt": 1})


def test_edits_under_load_are_live_without_a_failed_request(dev, until):
    helper = dev.root / "motia" / "steps" / "helper.py"
    answers: list[tuple[int, Any]] = []
    stop = threading.Event()

    def ask() -> None:
        while not stop.is_set():
            answers.append(dev.request("GET", "/answer"))

    callers = [threading.Thread(target=ask) for _ in range(3)]
    for caller in callers:
        caller.start()
    try:
        for number in (1, 2, 3):
            helper.write_text(f"ANSWER = {number}\n")
            until(lambda: dev.request("GET", "/answer")[1], lambda seen, n=number: seen == {"answer": n})
        helper.write_text("ANSWER = (\n")
        dev.wait_line("its last good version goes on")
    finally:
        stop.set()
        for caller in callers:
            caller.join(timeout=30)

    assert {status for status, _ in answers} == {200}
    seen = [body["answer"] for _, body in answers]
    assert set(seen) == {0, 1, 2, 3}
    assert dev.request("GET", "/answer") == (200, {"answer": 3})


def test_a_run_in_flight_is_not_touched_by_an_edit(dev, until):
    run = put(dev, "nap", {"seconds": 2.0})
    helper = dev.root / "motia" / "steps" / "helper.py"
    helper.write_text("ANSWER = 9\n")
    until(lambda: dev.request("GET", "/answer")[1], lambda seen: seen == {"answer": 9})

    found = ended(until, dev, run)

    assert (found["state"], found["attempt"], found["result"]) == ("completed", 1, "rested")
    assert found["attempts"] == [], "nothing was released or failed on the way"


def test_a_full_disk_refuses_new_work_and_the_engine_goes_on_by_itself(dev, until):
    accepted = [put(dev, "nap", {"seconds": 0.0, "blob": BLOB})]
    biggest = max(file.stat().st_size for file in (dev.root / ".motia").iterdir())
    resource.prlimit(dev.process.pid, resource.RLIMIT_FSIZE, (biggest, resource.RLIM_INFINITY))
    refused: list[Any] = []
    while not refused:
        status, answer = dev.request("POST", "/put/nap", {"seconds": 0.0, "blob": BLOB})
        if status == 200:
            accepted.append(answer["runId"])
        else:
            refused.append((status, answer))
        assert len(accepted) < 500, "the limit is reached"

    assert dev.request("GET", "/answer")[0] == 200, "what needs no disk goes on"
    assert refused[0][0] == 503, refused
    assert "disk" in json.dumps(refused[0][1])
    until(lambda: dev.request("GET", "/ready")[0], lambda status: status == 503)

    resource.prlimit(dev.process.pid, resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
    freed_mono = time.monotonic()
    until(lambda: dev.request("GET", "/ready")[0], lambda status: status == 200)
    assert time.monotonic() - freed_mono < 5
    accepted.append(put(dev, "nap", {"seconds": 0.0}))
    for run in accepted:
        assert ended(until, dev, run)["state"] == "completed"


def milliseconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp() * 1_000


def wait_for_requests(served: Any, count: int) -> None:
    until_mono = time.monotonic() + 10
    while sum(worker["in_flight"] for worker in served.control("GET", "/v1/workers")["workers"]) < count + 1:
        assert time.monotonic() < until_mono
        time.sleep(0.01)
