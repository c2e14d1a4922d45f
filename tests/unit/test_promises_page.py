"""Every test that the page of promises names is there, and every topic has one."""

from __future__ import annotations

import ast
import re
from functools import cache
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = [
    line
    for line in (ROOT / "docs" / "explanation" / "promises.md").read_text().splitlines()
    if line.startswith("| ") and not line.startswith("| topic")
]
NAMED = sorted({name for row in ROWS for name in re.findall(r"`(tests/[^`:]+::test_\w+)`", row)})


@cache
def names_in(file: str) -> frozenset[str]:
    """Names of the test functions of a file."""
    tree = ast.parse((ROOT / file).read_text())
    return frozenset(
        node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef)
    )


def test_every_row_names_a_test():
    assert len(ROWS) > 40
    assert [row for row in ROWS if "::test_" not in row] == []


@pytest.mark.parametrize("named", NAMED)
def test_a_named_test_exists(named: str):
    file, _, name = named.partition("::")

    assert name in names_in(file)
