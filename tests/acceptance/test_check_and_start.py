"""Faults are all reported at once, and production does not start with one."""

from __future__ import annotations

import json
import signal
from pathlib import Path

import pytest

TWICE = 'from motia import api\n\n@api(id="hello", method="GET", path="/hello")\nasync def again(): ...\n'


@pytest.fixture
def demo(tmp_path: Path, run_motia) -> Path:
    run_motia("create", "demo", cwd=tmp_path)
    return tmp_path / "demo"


def break_it(demo: Path) -> None:
    (demo / "motia" / "steps" / "broken.py").write_text("def broken(:\n")
    (demo / "motia" / "steps" / "twice.py").write_text(TWICE)


def test_a_new_project_has_no_fault(demo, run_motia):
    assert "no faults" in run_motia("check", cwd=demo).stdout


def test_check_reports_every_fault_at_once_and_fails(demo, run_motia):
    break_it(demo)

    done = run_motia("check", "--json", cwd=demo, check=False)

    report = json.loads(done.stdout)
    assert done.returncode == 1
    assert {fault["file"] for fault in report["faults"]} >= {"motia/steps/broken.py", "motia/steps/twice.py"}
    assert "duplicate-id" in {fault["code"] for fault in report["faults"]}


def test_production_does_not_start_with_a_fault_and_names_all(demo, run_motia):
    break_it(demo)

    done = run_motia("start", "--host", "127.0.0.1", "--port", "0", cwd=demo, check=False)

    assert done.returncode == 1
    assert "motia/steps/broken.py" in done.stderr
    assert "motia/steps/twice.py" in done.stderr
    assert "Traceback" not in done.stderr
    assert not (demo / ".motia" / "engine.json").exists()


def test_production_serves_and_drains(demo, serve):
    served = serve(demo, "start", "--host", "127.0.0.1")
    served.wait_line("Steps")

    assert served.request("GET", "/hello?name=Ada") == (200, {"message": "Hello, Ada!"})
    served.process.send_signal(signal.SIGTERM)
    assert served.process.wait(timeout=60) == 0


def test_the_generated_tests_pass(demo, run_motia):
    done = run_motia("test", "--", "-q", "-p", "no:cacheprovider", cwd=demo, check=False)

    assert done.returncode == 0, done.stdout
