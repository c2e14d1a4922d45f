"""What is wrong with a project or its data: every fault at once, each with its place and what to do."""

from __future__ import annotations

import json
import socket
import sqlite3
from pathlib import Path

import pytest

DECLARATIONS = {
    "unknown option": ('@event(id="x", retrys=3)\nasync def x(): ...', "retrys", "retries"),
    "impossible cron": ('@cron(id="x", schedule="0 0 31 2 *")\nasync def x(): ...', "never fires", "month"),
    "bad cron": ('@cron(id="x", schedule="99 * * * *")\nasync def x(): ...', "minute", "0 to 59"),
    "bad zone": (
        '@cron(id="x", schedule="@daily", timezone="Europe/Berln")\nasync def x(): ...',
        "Berln",
        "Europe/Berlin",
    ),
    "no schema": ('@event(id="x", schema={"a": 5})\nasync def x(a): ...', "schema['a'] is 5", "type"),
    "bad JSON Schema": (
        '@event(id="x", schema={"type": "object", "properties": {"a": {"type": "strin"}}})\nasync def x(a): ...',
        "/properties/a/type",
        "JSON Schema",
    ),
    "signature": ('@event(id="x", schema={"a": str})\nasync def x(a, b): ...', "b", "schema"),
    "not a function": ('@event(id="x")\nclass X: ...', "stands on", "function"),
    "duplicate id": ('@event(id="x")\nasync def x(): ...\n@event(id="x")\nasync def y(): ...', "'x'", "id"),
    "duplicate route": (
        '@api(id="x", path="/x/:a")\nasync def x(a): ...\n@api(id="y", path="/x/:b")\nasync def y(b): ...',
        "GET /x",
        "path",
    ),
    "syntax error": ("def broken(:", "syntax", "look at: def broken(:"),
    "missing module": ("import nothere", "nothere", "pip install nothere"),
    "error at load": ("raise RuntimeError('no such luck')", "no such luck", "loaded"),
    "exit at load": ("raise SystemExit(3)", "sys.exit(3)", "__main__"),
}
HEAD = "from motia import api, cron, event\n"


@pytest.fixture(scope="module")
def faults(tmp_path_factory, request) -> dict[str, list[dict]]:
    """The faults of a project with everything wrong at once, by file."""
    from .conftest import motia

    root = tmp_path_factory.mktemp("wrong")
    steps = root / "motia" / "steps"
    steps.mkdir(parents=True)
    for name, (code, _, _) in DECLARATIONS.items():
        slug = name.replace(" ", "-")
        (steps / f"{name.replace(' ', '_')}.py").write_text(
            HEAD + code.replace('"x"', f'"{slug}"').replace("/x/", f"/{slug}/")
        )
    (steps / "fine.py").write_text(HEAD + '@event(id="fine")\nasync def fine(): ...\n')
    done = motia("check", "--json", cwd=root, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    found: dict[str, list[dict]] = {}
    for fault in json.loads(done.stdout)["faults"]:
        found.setdefault(fault["file"], []).append(fault)
    return found


@pytest.mark.parametrize("name", DECLARATIONS)
def test_a_fault_names_its_place_and_what_to_do_beside_all_others(faults, name):
    _, says, hint = DECLARATIONS[name]

    found = faults[f"motia/steps/{name.replace(' ', '_')}.py"]

    text = json.dumps(found, ensure_ascii=False)
    assert (says if name not in ("duplicate id", "duplicate route") else name.split()[1]) in text
    assert any(hint in fault["hint"] for fault in found)
    assert all(fault["line"] for fault in found)
    assert all(fault["severity"] == "error" for fault in found)


def test_what_is_right_has_no_fault(faults):
    assert "motia/steps/fine.py" not in faults


def test_the_steps_that_load_work_beside_those_that_do_not(tmp_path, serve):
    steps = tmp_path / "motia" / "steps"
    steps.mkdir(parents=True)
    (steps / "broken.py").write_text("def broken(:\n")
    (steps / "fine.py").write_text(HEAD + '@api(id="fine", path="/fine")\nasync def fine(): return 1\n')

    served = serve(tmp_path, "dev")

    served.wait_line("Steps")
    served.wait_line("motia/steps/broken.py:1")
    assert served.request("GET", "/fine") == (200, 1)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    (tmp_path / ".motia").mkdir()
    return tmp_path


def refused(run_motia, project: Path, *arguments: str) -> dict[str, str]:
    """Why an engine did not start."""
    done = run_motia("start", "--host", "127.0.0.1", *arguments, cwd=project, check=False)
    assert done.returncode == 1
    assert "Traceback" not in done.stderr
    message, _, hint = done.stderr.strip().partition("\nhint: ")
    assert not (project / ".motia" / "engine.json").exists()
    return {"message": message, "hint": hint}


def test_a_corrupt_database_is_named_and_left_alone(project, run_motia):
    (project / ".motia" / "motia.db").write_text("this is no database, however long it may be " * 100)
    before = (project / ".motia" / "motia.db").read_bytes()

    why = refused(run_motia, project, "--port", "0")

    assert str(project / ".motia" / "motia.db") in why["message"]
    assert "restore a backup" in why["hint"]
    assert (project / ".motia" / "motia.db").read_bytes() == before


def test_a_database_of_a_newer_engine_is_named_and_left_alone(project, run_motia):
    with sqlite3.connect(project / ".motia" / "motia.db") as database:
        database.execute("pragma user_version = 999")
        database.execute("create table theirs (a)")
    database.close()

    why = refused(run_motia, project, "--port", "0")

    assert "999" in why["message"]
    assert str(project / ".motia" / "motia.db") in why["message"]
    assert "newer engine" in why["hint"]
    database = sqlite3.connect(project / ".motia" / "motia.db")
    assert database.execute("pragma user_version").fetchone() == (999,)
    database.close()


def test_a_taken_port_is_named_with_what_to_do(project, run_motia):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]

        why = refused(run_motia, project, "--port", str(port))

    assert str(port) in why["message"]
    assert "--port" in why["hint"]


def test_a_data_directory_has_one_engine(project, serve, run_motia):
    served = serve(project, "dev")
    served.wait_line("Steps")

    done = run_motia("start", "--host", "127.0.0.1", "--port", "0", cwd=project, check=False)

    assert done.returncode == 1
    assert str(served.process.pid) in done.stderr
    assert "hint: " in done.stderr
    assert served.request("GET", "/ready")[0] == 200
