"""A repository in a temporary folder."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tools.tidy import Repository

ARCHITECTURE = """
| room | owns | may import |
|---|---|---|
| `model/` | nouns | |
| `runtime/` | clock | |
| `ledger/` | SQL | model, runtime |
| `dispatch/` | who runs when | ledger and below |
| `engine.py` | root | all of the above |
| `cli/` | commands | engine and below |
"""

MakeRepository = Callable[[dict[str, str]], Repository]


@pytest.fixture
def repository_of(tmp_path: Path) -> MakeRepository:
    def make(files: dict[str, str]) -> Repository:
        for name, text in {"ARCHITECTURE.md": ARCHITECTURE, **files}.items():
            path = tmp_path / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
        return Repository(tmp_path)

    return make
