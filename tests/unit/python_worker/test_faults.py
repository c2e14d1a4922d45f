from __future__ import annotations

from pathlib import Path

import pytest

from motia.model import LoadFault
from motia.python_worker.faults import fault_of


@pytest.fixture
def fault(tmp_path: Path):
    """The fault of a step file with this code."""

    def load(code: str) -> LoadFault:
        file = tmp_path / "motia" / "steps" / "a.py"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)
        try:
            exec(compile(code, str(file), "exec"), {})
        except BaseException as error:
            return fault_of(error, file=str(file), root=str(tmp_path))
        raise AssertionError("it loads")

    return load


def test_a_syntax_error_has_its_line_and_text(fault):
    found = fault("a = 1\nb = = 2\n")

    assert (found.code, found.file, found.line) == ("syntax-error", "motia/steps/a.py", 2)
    assert found.hint == "look at: b = = 2"


@pytest.mark.parametrize(
    ("name", "hint"),
    [
        ("no_such_package", "pip install no_such_package, and add it to requirements.txt"),
        ("steps.other", "look whether the file is there"),
    ],
)
def test_a_missing_module_is_told_with_what_gets_it(fault, name: str, hint: str):
    found = fault(f"\nimport {name}\n")

    assert (found.code, found.line) == ("import-error", 2)
    assert found.hint.startswith(hint)


def test_a_package_of_another_name_is_told_by_the_name_to_install(tmp_path: Path):
    error = ModuleNotFoundError("No module named 'yaml'", name="yaml")

    found = fault_of(error, file=str(tmp_path / "a.py"), root=str(tmp_path))

    assert found.hint.startswith("pip install pyyaml")


def test_a_file_that_ends_the_process_is_a_fault(fault):
    found = fault("raise SystemExit(3)\n")

    assert (found.code, found.line) == ("load-error", 1)
    assert "sys.exit(3)" in found.message


def test_any_other_error_has_its_name_its_line_and_its_stack(fault):
    found = fault("def f():\n    raise ValueError('no')\nf()\n")

    assert (found.code, found.line, found.message) == ("load-error", 2, "ValueError: no")
    assert 'File "motia/steps/a.py", line 3' in found.stack


def test_a_file_that_cannot_be_read_says_why(tmp_path: Path):
    found = fault_of(
        PermissionError(13, "Permission denied"), file=str(tmp_path / "a.py"), root=str(tmp_path)
    )

    assert (found.code, found.message) == ("unreadable", "the file cannot be read: Permission denied")
