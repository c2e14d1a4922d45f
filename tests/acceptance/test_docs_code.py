"""Every Python block of the documentation is loaded by the engine; those that are tests are run."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page.relative_to(ROOT)
    for page in [ROOT / "README.md", *(ROOT / "docs").rglob("*.md")]
    if "```python" in page.read_text() and "decisions" not in page.parts
)
BLOCK = re.compile(r"^```python\n# (\S+\.py)\n(.*?)^```$", re.DOTALL | re.MULTILINE)
ANY_BLOCK = re.compile(r"^```python\n", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_the_code_of_a_page_runs_as_it_stands(page: Path, tmp_path: Path):
    text = (ROOT / page).read_text()
    stages: list[dict[str, str]] = [{}]
    for name, code in BLOCK.findall(text):
        if name in stages[-1]:
            stages.append(dict(stages[-1]))
        stages[-1][name] = code
    assert len(BLOCK.findall(text)) == len(ANY_BLOCK.findall(text)), "each block names its file on line one"

    for number, files in enumerate(stages):
        project = tmp_path / f"stage-{number}"
        for name, code in files.items():
            target = project / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(code)
        _run(["-m", "motia.cli.main", "check", "--project", str(project)], project)
        if any(name.startswith("tests/") for name in files):
            _run(
                ["-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "asyncio_mode=auto", "tests"], project
            )


def _run(arguments: list[str], project: Path) -> None:
    done = subprocess.run(
        [sys.executable, *arguments], cwd=project, capture_output=True, text=True, timeout=60
    )
    assert done.returncode == 0, f"{done.stdout}\n{done.stderr}"
