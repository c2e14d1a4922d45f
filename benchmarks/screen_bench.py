"""How soon the screen shows what happened, and what the first visit costs.

A line or a state counts from the instant that the engine's records give it to the moment when it stands in
the page, by one clock. The project is new, or the one with a million runs behind it.
"""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from playwright.sync_api import Page

from benchmarks.burst_bench import chromium, opened
from benchmarks.engine import Engine
from benchmarks.workbench_bench import share_of

EVERY_S = 0.7
LIMIT_S = 15.0
WATCH = """
() => {
  window.__seen = {};
  const nameOf = (row) => {
    const mark = row.textContent.match(/mark-\\d+/);
    if (mark !== null) return mark[0];
    if (!row.textContent.includes('completed')) return undefined;
    return row.querySelector('a[href*="/runs/"]')?.href.split('/').pop().split('?')[0];
  };
  const look = () => {
    for (const row of document.querySelectorAll('[role=row]')) {
      const name = nameOf(row);
      if (name !== undefined) window.__seen[name] ??= Date.now();
    }
  };
  new MutationObserver(look).observe(document.body, { childList: true, subtree: true, characterData: true });
}
"""
PAINT = """() => new Promise((done) => new PerformanceObserver((list) => done(list.getEntries()
  .find((entry) => entry.name === 'first-contentful-paint')?.startTime)).observe({ type: 'paint', buffered: true }))"""


def measure(served: Engine, *, times: int) -> dict[str, dict[str, float]]:
    """p50 and p95 (ms) from log line and completed run to the screen; bytes and first paint of a visit."""
    with chromium() as browser:
        page = opened(browser, served)
        found = {
            "log line to screen": _delays(served, page, "/logs", times, _line),
            "completed run to screen": _delays(served, page, "/runs", times, _run),
        }
        page.context.close()
        visits = [_visit(browser, served) for _ in range(5)]
        found["first contentful paint"] = _shares([visit["paint_ms"] for visit in visits])
        found["first load"] = {"kilobytes": visits[0]["kilobytes"], "requests": visits[0]["requests"]}
    return found


def _delays(served: Engine, page: Page, path: str, times: int, make: Any) -> dict[str, float]:
    page.goto(page.url.partition("/?")[0].rstrip("/").rsplit("/logs")[0] + path)
    page.get_by_text("Live", exact=True).wait_for()
    page.evaluate(WATCH)
    delays = []
    for _ in range(times):
        name = make(served)
        until = time.monotonic() + LIMIT_S
        seen = None
        while seen is None and time.monotonic() < until:
            seen = page.evaluate("(name) => window.__seen[name] ?? null", name)
            time.sleep(0.01)
        if seen is not None:
            delays.append(seen - _happened_at(served, name))
        time.sleep(EVERY_S)
    return _shares(delays) | {"missed": float(times - len(delays))}


def _shares(values: list[float]) -> dict[str, float]:
    return {"p50_ms": share_of(values, 0.5), "p95_ms": share_of(values, 0.95)}


def _line(served: Engine) -> str:
    mark = f"mark-{time.time_ns()}"
    served.api.post("/v1/trigger", {"target": "speak", "payload": {"text": mark}})
    return mark


def _run(served: Engine) -> str:
    return served.api.post("/v1/trigger", {"target": "count-stock", "payload": {}})["runId"]


def _happened_at(served: Engine, name: str) -> float:
    """Asked when it was seen: asking has the engine write out what it holds."""
    if name.startswith("mark-"):
        return _ms(served.api.get(f"/v1/logs?{urlencode({'step': 'speak', 'text': name})}")["logs"][0]["at"])
    return _ms(served.api.get(f"/v1/runs/{name}")["finished_at"])


def _ms(instant: str) -> float:
    whole, _, rest = instant.rstrip("Z").partition(".")
    return (time.mktime(time.strptime(whole, "%Y-%m-%dT%H:%M:%S")) - time.timezone) * 1_000 + float(rest or 0)


def _visit(browser: Any, served: Engine) -> dict[str, float]:
    """A first visit with an empty cache."""
    page = browser.new_context(viewport={"width": 1280, "height": 800}).new_page()
    answers: list[Any] = []
    page.on("response", lambda answer: answers.append(answer))
    page.goto(served.workbench())
    page.get_by_role("heading", level=1).wait_for()
    paint_ms = page.evaluate(PAINT)
    page.wait_for_timeout(1_500)
    files = [one for one in answers if "/v1/" not in one.url and one.status == 200]
    sizes = [one.request.sizes() for one in files]
    size = sum(one["responseBodySize"] + one["responseHeadersSize"] for one in sizes)
    page.context.close()
    return {"paint_ms": float(paint_ms), "kilobytes": size / 1_000, "requests": float(len(files))}
