"""`make demo` as its user sees it: the shop starts, one order goes through four languages, it ends by itself."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import pytest
from tools.demo import ROOT, SHOP

LIMIT_S = 90.0
STUBBORN = """
import signal, sys
told = []
def asked(*_):
    told.append(1)
    print(len(told), flush=True)
    if len(told) == 2:
        sys.exit(7)
signal.signal(signal.SIGINT, asked)
signal.alarm(60)
print("ready", flush=True)
while True:
    signal.pause()
"""
ENDS = """
import subprocess, sys
from tools.demo import end
engine = subprocess.Popen([sys.executable, "-c", sys.argv[1]], start_new_session=True)
sys.stdin.readline()
sys.exit(end(engine))
"""


@pytest.fixture
def shop(tmp_path: Path, needs) -> Path:
    """A copy of the shop with its packages, so that one that runs is not in the way."""
    needs("node", "npm")
    if not (SHOP / "node_modules" / "zod").is_dir():
        pytest.skip("the shop's packages are not installed (make setup)")
    copy = tmp_path / "shop"
    shutil.copytree(SHOP, copy, symlinks=True, ignore=shutil.ignore_patterns(".motia", "node_modules"))
    shutil.copytree(SHOP / "node_modules" / "zod", copy / "node_modules" / "zod")
    return copy


def demo(shop: Path, **environ: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "tools.demo", "--project", str(shop), "--port", "0", "--once"],
        cwd=ROOT,
        env={**os.environ, "SHOP_FAILURE_RATE": "0", "COLUMNS": "100", **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
    return done.stdout


def test_one_order_is_seen_going_through_four_languages(shop: Path, needs):
    needs("ruby")

    told = demo(shop)

    assert "One order, four languages, one trace" in told
    seen = {tuple(line.split()[-5:-2]) for line in told.splitlines() if line.endswith(" ms")}
    assert seen == {
        ("reserve-stock", "Python", "completed"),
        ("charge-card", "TypeScript", "completed"),
        ("ship-order", "Python", "completed"),
        ("count-sale", "JavaScript", "completed"),
        ("notify-customer", "Ruby", "completed"),
        ("analyze-behavior", "Python", "completed"),
    }


def test_without_ruby_it_says_so_and_goes_on(shop: Path):
    before = (shop / "motia-env.d.ts").read_text()

    told = demo(shop, MOTIA_RUBY="/nonexistent/ruby")

    assert "One order, three languages, one trace" in told
    assert "! Ruby steps do not run: MOTIA_RUBY is /nonexistent/ruby" in told
    assert "count-sale" in told
    assert (shop / "motia-env.d.ts").read_text() == before


def test_a_second_ctrl_c_is_passed_on_and_told_without_a_traceback():
    ending = subprocess.Popen(
        [sys.executable, "-c", ENDS, STUBBORN],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    try:
        assert ending.stdin is not None
        assert ending.stdout is not None
        assert ending.stdout.readline() == "ready\n"
        ending.stdin.write("go\n")
        ending.stdin.flush()
        assert ending.stdout.readline() == "1\n"
        ending.send_signal(signal.SIGINT)
        told, complaint = ending.communicate(timeout=LIMIT_S)
    finally:
        ending.kill()

    assert (ending.returncode, told, complaint) == (7, "2\n", "")
