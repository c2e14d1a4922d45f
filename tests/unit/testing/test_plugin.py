"""The fixture `motia_app`, in a project of its own, by pytest as a user runs it."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

TEST = """
import sys

assert "motia.engine" not in sys.modules, "the plugin imports nothing until it is used"


async def test_it(motia_app):
    answer = await motia_app.request("POST", "/greet/ada", json={"count": 1})
    assert answer.json() == {"hello": "ada", "count": 1}

"""


def test_a_project_gets_its_engine_by_the_fixture(project: Callable[..., Path]) -> None:
    root = project()
    (root / "tests").mkdir()
    (root / "tests" / "test_it.py").write_text(TEST)
    command = [
        sys.executable,
        "-m",
        "pytest",
        "-q",
        "-p",
        "no:cacheprovider",
        "-o",
        "asyncio_mode=auto",
        "tests",
    ]

    done = subprocess.run(command, cwd=root, capture_output=True, text=True, timeout=60, check=False)

    assert done.returncode == 0, done.stdout + done.stderr
    assert "1 passed" in done.stdout
