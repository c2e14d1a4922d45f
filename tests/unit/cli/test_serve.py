"""Signals: the first drains, the second stops at once."""

from __future__ import annotations

import signal
import subprocess
import sys
from collections.abc import Iterator

import pytest

PROGRAM = """
import asyncio, sys
from motia.cli.screen import Screen
from motia.cli.serve import run_loop, serve
from motia.model import StartError
from motia.project import Catalog

class Engine:
    catalog, api_address = Catalog(), ("127.0.0.1", 3001)
    async def start(self):
        if sys.argv[1] == "fails": raise StartError("port 3001 is taken")
        if sys.argv[1] == "starts":
            print("starting", flush=True)
            await asyncio.Event().wait()
    async def drain(self):
        print("draining", flush=True)
        if sys.argv[1] == "hangs": await asyncio.Event().wait()
    async def stop(self): print("stopped", flush=True)

try: code = run_loop(serve(Engine(), Screen(), on_ready=lambda: print("ready", flush=True)))
except StartError as error: code = 3
sys.exit(code)
"""
LIMIT_S = 20


@pytest.fixture
def run() -> Iterator[object]:
    started: list[subprocess.Popen[str]] = []

    def start(how: str) -> subprocess.Popen[str]:
        process = subprocess.Popen(
            [sys.executable, "-u", "-c", PROGRAM, how], stdout=subprocess.PIPE, text=True, bufsize=1
        )
        started.append(process)
        return process

    yield start
    for process in started:
        process.kill()
        process.communicate()


def wait_for(process: subprocess.Popen[str], text: str) -> None:
    assert process.stdout is not None
    for line in process.stdout:
        if text in line:
            return
    pytest.fail(f"ended without {text!r}")


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_the_first_signal_drains_and_ends_with_0(run, number):
    process = run("well")
    wait_for(process, "ready")

    process.send_signal(number)

    rest, _ = process.communicate(timeout=LIMIT_S)
    assert rest.splitlines()[-2:] == ["draining", "stopped"]
    assert process.returncode == 0


def test_the_second_signal_stops_at_once(run):
    process = run("hangs")
    wait_for(process, "ready")
    process.send_signal(signal.SIGTERM)
    wait_for(process, "draining")

    process.send_signal(signal.SIGTERM)

    rest, _ = process.communicate(timeout=LIMIT_S)
    assert process.returncode == 128 + signal.SIGTERM
    assert "stopped\n" not in rest.replace("stopped at once", "")


def test_a_signal_during_the_start_ends_it(run):
    process = run("starts")
    wait_for(process, "starting")

    process.send_signal(signal.SIGINT)

    rest, _ = process.communicate(timeout=LIMIT_S)
    assert rest.splitlines() == ["stopped"]
    assert process.returncode == 0


def test_a_failed_start_is_raised(run):
    process = run("fails")

    process.communicate(timeout=LIMIT_S)

    assert process.returncode == 3
