"""The index that a list of instances takes; the plans are in `test_plans`."""

from __future__ import annotations

import pytest

from motia.ledger.sqlite.instance_reads import index_for


@pytest.mark.parametrize(
    ("where", "index"),
    [
        (("w", "failed", "t"), "INDEXED BY instances_by_trace"),
        (("w", "failed", None), "INDEXED BY instances_by_workflow_state"),
        (("w", None, None), "INDEXED BY instances_by_workflow"),
        ((None, "failed", None), "INDEXED BY instances_by_state"),
        ((None, None, None), "NOT INDEXED"),
    ],
)
def test_the_narrowest_index_is_taken(where: tuple[str | None, str | None, str | None], index: str) -> None:
    assert index_for(*where) == index
