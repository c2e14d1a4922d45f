"""Builds what a distribution holds besides Python: the SDKs of the other languages, below `motia/sdk`.

A wheel gets them as they are installed; an editable installation uses those of the checkout, which
`make setup` builds.
"""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

NODE = Path("sdk/node")
RUBY = Path("sdk/ruby")
NODE_PARTS = ("package.json", "bin", "dist")
WORKER = "dist/worker.mjs"


class SdkBuildHook(BuildHookInterface):
    """Called by hatchling before it packs a wheel or a source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the Node SDK when it is not built, and name what goes into a wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        build_node(root, tell=self.app.display_warning)
        if self.target_name == "wheel":
            build_data["force_include"].update(packed(root))


def packed(root: Path) -> dict[str, str]:
    """Source to place in the wheel, of what is there."""
    return {str(source): f"motia/{source.relative_to(root)}" for source in _parts(root)}


def build_node(root: Path, *, tell: Callable[[str], None]) -> None:
    """Build `sdk/node/dist` with npm when it is missing or older than its sources.

    Without npm it is left out, and `tell` says what that means.

    Raises:
        CalledProcessError: npm failed; its output was printed.
    """
    folder = root / NODE
    if not (folder / "build.mjs").is_file() or not _is_stale(folder):
        return
    npm = shutil.which("npm")
    if npm is None:
        what = "is older than its sources" if (folder / WORKER).is_file() else "is left out"
        tell(f"npm is not installed, so the Node SDK {what}: JavaScript and TypeScript steps need it")
        return
    subprocess.run([npm, "ci", "--no-fund", "--no-audit"], cwd=folder, check=True)
    subprocess.run([npm, "run", "build"], cwd=folder, check=True)


def _is_stale(folder: Path) -> bool:
    worker = folder / WORKER
    if not worker.is_file():
        return True
    sources = [folder / "build.mjs", folder / "package-lock.json", *(folder / "src").rglob("*.ts")]
    newest = max((source.stat().st_mtime for source in sources if source.is_file()), default=0.0)
    return newest > worker.stat().st_mtime


def _parts(root: Path) -> Iterator[Path]:
    if (root / NODE / WORKER).is_file():
        yield from (part for name in NODE_PARTS if (part := root / NODE / name).exists())
    if (root / RUBY / "lib").is_dir():
        yield root / RUBY / "lib"
