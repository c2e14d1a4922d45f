"""Each example's own tests pass, run the way its users run them."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"


@pytest.mark.parametrize("example", sorted(p.name for p in EXAMPLES.iterdir() if (p / "motia").is_dir()))
def test_an_example_passes_its_own_tests(example: str, needs):
    needs("node", "ruby", "npm")
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
    done = subprocess.run(command, cwd=EXAMPLES / example, capture_output=True, text=True, timeout=100)

    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    assert "skipped" not in done.stdout, done.stdout


def test_the_types_of_the_shop_are_those_of_its_steps(needs):
    needs("node", "ruby", "npm")
    shop = EXAMPLES / "shop"

    checked = subprocess.run(
        [sys.executable, "-m", "motia", "types", "--check", "--project", str(shop)],
        capture_output=True,
        text=True,
        timeout=60,
    )
    typed = subprocess.run(
        ["node", "node_modules/typescript/bin/tsc", "--noEmit"],
        cwd=shop,
        capture_output=True,
        text=True,
        timeout=60,
    )

    assert checked.returncode == 0, checked.stderr
    assert (typed.returncode, typed.stdout) == (0, "")
