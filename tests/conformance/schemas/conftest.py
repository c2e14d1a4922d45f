"""The Node side of these tests: a TypeScript file of this folder, bundled once, that prints JSON lines."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

HERE = Path(__file__).parent
SDK = HERE.parents[2] / "sdk" / "node"

Script = Callable[..., list[dict[str, Any]]]


@pytest.fixture(scope="session")
def script(needs: Callable[..., None], tmp_path_factory: pytest.TempPathFactory) -> Script:
    """`script("generate.ts", "1", "500")`: what the file prints, line by line."""
    needs("npm")
    node = str(shutil.which("node"))
    esbuild = SDK / "node_modules" / ".bin" / "esbuild"
    built = tmp_path_factory.mktemp("schemas")

    def run(name: str, *args: str, stdin: str = "") -> list[dict[str, Any]]:
        bundle = built / f"{Path(name).stem}.mjs"
        if not bundle.exists():
            subprocess.run(
                [
                    esbuild, str(HERE / name), "--bundle", "--platform=node", "--format=esm", f"--outfile={bundle}",
                    "--log-level=warning",
                ],
                check=True, timeout=60, env={"NODE_PATH": str(SDK / "node_modules"), "PATH": "/usr/bin:/bin"},
            )  # fmt: skip
        done = subprocess.run(
            [node, "--enable-source-maps", str(bundle), *args],
            check=False, timeout=60, cwd=SDK, capture_output=True, text=True, input=stdin,
        )  # fmt: skip
        assert done.returncode == 0, done.stderr
        return [json.loads(line) for line in done.stdout.split("\n") if line]

    return run
