"""Looking at a running engine: why a run waits, the live feed, followed logs, the graph, a stalled loop."""

from __future__ import annotations

import http.client
import json
import socket
import subprocess
from typing import Any

import pytest

from .conftest import MOTIA, Served, environment

STEPS = """
import asyncio
import time

from motia import Context, api, call, event, logger, trigger


@event(id="keyed", key="who")
async def keyed(who: str):
    await asyncio.sleep(30)


@event(id="single", concurrency=1)
async def single():
    await asyncio.sleep(30)


@event(id="inner")
async def inner(n: int):
    print(f"inner {n}")
    return n + 1


@event(id="outer")
async def outer(n: int):
    return 1 + await call("outer", {"n": n - 1}) if n else 0


@event(id="computed")
async def computed(to: str):
    receipt = await trigger(to, {"n": 1}, wait=True)
    return receipt["state"], receipt["result"]


@event(id="blocking")
async def blocking():
    time.sleep(1.5)


@api(id="asks", path="/asks")
async def asks():
    return {}


@api(id="sends", path="/sends")
async def sends():
    await trigger("inner", {"n": 1})


@api(id="ticks", path="/ticks")
async def ticks():
    try:
        while True:
            yield {"tick": 1}
            await asyncio.sleep(0.05)
    finally:
        logger.info("nobody listens any more")
"""
DEPTH = 12
"""More waiting callers than a worker has slots."""


@pytest.fixture(scope="module")
def dev(tmp_path_factory):
    root = tmp_path_factory.mktemp("looking")
    steps = root / "motia" / "steps"
    steps.mkdir(parents=True)
    (steps / "all.py").write_text(STEPS)
    served = Served(root, "dev", MOTIA_WORKERS_SLOTS="4", MOTIA_TRACES_SAMPLE_PER_S="0")
    try:
        served.wait_line("Steps")
        yield served
    finally:
        served.end()


def put(dev: Served, target: str, **payload: Any) -> str:
    return dev.control("POST", "/v1/trigger", {"target": target, "payload": payload})["runId"]


@pytest.mark.parametrize(("target", "payload"), [("keyed", {"who": "ada"}), ("single", {})])
def test_a_run_that_waits_says_for_whom(dev, run_motia, target, payload):
    head, waiting = put(dev, target, **payload), put(dev, target, **payload)

    done = run_motia("runs", "show", waiting, "--json", cwd=dev.root)
    told = run_motia("runs", "show", waiting, "--no-json", cwd=dev.root).stdout
    for run in (waiting, head):
        dev.control("POST", f"/v1/runs/{run}/cancel")

    assert head in json.dumps(json.loads(done.stdout)["why"])
    assert head in told


def test_who_waits_for_a_target_that_nothing_handles_is_told_at_once(dev):
    waiting = subprocess.Popen(
        [*MOTIA, "trigger", "inne", "--wait", "--timeout", "600", "--no-json"],
        cwd=dev.root,
        env=environment(),
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert waiting.stderr is not None
        assert "did you mean inner" in waiting.stderr.readline()
        assert waiting.poll() is None
    finally:
        waiting.kill()
        waiting.communicate()


def test_calls_deeper_than_there_are_slots_do_not_wait_for_each_other(dev, until):
    run = put(dev, "outer", n=DEPTH)

    found = until(lambda: dev.run(run), lambda seen: seen["state"] == "completed")

    assert found["result"] == DEPTH


def test_an_edge_that_only_happened_is_drawn_as_observed(dev, until):
    run = put(dev, "computed", to="inner")
    found = until(lambda: dev.run(run), lambda seen: seen["state"] == "completed")

    assert found["result"] == ["completed", 2]
    edges = until(
        lambda: [
            edge
            for edge in dev.control("GET", "/v1/graph")["edges"]
            if (edge["source"], edge["target"]) == ("computed", "inner")
        ],
        bool,
    )
    assert "observed" in json.dumps(edges)


def test_a_step_that_blocks_the_loop_is_named_with_its_line(dev):
    put(dev, "blocking")

    assert "'blocking'" in dev.wait_line("has held the loop")
    assert "time.sleep(1.5)" in dev.wait_line("time.sleep")


def test_a_client_that_leaves_ends_its_stream(dev):
    host, port = dev.api.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=30) as connection:
        connection.sendall(b"GET /ticks HTTP/1.1\r\nhost: localhost\r\n\r\n")
        assert b"200" in connection.recv(65_536)

    dev.wait_line("nobody listens any more")


def test_logs_are_followed_while_they_come(dev):
    with subprocess.Popen(
        [*MOTIA, "logs", "-f", "--json"],
        cwd=dev.root,
        env=environment(),
        stdout=subprocess.PIPE,
        text=True,
    ) as following:
        assert following.stdout is not None
        run = put(dev, "inner", n=4711)

        line = next(line for line in following.stdout if "inner 4711" in line)

        following.terminate()
    shown = json.loads(line)
    assert (shown["step"], shown["run"], shown["source"]) == ("inner", run, "print")


def test_the_feed_tells_of_reloads_and_workers(dev, until):
    record = json.loads((dev.root / ".motia" / "engine.json").read_text())
    connection = http.client.HTTPConnection("localhost", timeout=30)
    connection.sock = socket.socket(socket.AF_UNIX)
    connection.sock.settimeout(30)
    connection.sock.connect(record["control"])
    connection.request("GET", "/v1/feed?kinds=manifest,worker")
    stream = connection.getresponse()

    (dev.root / "motia" / "steps" / "more.py").write_text(
        'from motia import event\n\n@event(id="more")\nasync def more(): ...\n'
    )

    seen: dict[str, Any] = {}
    while not {"manifest", "worker"} <= set(seen):
        line = stream.readline().decode()
        assert line, f"the feed ended after {seen}"
        if line.startswith("data:"):
            item = json.loads(line.removeprefix("data:"))
            seen[item["kind"]] = item["data"]
    connection.close()
    assert seen["manifest"]["steps"] == 10
    assert seen["worker"]["change"] in ("ready", "ended")


def test_a_request_that_triggers_is_kept_however_few_are_sampled(dev: Served, until) -> None:
    dev.request("GET", "/asks")
    dev.request("GET", "/sends")

    def roots(step: str) -> list[str]:
        found = dev.control("GET", f"/v1/traces?step={step}")["traces"]
        return [root["kind"] for root in found]

    until(lambda: roots("sends"), lambda kinds: kinds == ["request"])
    assert roots("asks") == []
