from __future__ import annotations

import pytest

from motia.model import Source, StepId, StepKind, StepSpec
from motia.model.step import timeout_ms_of


def step(kind: StepKind, timeout_ms: int | None = None) -> StepSpec:
    source = Source(file="a.py")
    return StepSpec(id=StepId("a"), kind=kind, language="python", source=source, timeout_ms=timeout_ms)


@pytest.mark.parametrize(
    ("kind", "most_ms"), [(StepKind.API, 30_000), (StepKind.EVENT, 300_000), (StepKind.CRON, 900_000)]
)
def test_each_kind_has_a_time_of_its_own(kind: StepKind, most_ms: int):
    assert timeout_ms_of(step(kind)) == most_ms


def test_a_steps_own_time_goes_before_that_of_its_kind():
    assert timeout_ms_of(step(StepKind.API, timeout_ms=5)) == 5
