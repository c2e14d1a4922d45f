"""An engine of ours for the Workbench's benchmarks: a project, its process, its API by the control socket."""

from __future__ import annotations

import http.client
import json
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psutil

from benchmarks.processes import ENGINE, HERE, REPOSITORY, cpu_s, request, running, tree

START_LIMIT_S = 90.0
API_LIMIT_S = 120.0


class Api:
    """The control API over one connection that is kept."""

    def __init__(self, socket_path: str) -> None:
        """Nothing is connected yet."""
        self._path = socket_path
        self._connection: http.client.HTTPConnection | None = None

    def get(self, path: str) -> Any:
        """The JSON that `GET path` answers; an error of the API raises."""
        return json.loads(self.read("GET", path))

    def post(self, path: str, body: Any) -> Any:
        """The JSON that `POST path` answers."""
        return json.loads(self.read("POST", path, json.dumps(body)))

    def read(self, method: str, path: str, body: str | None = None) -> bytes:
        """The answer's bytes. The engine closes idle connections: it is made anew when that happened."""
        for is_last in (False, True):
            try:
                connection = self._connected()
                connection.request(method, path, body, {"content-type": "application/json"})
                answer = connection.getresponse()
                content = answer.read()
            except (http.client.HTTPException, OSError):
                self.close()
                if is_last:
                    raise
            else:
                if answer.status != 200:
                    raise RuntimeError(f"{method} {path} answered {answer.status}: {content[:300]!r}")
                return content
        raise AssertionError("unreachable")

    def close(self) -> None:
        """Close the connection."""
        if self._connection is not None:
            self._connection.close()
            self._connection = None

    def _connected(self) -> http.client.HTTPConnection:
        if self._connection is None:
            connection = http.client.HTTPConnection("localhost", timeout=API_LIMIT_S)
            connection.sock = socket.socket(socket.AF_UNIX)
            connection.sock.settimeout(API_LIMIT_S)
            connection.sock.connect(self._path)
            self._connection = connection
        return self._connection


class Engine:
    """A running engine."""

    def __init__(self, root: Path, process: psutil.Process) -> None:
        """The engine of the project `root`, which answers already."""
        self.root = root
        self.process = process
        record = json.loads((root / ".motia" / "engine.json").read_text())
        self.control: str = record["control"]
        self.port = int(record["api"].rpartition(":")[2])
        self.api = Api(self.control)

    def request(self, method: str, path: str, body: Any = None) -> tuple[int, bytes]:
        """A request to the project's own endpoints."""
        return request(self.port, method, path, None if body is None else json.dumps(body))

    def cpu_s(self) -> float:
        """CPU seconds of the engine's own process so far, its workers left out."""
        return cpu_s(self.process, alone=True)

    def memory_mb(self) -> float:
        """Resident memory of the engine's own process, MB."""
        return self.process.memory_info().rss / 1e6

    def workbench(self) -> str:
        """A one-time address of the Workbench."""
        done = subprocess.run(
            [*ENGINE, "workbench", "--project", str(self.root), "--json"],
            capture_output=True, text=True, timeout=60, check=True, cwd=REPOSITORY,
        )  # fmt: skip
        return str(json.loads(done.stdout)["url"])


def project(folder: Path) -> Path:
    """A copy of the Workbench's benchmark project in `folder`."""
    root = folder / "project"
    shutil.copytree(HERE / "apps" / "workbench", root, ignore=shutil.ignore_patterns(".motia", "__pycache__"))
    return root


@contextmanager
def engine(root: Path, *, program: Sequence[str] = ENGINE) -> Iterator[Engine]:
    """A `motia dev` of `root` with its Workbench; `program` may be another entry to the same command line."""
    argv = [*program, "dev", "--project", str(root), "--port", "0", "--workbench-port", "0"]
    record = root / ".motia" / "engine.json"
    record.unlink(missing_ok=True)
    with running(argv, cwd=REPOSITORY) as process:
        until = time.perf_counter() + START_LIMIT_S
        while time.perf_counter() < until:
            if record.exists() and record.stat().st_size:
                found = Engine(root, process)
                try:
                    if found.api.get("/v1/status")["ready"]:
                        yield found
                        return
                except OSError:
                    pass
            if not process.is_running() or process.status() == psutil.STATUS_ZOMBIE:
                raise RuntimeError(f"the engine of {root} ended: start it by hand to see why")
            time.sleep(0.05)
        raise TimeoutError(f"the engine was not ready within {START_LIMIT_S:.0f} s: {tree(process)}")
