from __future__ import annotations

from collections.abc import Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import msgspec
import pytest

import motia.authoring.workflows as workflows
from motia.authoring import Collector, activate, collect_workflows, deactivate, workflow

STEPS: dict[str, Any] = {"charge": {"after": ["reserve"], "with": {"fee": 1}}}


@pytest.fixture(autouse=True)
def forget(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(workflows, "_declared", None)


@pytest.fixture
def collector(tmp_path: Path) -> Iterator[Collector]:
    collector = Collector(str(tmp_path))
    activate(collector)
    yield collector
    deactivate(collector)


def test_options_come_back_for_a_test_that_looks_at_them() -> None:
    assert workflow(id="order", start="place", steps=STEPS) == {
        "id": "order",
        "start": "place",
        "steps": STEPS,
    }
    assert workflow({"id": "order", "start": "x"}, start="place")["start"] == "place"  # type: ignore[missing-argument]


def test_calls_are_collected_with_their_place_as_json() -> None:
    declared = collect_workflows()

    workflow(id="order", start="place", steps=STEPS, timeout=timedelta(minutes=1))
    workflow({"id": "bad", "steps": {"x": {"with": {1, 2}}}})  # type: ignore[missing-argument]

    good, bad = declared
    assert msgspec.json.decode(good.options) == {
        "id": "order",
        "start": "place",
        "steps": STEPS,
        "timeout": 60.0,
    }
    assert (Path(good.file).name, bad.line - good.line) == ("test_workflows.py", 1)
    assert "/steps/x/with" in bad.problem


def test_a_step_file_is_told_that_nobody_reads_its_workflow(collector: Collector, tmp_path: Path) -> None:
    source = "\nworkflow(id='order', start='place', steps={})\n"

    for place in ("motia/steps/a.py", "motia/workflows/b.py"):
        exec(compile(source, tmp_path / place, "exec"), {"workflow": workflow})

    (fault,) = collector.faults
    assert (fault.code, fault.file, fault.line) == ("workflow-misplaced", "motia/steps/a.py", 2)
    assert "'order'" in fault.message
