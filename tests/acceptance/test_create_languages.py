"""What `motia create` makes, in every language: it loads, its own tests pass, its types hold, its README is exact."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

LIMIT_S = 120.0
RUNTIMES = {
    "typescript": ("node", "npm"),
    "javascript": ("node",),
    "python": (),
    "ruby": ("ruby",),
    "mixed": ("node", "ruby", "npm"),
}
WITH_TYPES = ("typescript", "mixed")


def run(*argv: str, cwd: Path, **environ: str) -> subprocess.CompletedProcess[str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("MOTIA_")}
    return subprocess.run(
        argv,
        cwd=cwd,
        env={**kept, "NO_UPDATE_NOTIFIER": "1", **environ},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        text=True,
        timeout=LIMIT_S,
        check=False,
    )


def motia(*arguments: str, cwd: Path) -> subprocess.CompletedProcess[str]:
    done = run(sys.executable, "-m", "motia", *arguments, cwd=cwd)
    assert done.returncode == 0, f"{arguments}: {done.stdout}\n{done.stderr}"
    return done


@pytest.fixture(scope="module")
def installed(tmp_path_factory: pytest.TempPathFactory, needs) -> Path:
    """A mixed project with its packages: what TypeScript projects need, installed once."""
    needs("node", "ruby", "npm")
    folder = tmp_path_factory.mktemp("installed")
    motia("create", "app", "--language", "mixed", "--template", "tutorial", cwd=folder)
    motia("install", cwd=folder / "app")
    return folder / "app"


@pytest.fixture
def make(tmp_path: Path, request: pytest.FixtureRequest, needs):
    """Makes a project; TypeScript gets packages that are installed already."""

    def make(language: str, template: str) -> Path:
        needs(*RUNTIMES[language])
        motia("create", "app", "--language", language, "--template", template, cwd=tmp_path)
        if language in WITH_TYPES:
            packages = request.getfixturevalue("installed") / "node_modules"
            shutil.copytree(packages, tmp_path / "app" / "node_modules", symlinks=True, copy_function=os.link)
        return tmp_path / "app"

    return make


@pytest.mark.parametrize("template", ["minimal", "tutorial"])
@pytest.mark.parametrize("language", list(RUNTIMES))
def test_a_project_as_it_is_made_loads_and_passes_its_own_tests(make, language: str, template: str):
    project = make(language, template)

    checked = json.loads(motia("check", "--json", cwd=project).stdout)
    tested = json.loads(motia("test", "--json", cwd=project).stdout)

    assert checked["faults"] == []
    assert checked["steps"] == {"minimal": 4 if language == "mixed" else 1, "tutorial": 6}[template]
    assert tested["passed"] is True
    if language in WITH_TYPES:
        typed = run("node", "node_modules/typescript/bin/tsc", "--noEmit", cwd=project)
        assert (typed.returncode, typed.stdout) == (0, "")


def test_a_test_that_fails_fails_the_command_and_shows_the_engines_log(make):
    project = make("javascript", "tutorial")
    step = project / "motia" / "steps" / "create-user.js"
    step.write_text(step.read_text().replace("status: 201", "status: 200"))

    done = run(*(sys.executable, "-m", "motia", "test", "--", "--test-name-pattern", "answered"), cwd=project)

    assert done.returncode == 1
    assert "201 !== 200" in done.stdout.replace("200 !== 201", "201 !== 200")
    assert "--- log of the engine ---" in done.stdout + done.stderr
    assert "user signed up" in done.stdout + done.stderr


def test_types_know_the_steps_of_every_language(installed: Path):
    tsc = ("node", "node_modules/typescript/bin/tsc", "--noEmit")
    step = installed / "motia" / "steps" / "create-user.ts"
    good = step.read_text()

    right = run(*tsc, cwd=installed)
    step.write_text(good.replace("{ userId: user.id, email", "{ userId: 1, email"))
    wrong = run(*tsc, cwd=installed)
    step.write_text(good)

    assert (right.returncode, right.stdout) == (0, "")
    assert wrong.returncode != 0
    assert "motia/steps/create-user.ts" in wrong.stdout
    assert "'number' is not assignable to type 'string'" in wrong.stdout


def test_the_packages_own_command_is_the_engine_or_says_how_to_get_it(installed: Path):
    found = run("npx", "motia", "--version", cwd=installed, MOTIA_ENGINE=sys.executable)
    by_script = run("npm", "run", "--silent", "check", cwd=installed, MOTIA_ENGINE=sys.executable)
    node = shutil.which("node") or ""
    command = installed / "node_modules" / ".bin" / "motia"
    missing = run(node, str(command), "dev", cwd=installed, PATH="/nowhere")

    assert re.fullmatch(r"motia \d+\.\d+\.\d+\S*\n", found.stdout)
    assert by_script.returncode == 0, by_script.stderr
    assert (missing.returncode, missing.stdout) == (1, "")
    assert "The engine of Motia is not here" in missing.stderr


def test_a_library_of_another_engine_is_replaced_by_install(installed: Path, tmp_path: Path):
    project = tmp_path / "app"
    shutil.copytree(installed, project, symlinks=True)
    (tarball,) = (project / "vendor").iterdir()
    tarball.write_bytes(b"an older library")
    shutil.rmtree(project / "node_modules" / "@motia")

    done = motia("install", cwd=project)

    assert f"vendor/{tarball.name} is now the library of this engine" in done.stderr
    assert (project / "node_modules" / "@motia" / "core" / "dist" / "index.mjs").is_file()
    assert run("npm", "ci", "--no-audit", "--no-fund", cwd=project).returncode == 0


@pytest.mark.parametrize("template", ["minimal", "tutorial"])
def test_the_lines_of_a_readme_are_exact(make, serve, until, template: str):
    project = make("mixed", template)
    readme = (project / "README.md").read_text()
    dev = serve(project, "dev")
    dev.wait_line("Steps")

    answers = [curl(dev, line) for line in re.findall(r"^curl .*$", readme, re.MULTILINE)]

    if template == "minimal":
        shown = json.loads(re.findall(r"```json\n(.*?)\n```", readme, re.DOTALL)[0])
        assert answers == [(200, shown)]
        return
    signed_up, read, refused, failing = answers
    assert (signed_up[0], read[0], refused[0], failing[0]) == (201, 404, 422, 201)
    assert {"id": "", **signed_up[1]}.keys() == {"id", "name", "email"}
    assert {problem["path"] for problem in refused[1]["error"]["details"]} == {"/name", "/email"}
    incidents = until(
        lambda: json.loads(motia("state", "list", "incidents", cwd=project).stdout),
        lambda found: len(found) >= 1,
    )
    assert incidents[0]["value"]["step"] == "send-welcome-email"
    assert json.loads(motia("cron", "run", "count-users", cwd=project).stdout)["runId"]


def curl(dev: Any, line: str) -> tuple[int, Any]:
    """What a line of the README does, on the port that the engine has here."""
    words = iter(shlex.split(line)[1:])
    path, body, headers = "", None, []
    for word in words:
        if word == "-H":
            headers.append(next(words))
        elif word == "-d":
            body = json.loads(next(words))
        elif word != "-i":
            path = word.removeprefix("http://127.0.0.1:3001")
    assert headers == ([] if body is None else ["content-type: application/json"])
    return dev.request("GET" if body is None else "POST", path, body)
