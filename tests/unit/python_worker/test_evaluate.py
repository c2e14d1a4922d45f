from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from motia.python_worker.evaluate import evaluate


@pytest.fixture(autouse=True)
def _modules_as_before(monkeypatch: pytest.MonkeyPatch):
    before, path, finders = set(sys.modules), list(sys.path), list(sys.meta_path)
    yield
    sys.path[:], sys.meta_path[:] = path, finders
    for name in set(sys.modules) - before:
        if name.partition(".")[0] in ("steps", "events", "lib"):
            del sys.modules[name]


def answer(root: Path, text: str) -> dict[str, Any]:
    file = root / "motia" / "events" / "made.py"
    file.parent.mkdir(parents=True)
    file.write_text(text)
    return evaluate(str(root), ["motia/events/made.py"])["files"]["motia/events/made.py"]


def test_schema_and_events_are_read_with_their_lines(tmp_path: Path) -> None:
    exports = answer(tmp_path, "schema = {'a': int}\n\nevents = {\n  'b': {'type': 'object'},\n}\n")[
        "exports"
    ]

    assert exports["default"]["schema"]["properties"] == {"a": {"type": "integer"}}
    assert exports["default"]["line"] == 1
    assert exports["events"]["map"] == {"b": {"schema": {"type": "object"}, "line": 4}}


def test_a_model_brings_its_documentation_along(tmp_path: Path) -> None:
    text = "from typing import TypedDict\nclass Made(TypedDict):\n    '''Something\n    was made.'''\n    id: str\n"
    text += "schema = Made\n"

    assert answer(tmp_path, text)["exports"]["default"]["schema"]["description"] == "Something was made."


def test_other_names_are_of_no_interest(tmp_path: Path) -> None:
    assert answer(tmp_path, "import json\nid = 5\n") == {"exports": {}}


def test_a_schema_that_cannot_be_read_is_a_fault_at_its_line(tmp_path: Path) -> None:
    fault = answer(tmp_path, "x = 1\nevents = {'b': {'id': 'str'}}\n")["error"]

    assert (fault.code, fault.line) == ("invalid-schema", 2)
    assert "events['b']['id'] is 'str'" in fault.message


def test_an_exit_while_it_loads_is_a_fault(tmp_path: Path) -> None:
    fault = answer(tmp_path, "import sys\nsys.exit(1)\n")["error"]

    assert (fault.code, fault.line) == ("load-error", 2)
