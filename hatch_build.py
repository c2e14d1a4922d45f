"""Builds what a distribution holds besides Python: the SDKs of the other languages, below `motia/sdk`, and
the screens of the Workbench, in `motia/workbench/static`.

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
WORKBENCH = Path("workbench")
PAGE = "dist/index.html"
STATIC = "motia/workbench/static"


class SdkBuildHook(BuildHookInterface):
    """Called by hatchling before it packs a wheel or a source distribution."""

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the Node SDK and the Workbench when they are not built, and name what goes into a wheel."""
        if version == "editable":
            return
        root = Path(self.root)
        build_node(root, tell=self.app.display_warning)
        build_workbench(root, tell=self.app.display_warning)
        if self.target_name == "wheel":
            build_data["force_include"].update(packed(root))


def packed(root: Path) -> dict[str, str]:
    """Source to place in the wheel, of what is there."""
    places = {str(source): f"motia/{source.relative_to(root)}" for source in _parts(root)}
    if (root / WORKBENCH / PAGE).is_file():
        places[str(root / WORKBENCH / "dist")] = STATIC
    return places


def build_node(root: Path, *, tell: Callable[[str], None]) -> None:
    """Build `sdk/node/dist` with npm when it is missing or older than its sources.

    Without npm it is left out, and `tell` says what that means.

    Raises:
        CalledProcessError: npm failed; its output was printed.
    """
    folder = root / NODE
    if (folder / "build.mjs").is_file():
        sources = [folder / "build.mjs", folder / "package-lock.json", *(folder / "src").rglob("*.ts")]
        _build(
            folder,
            WORKER,
            sources,
            what="the Node SDK",
            tell=tell,
            lack="JavaScript and TypeScript steps need it",
        )


def build_workbench(root: Path, *, tell: Callable[[str], None]) -> None:
    """Build `workbench/dist` with npm when it is missing or older than its sources.

    Without npm it is left out, and `tell` says what that means.

    Raises:
        CalledProcessError: npm failed; its output was printed.
    """
    folder = root / WORKBENCH
    if (folder / "vite.config.ts").is_file():
        named = (folder / name for name in ("package-lock.json", "vite.config.ts", "index.html"))
        parts = (path for part in ("src", "public") for path in (folder / part).rglob("*"))
        lack = "the engine serves its API and no screens"
        _build(folder, PAGE, [*named, *parts], what="the Workbench", tell=tell, lack=lack)


def _build(
    folder: Path, made: str, sources: list[Path], *, what: str, tell: Callable[[str], None], lack: str
) -> None:
    if not _is_stale(folder / made, sources):
        return
    npm = shutil.which("npm")
    if npm is None:
        state = "is older than its sources" if (folder / made).is_file() else "is left out"
        tell(f"npm is not installed, so {what} {state}: {lack}")
        return
    subprocess.run([npm, "ci", "--no-fund", "--no-audit"], cwd=folder, check=True)
    subprocess.run([npm, "run", "build"], cwd=folder, check=True)


def _is_stale(made: Path, sources: list[Path]) -> bool:
    if not made.is_file():
        return True
    newest = max((source.stat().st_mtime for source in sources if source.is_file()), default=0.0)
    return newest > made.stat().st_mtime


def _parts(root: Path) -> Iterator[Path]:
    if (root / NODE / WORKER).is_file():
        yield from (part for name in NODE_PARTS if (part := root / NODE / name).exists())
    if (root / RUBY / "lib").is_dir():
        yield root / RUBY / "lib"
