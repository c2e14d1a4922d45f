"""Every list of the Workbench over a million stored runs: p50 and p95 of each question, under light traffic.

    python -m benchmarks workbench [--runs 1000000] [--requests 15] [--keep DIRECTORY]

Asked by the control socket, one question at a time, as a screen does; the same code answers the browser.
Meanwhile 20 orders a second go through the project's own API: what the lists cost them is told too.
"""

from __future__ import annotations

import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import msgspec

from benchmarks.engine import Api, Engine, engine, project
from benchmarks.processes import request
from benchmarks.stored import Stored, fill
from benchmarks.workbench_questions import Question, questions
from motia.telemetry import schema

LIMIT_MS = 200.0
TRAFFIC_PER_S = 20
QUIET_S = 8.0
QUESTION_S_MAX = 6.0
"""A question that is far too slow is not asked all the times."""
REQUESTS_MIN = 3
WARM_UP = 1


class Timing(msgspec.Struct, frozen=True):
    """What one question took; bytes of its answer."""

    name: str
    page: str
    p50_ms: float
    p95_ms: float
    kilobytes: float


class Found(msgspec.Struct, frozen=True):
    """Every timing, and what the project's own requests took while lists were asked and before (ms)."""

    timings: list[Timing]
    quiet: dict[str, float]
    asked: dict[str, float]
    stored: Stored
    megabytes: float

    @property
    def slow(self) -> list[Timing]:
        """Those over the limit, the slowest first."""
        return sorted((one for one in self.timings if one.p95_ms > LIMIT_MS), key=lambda one: -one.p95_ms)


def measure(*, runs: int, requests: int, keep: Path | None = None, only: str = "") -> Found:
    """Fill a project (or take the one kept in `keep`), start the engine on it and ask everything."""
    with _folder(keep) as folder:
        root, stored = _prepared(folder, runs)
        with engine(root) as served:
            time.sleep(3.0)  # what starting left to do
            traffic = Traffic(served.port)
            with traffic:
                time.sleep(QUIET_S)
                quiet = traffic.take()
                timings = [
                    timing
                    for question in questions(stored)
                    if only in question.name
                    for timing in _asked(served, question, stored, requests)
                ]
                asked = traffic.take()
            return Found(timings, quiet, asked, stored, served.memory_mb())


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep is not None:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
        return
    with tempfile.TemporaryDirectory(prefix="motia-bench-") as folder:
        yield Path(folder)


def _prepared(folder: Path, runs: int) -> tuple[Path, Stored]:
    root, note = folder / "project", folder / "stored.json"
    if note.exists():
        return root, msgspec.json.decode(note.read_bytes(), type=Stored)
    project(folder)
    (root / ".motia").mkdir(mode=0o700)
    stored = fill(root / ".motia", runs=runs)
    note.write_bytes(msgspec.json.encode(stored))
    return root, stored


def _asked(served: Engine, question: Question, stored: Stored, requests: int) -> Iterator[Timing]:
    pages = {"first": question.path}
    if question.is_paged:
        cursor = msgspec.json.decode(served.api.read("GET", question.path), type=dict).get("cursor")
        if cursor is not None:
            pages["second"] = _at(question.path, cursor)
            pages["deep"] = _at(question.path, _deep(question.path, stored) or cursor)
    for page, path in pages.items():
        yield _timed(served.api, question.name, page, path, requests)


def _at(path: str, cursor: str) -> str:
    return f"{path}{'&' if '?' in path else '?'}cursor={quote(cursor, safe='')}"


def _deep(path: str, stored: Stored) -> str | None:
    """A cursor in the middle of what is stored; None: the second page has to do."""
    if path.startswith(("/v1/runs", "/v1/dead")):
        return stored.run
    if path.startswith(("/v1/logs", "/v1/traces")):
        return str(stored.middle_at << schema.ROW_ID_SHIFT)
    if path.startswith("/v1/state/"):
        return "key-050000"
    return None


def _timed(api: Api, name: str, page: str, path: str, requests: int) -> Timing:
    times: list[float] = []
    size = 0
    began = time.perf_counter()
    for number in range(WARM_UP + requests):
        started = time.perf_counter()
        size = len(api.read("GET", path))
        if number >= WARM_UP:
            times.append((time.perf_counter() - started) * 1_000)
        if len(times) >= REQUESTS_MIN and time.perf_counter() - began > QUESTION_S_MAX:
            break
    return Timing(name, page, share_of(times, 0.50), share_of(times, 0.95), size / 1_024)


def share_of(values: list[float], share: float) -> float:
    """The value that `share` (0 to 1) of `values` do not exceed; 0 without values."""
    ordered = sorted(values)
    return ordered[min(int(len(ordered) * share), len(ordered) - 1)] if ordered else 0.0


class Traffic:
    """`TRAFFIC_PER_S` orders a second on a thread, each timed. Each makes three runs behind it."""

    def __init__(self, port: int) -> None:
        """Traffic for the API on `port`; it begins and ends as a context."""
        self._port = port
        self._times: list[float] = []
        self._is_over = threading.Event()
        self._thread = threading.Thread(target=self._go, daemon=True)

    def __enter__(self) -> Traffic:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._is_over.set()
        self._thread.join()

    def take(self) -> dict[str, float]:
        """Latencies since the last time, ms."""
        times, self._times = self._times, []
        figures = {"requests": float(len(times)), "max": max(times, default=0.0)}
        return figures | {f"p{share}": share_of(times, share / 100) for share in (50, 95, 99)}

    def _go(self) -> None:
        began, number = time.perf_counter(), 0
        while not self._is_over.wait(max(began + number / TRAFFIC_PER_S - time.perf_counter(), 0)):
            number += 1
            started = time.perf_counter()
            status, _ = request(self._port, "POST", "/orders", "{}")
            if status == 200:
                self._times.append((time.perf_counter() - started) * 1_000)
