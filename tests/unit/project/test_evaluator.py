from __future__ import annotations

import os
from pathlib import Path

from motia.model import LoadFault
from motia.project.evaluator import Evaluator


def evaluator(root: Path) -> Evaluator:
    return Evaluator(root, os.environ, code="things-not-read", what="things")


def note(root: Path, name: str, text: str) -> Path:
    """A file that leaves a mark each time it is evaluated."""
    (root / name).write_text(f"open('{root}/marks', 'a').write('{name} ')\n{text}")
    return root / name


def marks(root: Path) -> list[str]:
    return (root / "marks").read_text().split()


def test_a_file_is_evaluated_again_only_when_something_it_read_changed(tmp_path: Path) -> None:
    (tmp_path / "money.py").write_text("Cents = int\n")
    note(tmp_path, "order.py", "from money import Cents\nschema = {'total': Cents}\n")
    reader = evaluator(tmp_path)

    first = reader.evaluate("python", ["order.py"], [])
    assert reader.evaluate("python", ["order.py"], []) is first
    assert marks(tmp_path) == ["order.py"]

    (tmp_path / "money.py").write_text("Cents = float  # more\n")
    again = reader.evaluate("python", ["order.py"], [])
    assert again != first
    assert marks(tmp_path) == ["order.py", "order.py"]

    reader.use_environ({**os.environ, "OTHER": "1"})
    reader.evaluate("python", ["order.py"], [])
    assert len(marks(tmp_path)) == 3


def test_a_file_that_ends_the_process_costs_no_other_its_answer(tmp_path: Path) -> None:
    (tmp_path / "bad.py").write_text("import os\nos._exit(3)\n")
    (tmp_path / "good.py").write_text("schema = {'id': str}\n")
    faults: list[LoadFault] = []

    found = evaluator(tmp_path).evaluate("python", ["bad.py", "good.py"], faults)

    assert "default" in found.files["good.py"].exports
    error = found.files["bad.py"].error
    assert error is not None
    assert error.code == "things-not-read"
    assert error.message.startswith("things cannot be read: bad.py ended the process with status 3")
    assert faults == []


def test_a_missing_runtime_is_one_fault_for_all_files(tmp_path: Path) -> None:
    faults: list[LoadFault] = []
    reader = Evaluator(tmp_path, {"PATH": str(tmp_path)}, code="things-not-read", what="things")

    found = reader.evaluate("ruby", ["a.rb", "b.rb"], faults)

    assert found.files == {}
    assert [(fault.file, fault.code) for fault in faults] == [("a.rb", "things-not-read")]
