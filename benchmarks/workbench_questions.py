"""What the screens ask of the API, and what else anybody may: every GET route with its filters and orders.

`questions` walks the API's routes: one that is neither asked here nor named in `NOT_LISTS` is an error,
so that no new list goes unmeasured.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import quote, urlencode

import msgspec

from benchmarks.stored import API_STEP, CHAIN, NEEDLE, Stored
from motia.workbench.app import ENDPOINTS

NOT_LISTS = {
    "/v1/feed": "a stream: measured by `burst`",
    "/v1/doctor": "starts programs to ask their versions; nothing stored is read",
    "/v1/openapi.json": "the same whatever is stored",
}
MISSING = "0" * 32
HOUR_MS = 3_600_000

Query = dict[str, Any]


class Question(msgspec.Struct, frozen=True):
    """One request: what it is called, and its path with its query."""

    name: str
    path: str
    is_paged: bool = False
    """Whether its second and a deep page are asked as well."""


def questions(stored: Stored) -> list[Question]:
    """Every question, in the order of the routes.

    Raises:
        LookupError: A GET route has no question.
    """
    asked = _asked(stored)
    found: list[Question] = []
    for endpoint in ENDPOINTS:
        if endpoint.method != "GET" or endpoint.path in NOT_LISTS:
            continue
        if endpoint.path not in asked:
            raise LookupError(f"GET {endpoint.path} is not measured: add its questions to {__name__}")
        is_paged = endpoint.query is not None and "cursor" in endpoint.query.__struct_fields__
        found += _of_route(endpoint.path, asked[endpoint.path], stored, is_paged=is_paged)
    return found


def _of_route(path: str, queries: list[Query], stored: Stored, *, is_paged: bool) -> Iterator[Question]:
    names = {"run": stored.dead_run, "trace": stored.trace, "fingerprint": stored.fingerprint}
    names |= {"group": stored.state_group, "key": "key-050000", "step": CHAIN[0], "instance": stored.instance}
    filled = path
    for name, value in names.items():
        filled = filled.replace("{" + name + "}", quote(value, safe=""))
    for query in queries:
        words = " ".join(f"{name}={_short(value)}" for name, value in query.items())
        address = filled + (f"?{urlencode(query, doseq=True)}" if query else "")
        yield Question(f"{path} {words}".strip(), address, is_paged)


def _short(value: Any) -> str:
    text = "+".join(value) if isinstance(value, list) else str(value)
    return f"{text[:12]}…" if len(text) > 14 else text


def _asked(stored: Stored) -> dict[str, list[Query]]:
    step, runs = CHAIN[1], _of_runs(stored)
    whole = [{}]
    return {
        "/v1/status": whole,
        "/v1/workers": whole,
        "/v1/config": whole,
        "/v1/openapi": whole,
        "/v1/session": whole,
        "/v1/audit": [{}, {"limit": 200}, {"limit": 1_000}],
        "/v1/steps": whole,
        "/v1/steps/{step}": whole,
        "/v1/steps/{step}/source": whole,
        "/v1/topics": whole,
        "/v1/faults": whole,
        "/v1/cron": whole,
        "/v1/graph": whole,
        "/v1/dead": [{}, {"limit": 100}, {"step": step}, {"text": "refused"}, {"text": NEEDLE}],
        "/v1/queues": whole,
        "/v1/runs": runs,
        "/v1/runs/counts": [query for query in runs if "state" not in query and "limit" not in query],
        "/v1/runs/{run}": whole,
        "/v1/logs": _of_logs(stored),
        "/v1/traces": _of_traces(stored),
        "/v1/traces/{trace}": whole,
        "/v1/errors": [{}, {"limit": 200}, {"step": step}, {"resolved": "false"}, {"resolved": "true"}],
        "/v1/errors/{fingerprint}": whole,
        "/v1/metrics": [
            *({"window_s": minutes * 60} for minutes in (15, 60, 360, 1_440, 10_080)),
            {"window_s": 86_400, "part_s": 960},
            {"window_s": 86_400, "step": step},
            {"window_s": 604_800, "step": step},
        ],
        "/v1/state": [{}, {"limit": 50}],
        "/v1/state/{group}": [{}, {"limit": 200}, {"limit": 1_000}],
        "/v1/state/{group}/{key}": whole,
        "/v1/workflows": whole,
        "/v1/instances": _of_instances(stored),
        "/v1/instances/{instance}": whole,
    }


def _of_runs(stored: Stored) -> list[Query]:
    middle, step = stored.middle_at, CHAIN[1]
    between: Query = {"since": middle - HOUR_MS, "until": middle}
    return [
        {},
        {"limit": 1_000},
        {"step": step},
        {"step": "nightly-report"},
        *({"state": state} for state in ("completed", "dead", "cancelled", "skipped", "parked", "scheduled")),
        {"state": "running"},
        {"state": ["dead", "completed"]},
        {"state": ["ready", "running", "retrying", "blocked", "scheduled", "parked"]},
        {"step": step, "state": "dead"},
        {"step": step, "state": "completed"},
        {"step": "no-such-step"},
        *({"kind": kind} for kind in ("event", "cron", "manual", "replay", "error")),
        {"kind": "cron", "step": step},
        {"kind": "event", "state": "dead"},
        {"trace": stored.trace},
        {"trace": MISSING},
        {"trace": stored.trace, "state": "dead"},
        between,
        {"since": middle},
        {"until": middle},
        {**between, "step": step},
        {**between, "state": "dead"},
        {**between, "state": "skipped"},
        {"text": "order-1"},
        {"text": NEEDLE},
        {"text": "is in none of them"},
        {"text": "card was refused"},
        {"text": NEEDLE, "state": "dead"},
        {"text": NEEDLE, "step": step},
        {"text": NEEDLE, "kind": "cron"},
        {"fingerprint": stored.fingerprint},
        {**between, "text": NEEDLE},
    ]


def _of_instances(stored: Stored) -> list[Query]:
    states = ("running", "completed", "failed", "cancelled", "timed_out")
    return [
        {},
        {"limit": 1_000},
        *({"workflow": workflow} for workflow in ("order", "return", "retired", "stock", "no-such-workflow")),
        *({"state": state} for state in states),
        *({"workflow": "order", "state": state} for state in states),
        {"workflow": "return", "state": "failed"},
        {"trace": stored.instance_trace},
        {"trace": MISSING},
        {"trace": stored.instance_trace, "state": "completed"},
        {"trace": stored.instance_trace, "workflow": "order", "state": "failed"},
    ]


def _of_logs(stored: Stored) -> list[Query]:
    middle, step = stored.middle_at, CHAIN[1]
    between: Query = {"since": middle - HOUR_MS, "until": middle}
    return [
        {},
        {"limit": 500},
        {"limit": 1_000},
        {"step": step},
        {"step": "no-such-step"},
        {"trace": stored.trace},
        {"run": stored.run},
        {"run": MISSING[:16]},
        *({"level": level} for level in ("debug", "warn", "error")),
        {"level": "error", "step": step},
        {"source": "step"},
        {"source": "engine"},
        {"text": "order-1"},
        {"text": NEEDLE},
        {"text": NEEDLE, "step": step},
        {"text": NEEDLE, "level": "error"},
        between,
        {"since": middle},
        {"until": middle},
        {"until": middle, "step": step},
        {"until": middle - 40 * HOUR_MS // 2},
        {"since": middle, "text": NEEDLE},
    ]


def _of_traces(stored: Stored) -> list[Query]:
    middle, step = stored.middle_at, CHAIN[1]
    between: Query = {"since": middle - HOUR_MS, "until": middle}
    return [
        {},
        {"limit": 100},
        {"limit": 1_000},
        {"step": API_STEP},
        {"step": "nightly-report"},
        {"step": step},
        {"failed": "true"},
        {"failed": "false"},
        {"failed": "true", "step": API_STEP},
        {"slower_than_ms": 100},
        {"slower_than_ms": 1_000},
        {"slower_than_ms": 30_000},
        {"text": "orders"},
        {"text": NEEDLE},
        {"text": NEEDLE, "failed": "true"},
        {"text": "card was refused"},
        {"text": "is in none of them", "failed": "true"},
        between,
        {"since": middle},
        {"until": middle},
        {"until": middle, "failed": "true"},
        {"until": middle, "slower_than_ms": 30_000},
    ]
