"""Every block of code in the documentation runs: steps are loaded by real workers, tests are run, types are checked.

A block's first line names its file: `# motia/steps/hello.py`, `// motia/steps/hello.ts`.
The blocks of a page are one project; a file that comes again begins a stage, which is a project of its own.
`<!-- project: ruby -->` before a block puts it and those behind it into another project of the page;
`<!-- project: ruby, made by motia create --language ruby -->` lays them over what the command makes.
"""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

from motia.project import sdk_dir
from motia.testing import app

ROOT = Path(__file__).resolve().parents[2]
FENCES = {"python": "py", "ts": "ts", "js": "js", "ruby": "rb", "json": "json", "yaml": "yaml"}
NODE_MODULES = sdk_dir("node") / "node_modules"
LIMIT_S = 90
OPENING = re.compile(rf"^```({'|'.join(FENCES)})\n", re.MULTILINE)
BLOCK = re.compile(
    rf"^```(?:{'|'.join(FENCES)})\n(?:#|//) (\S+\.(?:{'|'.join(FENCES.values())}|mjs|cjs))\n(.*?)^```$"
    r"|^<!-- project: (\w+)(?:, made by motia create ([^\n]+))? -->$",
    re.DOTALL | re.MULTILINE,
)
TYPES = {
    "target": "es2023",
    "module": "esnext",
    "moduleResolution": "bundler",
    "strict": True,
    "noEmit": True,
    "skipLibCheck": True,
    "types": ["node"],
    "paths": {
        "@motia/core": [str(sdk_dir("node") / "dist" / "index.d.ts")],
        "@motia/core/testing": [str(sdk_dir("node") / "dist" / "testing" / "index.d.ts")],
    },
}
"""What the SDK's declarations are found by; a project has them in node_modules."""


def pages() -> list[Path]:
    """Pages with code that runs; a decision is history."""
    found = [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    return sorted(
        page.relative_to(ROOT)
        for page in found
        if OPENING.search(page.read_text()) and "decisions" not in page.parts
    )


class Stage(NamedTuple):
    """One project: what `motia create` is told, nothing without it, and path and content of the files."""

    made_by: tuple[str, ...]
    files: dict[str, str]


def stages(text: str) -> Iterator[Stage]:
    """The projects of a page."""
    projects: dict[str, list[Stage]] = {"": [Stage((), {})]}
    at = projects[""]
    for name, code, project, made_by in BLOCK.findall(text):
        if project:
            at = projects.setdefault(project, [Stage(tuple(made_by.split()), {})])
            continue
        if name in at[-1].files:
            at.append(Stage(at[-1].made_by, dict(at[-1].files)))
        at[-1].files[name] = code
    return (stage for project in projects.values() for stage in project if stage.files)


@pytest.mark.parametrize("page", pages(), ids=str)
def test_the_code_of_a_page_runs_as_it_stands(page: Path, tmp_path: Path, needs):
    text = (ROOT / page).read_text()
    blocks = [name for name, *_ in BLOCK.findall(text) if name]
    assert len(blocks) == len(OPENING.findall(text)), "each block names its file on line one"

    for number, (made_by, files) in enumerate(stages(text)):
        endings = {name.rpartition(".")[2] for name in files}
        if endings & {"ts", "js", "mjs", "cjs"}:
            needs("node", "npm")
        if "rb" in endings:
            needs("ruby")
        project = tmp_path / f"stage-{number}"
        _write(project, files, made_by)
        _run(project, "-m", "motia", "check")
        if any(name.startswith("tests/") for name in files):
            _run(project, "-m", "motia", "test")
        if "ts" in endings:
            _check_types(project)


def _write(project: Path, files: dict[str, str], made_by: tuple[str, ...]) -> None:
    if made_by:
        _must(sys.executable, "-m", "motia", "create", project.name, *made_by, project=project.parent)
    else:
        (project / "motia" / "steps").mkdir(parents=True)
        (project / "package.json").write_text('{"private": true, "type": "module"}')
    (project / "node_modules").symlink_to(NODE_MODULES)
    for name, code in files.items():
        (project / name).parent.mkdir(parents=True, exist_ok=True)
        (project / name).write_text(code)


def _check_types(project: Path) -> None:
    _run(project, "-m", "motia", "types")
    settings = {"compilerOptions": TYPES, "include": ["**/*.ts"], "exclude": ["node_modules", ".motia"]}
    (project / "tsconfig.page.json").write_text(json.dumps(settings))
    compiler = NODE_MODULES / "typescript" / "bin" / "tsc"
    _must("node", str(compiler), "-p", "tsconfig.page.json", project=project)


def _run(project: Path, *arguments: str) -> None:
    _must(sys.executable, *arguments, project=project)


def _must(*argv: str, project: Path) -> None:
    # As in the pytest.ini of a project that `motia create` made.
    asyncio = "-o asyncio_mode=auto -o asyncio_default_fixture_loop_scope=function"
    environ = {
        **os.environ,
        "MOTIA_ENGINE": sys.executable,
        "PYTEST_ADDOPTS": f"-p no:cacheprovider {asyncio}",
    }
    done = subprocess.run(
        argv, cwd=project, env=environ, capture_output=True, text=True, timeout=LIMIT_S, check=False
    )
    assert done.returncode == 0, f"{' '.join(argv)}\n{done.stdout}\n{done.stderr}"


async def test_the_readmes_flow_goes_through_its_languages_in_one_trace(tmp_path: Path, needs):
    needs("node", "npm", "ruby")
    ((made_by, files),) = stages((ROOT / "README.md").read_text())
    _write(tmp_path / "flow", files, made_by)

    async with app(tmp_path / "flow") as client:
        answer = await client.request("POST", "/orders", json={"item": "tea", "count": 2})
        refused = await client.request("POST", "/orders", json={"item": "tea", "count": 0})
        await client.fire("daily-report")
        await client.wait_idle()

        assert (answer.status, answer.json(), refused.status) == (200, {"ordered": "tea"}, 422)
        runs = await client.runs()
        assert {(run.step, run.state) for run in runs} == {
            ("reserve-stock", "completed"),
            ("send-letter", "completed"),
            ("daily-report", "completed"),
        }
        assert len({run.trace for run in runs if run.step != "daily-report"}) == 1
        assert await client.state("reserved") == {"tea": 2}
        assert {step.language for step in client.steps.values()} == {"node", "python", "ruby"}
