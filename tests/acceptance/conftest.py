"""The `motia` command as a user has it: real processes in a folder of their own."""

from __future__ import annotations

import http.client
import json
import os
import queue
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest

LIMIT_S = 60.0
POLL_S = 0.05
MOTIA = (sys.executable, "-m", "motia.cli.main")


def environment() -> dict[str, str]:
    """The tests' environment without what would configure the project."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTIA_")}
    return {**kept, "PYTHONUNBUFFERED": "1"}


def motia(*arguments: str, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    """Run a command to its end."""
    done = subprocess.run(
        [*MOTIA, *arguments],
        cwd=cwd,
        env=environment(),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert not check or done.returncode == 0, f"{arguments} ended with {done.returncode}: {done.stderr}"
    return done


class Served:
    """A running `motia dev` or `motia start`."""

    program: tuple[str, ...] = MOTIA

    def __init__(self, root: Path, *arguments: str, **more_environment: str) -> None:
        self.root = root
        self.seen: list[str] = []
        self._lines: queue.Queue[str | None] = queue.Queue()
        self.process = subprocess.Popen(
            [*self.program, *arguments, "--port", "0"],
            cwd=root,
            env={**environment(), **more_environment},
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        assert self.process.stdout is not None
        with self.process.stdout as stream:
            for line in stream:
                self._lines.put(line.rstrip("\n"))
        self._lines.put(None)

    def wait_line(self, text: str) -> str:
        """The next line of output that holds `text`."""
        until = time.monotonic() + LIMIT_S
        while True:
            try:
                line = self._lines.get(timeout=max(until - time.monotonic(), 0.001))
            except queue.Empty:
                raise AssertionError(f"no line with {text!r} in: {self.seen}") from None
            if line is None:
                raise AssertionError(f"ended without {text!r}: {self.seen}")
            self.seen.append(line)
            if text in line:
                return line

    @property
    def api(self) -> str:
        """Where the API is."""
        return json.loads((self.root / ".motia" / "engine.json").read_text())["api"]

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, Any]:
        """Status and JSON of a request."""
        address = urlsplit(self.api)
        connection = http.client.HTTPConnection(address.hostname or "", address.port, timeout=LIMIT_S)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"content-type": "application/json"})
            response = connection.getresponse()
            content = response.read()
            return response.status, json.loads(content) if content else None
        finally:
            connection.close()

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """JSON of a request to the control socket."""
        record = json.loads((self.root / ".motia" / "engine.json").read_text())
        connection = http.client.HTTPConnection("localhost", timeout=LIMIT_S)
        connection.sock = socket.socket(socket.AF_UNIX)
        try:
            connection.sock.connect(record["control"])
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"content-type": "application/json"})
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def run(self, run: str) -> dict[str, Any]:
        """A run as the control API shows it."""
        return self.control("GET", f"/v1/runs/{run}")

    def end(self) -> None:
        """Kill what is left; its workers end with it and close the output."""
        if self.process.poll() is None:
            self.process.kill()
        self.process.wait()
        self._reader.join(timeout=LIMIT_S)


Serve = Callable[..., Served]


@pytest.fixture
def serve() -> Iterator[Serve]:
    """Starts engines and sees to their end."""
    running: list[Served] = []

    def start(root: Path, *arguments: str, **more_environment: str) -> Served:
        served = Served(root, *arguments, **more_environment)
        running.append(served)
        return served

    yield start
    for served in running:
        served.end()


@pytest.fixture
def run_motia() -> Callable[..., subprocess.CompletedProcess[str]]:
    """Runs a command to its end."""
    return motia


def wait_until(read: Callable[[], Any], is_right: Callable[[Any], bool]) -> Any:
    """What `read` gives once it is right; asked again and again, within a limit."""
    until = time.monotonic() + LIMIT_S
    while True:
        value = read()
        if is_right(value):
            return value
        assert time.monotonic() < until, f"still {value!r}"
        time.sleep(POLL_S)


@pytest.fixture
def until() -> Callable[..., Any]:
    """Asks until the answer is right."""
    return wait_until
