from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest

from motia.python_worker.stacks import author_stack, cut, frame_stack, is_authored, place_in


@pytest.fixture
def authored(tmp_path: Path):
    """Runs code as a file of the project, and gives what it defines."""

    def run(code: str, name: str = "steps/a.py") -> dict[str, Any]:
        file = tmp_path / name
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(code)
        names: dict[str, Any] = {"sys": sys}
        exec(compile(code, str(file), "exec"), names)
        return names

    return run


def raised(function: Any) -> BaseException:
    try:
        function()
    except Exception as error:
        return error
    raise AssertionError("it raised nothing")


def test_only_the_projects_frames_are_shown_innermost_last(authored, tmp_path: Path):
    inner = authored("def fail():\n    raise ValueError('no')\n", "lib/b.py")["fail"]
    outer = authored("def handler(fail):\n    return fail()\n")["handler"]

    stack = author_stack(raised(lambda: outer(inner)), str(tmp_path))

    assert stack == (
        '  File "steps/a.py", line 2, in handler\n    return fail()\n'
        "  File \"lib/b.py\", line 2, in fail\n    raise ValueError('no')\n"
        "ValueError: no"
    )


def test_causes_are_shown_unless_they_are_suppressed(authored, tmp_path: Path):
    code = "def f():\n    try:\n        1 / 0\n    except ArithmeticError as e:\n        raise KeyError('k') from {}\n"

    shown = author_stack(raised(authored(code.format("e"))["f"]), str(tmp_path))
    hidden = author_stack(raised(authored(code.format("None"))["f"]), str(tmp_path))

    assert "caused by:" in shown
    assert "ZeroDivisionError" in shown
    assert "ZeroDivisionError" not in hidden


def test_an_error_whose_text_raises_is_shown_all_the_same(authored, tmp_path: Path):
    code = "class Bad(Exception):\n    def __str__(self):\n        raise OSError\ndef f():\n    raise Bad\n"

    assert author_stack(raised(authored(code)["f"]), str(tmp_path)).endswith("Bad: (its text cannot be read)")


def test_a_deep_stack_loses_its_middle(authored, tmp_path: Path):
    code = "def f(n):\n    if n == 0:\n        raise ValueError('deep')\n    f(n - 1)\n"

    stack = author_stack(raised(lambda: authored(code)["f"](200)), str(tmp_path))

    assert "151 frames" in stack
    assert stack.count("File ") == 51


def test_the_stack_of_a_running_function_is_read_from_outside(authored, tmp_path: Path):
    code = "def f(read):\n    return read(sys._getframe())\n"

    assert authored(code)["f"](lambda frame: frame_stack(frame, str(tmp_path))).startswith(
        '  File "steps/a.py", line 2, in f\n'
    )


def test_the_innermost_line_of_a_file_is_its_place(authored, tmp_path: Path):
    error = raised(authored("def g():\n    raise ValueError\ndef f():\n    g()\n")["f"])

    assert place_in(error.__traceback__, str(tmp_path / "steps" / "a.py")) == 2
    assert place_in(error.__traceback__, "elsewhere.py") == 0


def test_what_is_installed_in_the_project_is_not_the_authors():
    assert is_authored("/app/motia/steps/a.py", "/app")
    assert not is_authored("/app/.venv/lib/x.py", "/app")
    assert not is_authored("/application/a.py", "/app")


def test_a_long_text_is_cut_at_a_character_with_a_mark():
    assert cut("short", 20) == "short"
    assert cut("ü" * 10, 7) == "üüü… (13 bytes cut)"
