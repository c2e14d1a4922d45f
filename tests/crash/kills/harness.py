"""A real engine process on a project of its own, and a client that remembers what was acknowledged."""

from __future__ import annotations

import http.client
import json
import os
import random
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

SEED = int(os.environ.get("MOTIA_SEED", "1"))
KILLS = int(os.environ.get("MOTIA_KILLS", "5"))
LIMIT_S = 30.0

STEPS = """
import os

from motia import api, event, trigger


@api(id="put", method="POST", path="/put/:n")
async def put(n: int):
    return await trigger("work", {"n": n})


@event(id="work", schema={"n": int}, retries=10, backoff={"initial": 0.05, "cap": 0.2})
async def work(n: int, ctx):
    with open(os.environ["DONE_FILE"], "a") as file:
        file.write(f"{n} {ctx.run_id}\\n")
    await trigger("follow", {"n": n})
    return {"n": n}


@event(id="follow", schema={"n": int})
async def follow(n: int):
    return None
"""


class EngineUnderTest:
    """Starts, kills and restarts one engine; its port stays the same."""

    def __init__(self, folder: Path) -> None:
        self.root = folder / "project"
        (self.root / "motia" / "steps").mkdir(parents=True)
        (self.root / "motia" / "steps" / "work.py").write_text(STEPS)
        self.done_file = folder / "done"
        self.done_file.touch()
        self.port = 0
        self.log = (folder / "engine.log").open("ab")
        self.process: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        """Start the engine and wait until it is ready."""
        argv = [sys.executable, "-m", "motia.cli.main", "start", "--project", str(self.root)]
        self.process = subprocess.Popen(
            [*argv, "--host", "127.0.0.1", "--port", "0"],
            env={**os.environ, "DONE_FILE": str(self.done_file)},
            stdin=subprocess.DEVNULL,
            stdout=self.log,
            stderr=self.log,
        )
        wait_until(self._has_told_its_port, "the engine has told its port", alive=self.process)
        wait_until(lambda: self.ask("GET", "/ready")[0] == 200, "the engine is ready", alive=self.process)

    def _has_told_its_port(self) -> bool:
        """Take the port from the engine's record; one of a killed engine names another process."""
        assert self.process is not None
        try:
            record = json.loads((self.root / ".motia" / "engine.json").read_text())
        except FileNotFoundError:
            return False
        self.port = urlsplit(record["api"]).port
        return record["pid"] == self.process.pid

    def kill(self) -> None:
        """SIGKILL, as the kernel or an operator would."""
        assert self.process is not None
        self.process.kill()
        self.process.wait()

    def stop(self) -> int:
        """SIGTERM; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(LIMIT_S)

    def close(self) -> None:
        """End what is left."""
        if self.process is not None and self.process.poll() is None:
            self.kill()
        self.log.close()

    def ask(self, method: str, path: str) -> tuple[int, Any]:
        """One request to the API; (0, None) when nothing answered."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=5)
        try:
            connection.request(method, path)
            answer = connection.getresponse()
            body = answer.read()
            return answer.status, json.loads(body) if body else None
        except (OSError, http.client.HTTPException, ValueError):
            return 0, None
        finally:
            connection.close()

    def control(self, method: str, path: str) -> Any:
        """One request to the control socket."""
        record = json.loads((self.root / ".motia" / "engine.json").read_text())
        connection = http.client.HTTPConnection("localhost", timeout=10)
        connection.sock = socket.socket(socket.AF_UNIX)
        connection.sock.connect(record["control"])
        try:
            connection.request(method, path)
            return json.loads(connection.getresponse().read())
        finally:
            connection.close()

    def runs(self, step: str) -> list[dict[str, Any]]:
        """Every run of a step."""
        found: list[dict[str, Any]] = []
        cursor = ""
        while True:
            page = self.control(
                "GET", f"/v1/runs?step={step}&limit=1000" + (f"&cursor={cursor}" if cursor else "")
            )
            found += page["runs"]
            cursor = page.get("cursor") or ""
            if not cursor:
                return found

    def open_runs(self) -> int:
        """Runs that are not final."""
        return sum(
            count
            for state, count in self.control("GET", "/v1/runs/counts")["counts"].items()
            if state not in ("completed", "dead", "cancelled", "skipped")
        )


class Load:
    """Threads that put numbers as fast as they are acknowledged."""

    def __init__(self, engine: EngineUnderTest, *, threads: int = 4) -> None:
        self.acknowledged: dict[int, str] = {}
        self._engine = engine
        self._numbers = iter(range(1, 10_000_000))
        self._lock = threading.Lock()
        self._stop = threading.Event()
        self._threads = [threading.Thread(target=self._run) for _ in range(threads)]

    def __enter__(self) -> Load:
        for thread in self._threads:
            thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stop.set()
        for thread in self._threads:
            thread.join()

    def _run(self) -> None:
        while not self._stop.is_set():
            with self._lock:
                n = next(self._numbers)
            status, receipt = self._engine.ask("POST", f"/put/{n}")
            if status == 200:
                self.acknowledged[n] = receipt["runId"]
            else:
                self._stop.wait(0.02)


def wait_until(
    holds: Callable[[], bool],
    what: str,
    *,
    limit_s: float = LIMIT_S,
    alive: subprocess.Popen[bytes] | None = None,
) -> None:
    """Return once `holds()` is true; fail after `limit_s`, or when the process `alive` has ended."""
    until = time.monotonic() + limit_s
    pause = threading.Event()
    while not holds():
        assert alive is None or alive.poll() is None, f"the engine ended before {what}"
        assert time.monotonic() < until, f"not within {limit_s:.0f} s: {what}"
        pause.wait(0.01)


def chance() -> random.Random:
    """The seeded source of this run; the seed is printed for a repeat."""
    print(f"MOTIA_SEED={SEED}")
    return random.Random(SEED)
