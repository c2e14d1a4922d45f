"""SIGKILL of the engine while workflows are under way: each member runs, and none is triggered twice."""

from __future__ import annotations

import time
from collections import Counter
from pathlib import Path

import pytest

from .harness import KILLS, EngineUnderTest, Load, chance, wait_until

STEPS = """
from motia import api, event, trigger


@api(id="put", method="POST", path="/put/:n")
async def put(n: int):
    return await trigger("place", {"n": n})


@event(id="place", retries=10, backoff={"initial": 0.05, "cap": 0.2})
async def place(payload):
    await trigger("charge", payload)
    return payload


for name in ("reserve", "charge", "label"):
    event(id=name, retries=10, backoff={"initial": 0.05, "cap": 0.2})(lambda payload: payload)
"""
ORDER = """
id: order
start: place
steps:
  reserve: {}
  charge: { after: [reserve] }
  label: { after: [reserve, charge], with: { carrier: dhl } }
"""


@pytest.fixture
def engine(tmp_path: Path):
    engine = EngineUnderTest(tmp_path)
    (engine.root / "motia" / "steps" / "work.py").write_text(STEPS)
    (engine.root / "motia" / "workflows").mkdir()
    (engine.root / "motia" / "workflows" / "order.yaml").write_text(ORDER)
    yield engine
    engine.close()


def test_killing_the_engine_neither_loses_nor_repeats_a_member(engine: EngineUnderTest):
    random = chance()
    with Load(engine, threads=2) as load:
        for _ in range(KILLS):
            engine.start()
            time.sleep(random.uniform(0.1, 0.6))
            engine.kill()
    engine.start()

    def is_quiet() -> bool:
        counts = engine.control("GET", "/v1/workflows")["workflows"][0]["counts"]
        return engine.open_runs() == 0 and counts["running"] == 0

    wait_until(is_quiet, "every instance is over")
    counts = engine.control("GET", "/v1/workflows")["workflows"][0]["counts"]
    runs = {
        step: Counter(run["trace"] for run in engine.runs(step))
        for step in ("place", "reserve", "charge", "label")
    }
    assert load.acknowledged
    assert counts["completed"] == sum(counts.values()) == len(runs["place"])
    for step, of_trace in runs.items():
        assert set(of_trace) == set(runs["place"]), step
        assert max(of_trace.values()) == 1, step
    assert engine.stop() == 0
