"""The Python launcher."""

from __future__ import annotations

import sys

from motia.workers import PythonLauncher


def test_the_engines_own_interpreter_is_the_default() -> None:
    argv = PythonLauncher().argv()

    assert argv[0] == sys.executable
    assert argv[-2:] == ("-m", "motia.python_worker")
    assert "-P" in argv


def test_the_projects_environment_is_passed_on_with_output_not_held_back() -> None:
    launcher = PythonLauncher("/usr/bin/python3", environment={"TOKEN": "t"})

    assert launcher.argv()[0] == "/usr/bin/python3"
    assert launcher.env() == {"TOKEN": "t", "PYTHONUNBUFFERED": "1", "PYTHONUTF8": "1"}
