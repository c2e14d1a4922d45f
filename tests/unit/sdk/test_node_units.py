"""The Node SDK's own unit tests, as one test here."""

from __future__ import annotations

import os
import subprocess

import pytest

from motia.project import find_npm, sdk_dir

LIMIT_S = 300.0


@pytest.mark.slow
@pytest.mark.timeout(LIMIT_S + 10)
def test_the_units_of_the_node_sdk(needs):
    needs("node", "npm")

    done = subprocess.run(
        [*find_npm(os.environ), "test"],
        cwd=sdk_dir("node"),
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )

    assert done.returncode == 0, done.stdout[-20_000:] + done.stderr[-5_000:]
