"""A burst on the live feed, seen from the browser: longest task, main thread, heap, and what the engine pays.

    python -m benchmarks burst [--seconds 20] [--per-s 5000]

Two modes. `feed`: `burst_engine` records 5,000 items a second, more than workers on a small machine could
cause. `real`: a request triggers events as fast as they go, and the rate is what the engine reached.
Each screen that is live is opened anew, so that one cannot leave work for the next.
"""

from __future__ import annotations

import itertools
import json
import os
import shutil
import sys
import tempfile
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import msgspec
from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.burst_engine import Burst
from benchmarks.engine import Engine, engine, project
from benchmarks.processes import request
from benchmarks.rivals import Missing

SCREENS = {
    "Overview": "/",
    "Flow": "/flow",
    "Runs": "/runs",
    "Traces": "/traces",
    "Logs": "/logs",
    "Queues": "/queues",
    "Workflows": "/workflows/orders",
    "Steps": "/steps",
}
PROGRAM = (sys.executable, "-m", "benchmarks.burst_engine")
FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-sync",
)
WATCH = """
window.__tasks = [];
new PerformanceObserver((list) => {
  for (const entry of list.getEntries()) window.__tasks.push([entry.startTime, entry.duration]);
}).observe({ type: 'longtask', buffered: true });
"""
SETTLE_S = 2.0
REAL_PER_CALL = 2_000


class Row(msgspec.Struct, frozen=True):
    """One screen through one burst."""

    screen: str
    per_s: float
    """Items of the feed, by its ids."""
    longest_ms: float
    """On the clock of the wall, as `PerformanceObserver` sees it: other processes count."""
    longest_cpu_ms: float
    """The longest task's own time on a processor."""
    tasks: int
    """Tasks over 50 ms."""
    main_ms_per_s: float
    """Processor time of the page's main thread."""
    heap_mb: float
    heap_end_mb: float
    """After a collection, when the burst is over."""
    engine_ms_per_s: float
    load: float


def measure(
    *, seconds: float, per_s: int, screens: tuple[str, ...] = (), modes: tuple[str, ...] = ("feed", "real")
) -> dict[str, list[Row]]:
    """Rows of each mode, in the order of the screens."""
    found: dict[str, list[Row]] = {}
    with tempfile.TemporaryDirectory(prefix="motia-bench-") as folder, chromium() as browser:
        root, order = project(Path(folder)), Path(folder) / "burst.json"
        os.environ["BENCH_BURST"] = str(order)
        with engine(root, program=PROGRAM) as served:
            numbers = itertools.count(1)
            for mode in modes:
                found[mode] = []
                for name, path in SCREENS.items():
                    if screens and name not in screens:
                        continue
                    with _loaded(served, mode, order, Burst(next(numbers), per_s, seconds)) as begin:
                        found[mode].append(_through(browser, served, name, path, seconds, begin))
    return found


@contextmanager
def chromium() -> Iterator[Browser]:
    """The system's Chromium, without a window."""
    program = next((found for name in ("chromium", "google-chrome") if (found := shutil.which(name))), None)
    if program is None:
        raise Missing("Chromium is not installed: apt-get install chromium")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=list(FLAGS))
        try:
            yield browser
        finally:
            browser.close()


@contextmanager
def _loaded(served: Engine, mode: str, order: Path, burst: Burst) -> Iterator[Any]:
    """A function that begins the load; at the end the load is over."""
    if mode == "feed":

        def begin() -> None:
            order.with_suffix(".tmp").write_bytes(msgspec.json.encode(burst))
            order.with_suffix(".tmp").replace(order)

        yield begin
        done = order.with_suffix(".done")
        until = time.monotonic() + burst.seconds
        while time.monotonic() < until and not (
            done.exists() and json.loads(done.read_bytes())["id"] == burst.id
        ):
            time.sleep(0.05)
        return
    ends = threading.Event()

    def go() -> None:
        while not ends.is_set():
            request(served.port, "POST", "/burst", json.dumps({"count": REAL_PER_CALL}))

    threads = [threading.Thread(target=go, daemon=True) for _ in range(2)]
    yield lambda: [thread.start() for thread in threads]
    ends.set()
    for thread in threads:
        thread.join()


def _through(browser: Browser, served: Engine, name: str, path: str, seconds: float, begin: Any) -> Row:
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.add_init_script(WATCH)
    address = served.workbench()
    page.goto(address)
    page.goto(address.partition("/?")[0] + path)
    page.get_by_role("heading", level=1).wait_for()
    page.get_by_text("Live", exact=True).wait_for()
    time.sleep(SETTLE_S)
    devtools = page.context.new_cdp_session(page)
    devtools.send("Performance.enable")
    browser.start_tracing(page=page, categories=["toplevel"])
    page.evaluate("window.__tasks.length = 0")
    engine_before, ids = served.cpu_s(), served.api.get("/v1/status")["feed_id"]
    heap, began = 0.0, time.monotonic()
    begin()
    while time.monotonic() - began < seconds:
        time.sleep(0.5)
        heap = max(heap, _metrics(devtools)["JSHeapUsedSize"] / 1e6)
    took = time.monotonic() - began
    engine_after = served.cpu_s()
    moved = served.api.get("/v1/status")["feed_id"] - ids
    tasks = [duration for _, duration in page.evaluate("window.__tasks")]
    cpu_ms = tasks_cpu_ms(browser.stop_tracing())
    devtools.send("HeapProfiler.collectGarbage")
    row = Row(
        screen=name,
        per_s=moved / took,
        longest_ms=max(tasks, default=0.0),
        longest_cpu_ms=max(cpu_ms, default=0.0),
        tasks=len(tasks),
        main_ms_per_s=sum(cpu_ms) / took,
        heap_mb=heap,
        heap_end_mb=_metrics(devtools)["JSHeapUsedSize"] / 1e6,
        engine_ms_per_s=(engine_after - engine_before) / took * 1_000,
        load=os.getloadavg()[0],
    )
    page.context.close()
    return row


def tasks_cpu_ms(trace: bytes) -> list[float]:
    """The processor time of each task of a page's main thread, by Chromium's trace."""
    events = json.loads(trace)["traceEvents"]
    mains = {
        (event["pid"], event["tid"])
        for event in events
        if event.get("name") == "thread_name" and event["args"]["name"] == "CrRendererMain"
    }
    return [
        event.get("tdur", 0) / 1_000
        for event in events
        if (event["pid"], event["tid"]) in mains and event.get("name") == "ThreadControllerImpl::RunTask"
    ]


def _metrics(devtools: Any) -> dict[str, float]:
    return {one["name"]: one["value"] for one in devtools.send("Performance.getMetrics")["metrics"]}


def opened(browser: Browser, served: Engine) -> Page:
    """A page that is logged in."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    page.goto(served.workbench())
    page.get_by_text("Live", exact=True).wait_for()
    return page
