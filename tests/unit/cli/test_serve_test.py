"""`motia serve-test`."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

from click.testing import CliRunner

from motia.cli.main import cli

STEP = """
from motia import event

print("to standard output at load")

@event(id="double", schema={"number": int})
async def double(number: int):
    print("doubling")
    return number * 2
"""


def serve(root: Path, orders: str, *options: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "motia", "serve-test", "--project", str(root), *options],
        input=orders,
        capture_output=True,
        text=True,
        timeout=50,
        check=False,
        env={**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)},
    )


def test_an_engine_of_its_own_process_answers_and_ends_with_its_input(empty_project: Path):
    (empty_project / "motia" / "steps" / "double.py").write_text(STEP)
    orders = (
        '{"id":1,"op":"trigger","args":{"target":"double","payload":{"number":21}}}\n'
        '{"id":2,"op":"wait_idle"}\n{"id":3,"op":"runs"}\n{"id":4,"op":"now"}\n'
    )

    done = serve(empty_project, orders, "--start", "2030-05-06T07:08:09+00:00")

    told = [json.loads(line) for line in done.stdout.splitlines()]
    answers = {line["id"]: line["value"] for line in told if "id" in line}
    assert done.returncode == 0
    assert list(told[0]) == ["ready"] or "log" in told[0]
    assert answers[3][0]["result"] == 42
    assert answers[4] == "2030-05-06T07:08:09+00:00"
    assert not (empty_project / ".motia" / "motia.db").exists()


def test_a_project_that_does_not_load_is_an_error(empty_project: Path):
    (empty_project / "motia" / "steps" / "broken.py").write_text("def broken(:\n")

    done = serve(empty_project, "")

    failed = [line["failed"] for line in map(json.loads, done.stdout.splitlines()) if "failed" in line]
    assert done.returncode == 1
    assert "motia/steps/broken.py:1" in failed[0]["message"]


def test_it_is_in_no_list():
    assert "serve-test" not in CliRunner().invoke(cli, ["--help"]).output
