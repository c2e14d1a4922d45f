"""The wheel: it holds the SDKs, and `motia` of an installation finds them."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import sysconfig
import venv
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[3]
LIMIT_S = 240.0
JAVASCRIPT = """
import { event } from '@motia/core';
export default event({ id: 'js' }, async () => 1);
"""
RUBY = """
require "motia"
event(id: "rb") { 1 }
"""

pytestmark = [pytest.mark.slow, pytest.mark.timeout(LIMIT_S)]


def run(*command: str, cwd: Path, check: bool = True) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if name not in ("PYTHONPATH", "PYTHONHOME")}
    done = subprocess.run(
        command, cwd=cwd, env=kept, stdin=subprocess.DEVNULL, capture_output=True, text=True, timeout=LIMIT_S
    )
    assert not check or done.returncode == 0, (
        f"{command} ended with {done.returncode}: {done.stdout}{done.stderr}"
    )
    return done


@pytest.fixture(scope="module")
def wheel(tmp_path_factory, needs) -> Path:
    """Built from this checkout; the Node SDK is built already, by `make setup`."""
    needs("node", "ruby")
    out = tmp_path_factory.mktemp("wheel")
    pip = (sys.executable, "-m", "pip", "--disable-pip-version-check", "wheel", "--quiet")
    run(*pip, "--no-deps", "--no-build-isolation", "--wheel-dir", str(out), str(ROOT), cwd=out)
    (found,) = out.glob("*.whl")
    return found


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    """A fresh environment with the wheel alone; its dependencies are those of the tests."""
    home = tmp_path_factory.mktemp("fresh")
    venv.create(home, symlinks=True)
    site = Path(sysconfig.get_path("purelib", vars={"base": str(home)}))
    # A path that a .pth names is searched, but its own .pth files are not followed: no editable motia.
    (site / "dependencies.pth").write_text(sysconfig.get_path("purelib") + "\n")
    pip = (
        sys.executable,
        "-m",
        "pip",
        "--disable-pip-version-check",
        "--python",
        str(home / "bin" / "python"),
    )
    run(*pip, "install", "--quiet", "--no-index", "--no-deps", "--ignore-installed", str(wheel), cwd=home)
    return home


def test_the_wheel_holds_what_workers_and_authors_need_and_no_more(wheel):
    names = set(zipfile.ZipFile(wheel).namelist())

    assert {
        "motia/sdk/node/package.json",
        "motia/sdk/node/dist/worker.mjs",
        "motia/sdk/node/dist/index.mjs",
        "motia/sdk/ruby/lib/motia.rb",
        "motia/sdk/ruby/lib/motia/worker/main.rb",
        "motia/workbench/static/index.html",
        "motia/workbench/static/icon.svg",
    } <= names
    assert [name for name in names if name.startswith("motia/workbench/static/assets/index-")]
    assert not [name for name in names if name.endswith((".tsx", ".map")) and "/static/" in name]
    inside = [name.split("/") for name in names if name.startswith("motia/sdk/")]
    assert not [parts for parts in inside if {"node_modules", "src", "test", "tests"} & set(parts)]


def test_an_installation_finds_its_sdks(installed, tmp_path):
    motia = str(installed / "bin" / "motia")

    findings = json.loads(run(motia, "doctor", "--json", cwd=tmp_path).stdout)

    sdks = {finding["check"]: finding for finding in findings if finding["check"].endswith(" sdk")}
    assert {finding["status"] for finding in sdks.values()} == {"ok"}
    assert all(str(installed) in finding["found"] for finding in sdks.values()), sdks


def test_an_installation_runs_steps_of_every_language(installed, tmp_path):
    steps = tmp_path / "motia" / "steps"
    steps.mkdir(parents=True)
    (steps / "a.js").write_text(JAVASCRIPT)
    (steps / "b.rb").write_text(RUBY)
    (steps / "c.py").write_text('from motia import event\n\n@event(id="py")\ndef py(): ...\n')

    done = run(str(installed / "bin" / "motia"), "check", "--json", cwd=tmp_path, check=False)

    assert json.loads(done.stdout) == {"ok": True, "steps": 3, "faults": []}, done.stderr
