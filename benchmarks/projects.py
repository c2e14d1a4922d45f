"""The benchmark projects: fresh copies in a temporary folder, and the command that runs them."""

from __future__ import annotations

import shutil
from pathlib import Path

from benchmarks.processes import ENGINE, HERE
from benchmarks.rivals import rival_node


def copied(name: str, folder: Path, *, port: int, needs_packages: bool = False) -> Path:
    """A copy of `apps/<name>` in `folder`; with the rivals' npm packages (zod) when it needs some."""
    project = folder / f"{name}-{port}"
    shutil.copytree(HERE / "apps" / name, project, ignore=shutil.ignore_patterns(".motia", "node_modules"))
    if needs_packages:
        (project / "node_modules").symlink_to(rival_node() / "node_modules")
    return project


def started(project: Path, port: int, *, mode: str = "start") -> list[str]:
    """The command that runs `project` on `port`."""
    return [*ENGINE, mode, "--project", str(project), "--host", "127.0.0.1", "--port", str(port)]
