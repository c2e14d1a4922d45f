"""Watching a project's files: which ones changed, soon after they were saved.

Invariants
1. What is reported is a difference of contents on disk between two looks (size, time, inode), never
   a bare notification: an editor's temporary files and a touch without effect report nothing.
2. Notifications are hints. A look follows each of them, one follows every arming of the watch, and
   one comes every two seconds without any: a lost notification costs time and no change.
3. Nothing that changes after `start` returned is missed, also not in a folder that is deleted and
   made again.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Final

from watchfiles import Change, awatch

from motia.project.affected import ENVIRONMENT_FILE, OWNED_AT_ROOT
from motia.project.discovery import CONFIG_NAMES, SKIPPED_DIRS
from motia.runtime import Duty

QUIET_MS: Final = 40
"""A batch ends when nothing was notified for so long; the watching thread wakes as often, also idle."""
BATCH_MS_MAX: Final = 100
LOOK_MS: Final = 2_000
"""How often to look when nothing is notified."""
FILES_MAX: Final = 50_000
WATCHED_DIR: Final = "motia"
ROOT_FILES: Final = frozenset({*CONFIG_NAMES, *OWNED_AT_ROOT, ENVIRONMENT_FILE})
_NEVER: Final = frozenset({*SKIPPED_DIRS, ".motia"})
_TEMPORARY_ENDS: Final = ("~", ".swp", ".swo", ".swx", ".tmp", ".bak", ".pyc", ".orig", ".crdownload")

Mark = tuple[int, int, int]


class Watcher(Duty):
    """Watches `motia/`, `.env`, the files of each language in the root, and the project files that steps import.

    Installed packages and the engine's own `.motia` are never watched, whoever imports from them.
    """

    def __init__(
        self, root: Path, on_change: Callable[[frozenset[str]], None], *, modules: Iterable[str] = ()
    ) -> None:
        """Watch the project at `root`.

        Args:
            root: The project's directory.
            on_change: Called on the loop with paths relative to the root (changed, new and deleted
                ones alike). It must not raise.
            modules: Files outside `motia/`, relative to the root, to watch as well.
        """
        super().__init__()
        self._root = Path(os.path.realpath(root))
        self._on_change = on_change
        self._modules = _outside(modules)
        self._marks: dict[str, Mark] = {}
        self._tasks: list[asyncio.Task[None]] = []
        self._look_lock = asyncio.Lock()
        self._rearm: list[asyncio.Event] = []
        self._has_tree = False

    def watch_modules(self, modules: Iterable[str]) -> None:
        """Watch these files besides; those named before and not now are let go."""
        wanted = _outside(modules)
        added = wanted - self._modules
        self._modules = wanted
        for name in added:
            mark = _mark(self._root / name)
            if mark is not None:
                self._marks.setdefault(name, mark)
        if added:
            self._arm_again()

    async def _start(self) -> None:
        self._marks = await asyncio.to_thread(self._scan)
        self._tasks = [
            asyncio.create_task(
                self._watch(is_recursive), name=f"watch-{'tree' if is_recursive else 'files'}"
            )
            for is_recursive in (True, False)
        ]
        # One turn: the first step of each task arms its watch, without waiting for anything.
        await asyncio.sleep(0)

    async def _stop(self) -> None:
        tasks, self._tasks = self._tasks, []
        self._arm_again()
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _arm_again(self) -> None:
        for event in self._rearm:
            event.set()

    async def _watch(self, is_recursive: bool) -> None:
        while True:
            paths = self._tree() if is_recursive else self._directories()
            stop = asyncio.Event()
            self._rearm.append(stop)
            try:
                # A folder that vanishes under the watch, or inotify's limit: look by time until it is back.
                with contextlib.suppress(OSError, RuntimeError):
                    await self._listen(paths, stop, is_recursive=is_recursive)
            finally:
                self._rearm.remove(stop)
            if not stop.is_set():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(stop.wait(), LOOK_MS / 1_000)
                await self._look()

    async def _listen(self, paths: list[Path], stop: asyncio.Event, *, is_recursive: bool) -> None:
        if is_recursive:
            self._has_tree = bool(paths)
        if not paths:
            return
        inodes = _inodes(paths)
        # Its turn comes when the watch below is armed: what changed before is seen by this look.
        first_look = asyncio.create_task(self._look(), name="watch-look")
        try:
            await self._follow(paths, inodes, stop, is_recursive=is_recursive)
        finally:
            first_look.cancel()
            await asyncio.gather(first_look, return_exceptions=True)

    async def _follow(
        self, paths: list[Path], inodes: list[Mark | None], stop: asyncio.Event, *, is_recursive: bool
    ) -> None:
        async for _ in awatch(
            *paths,
            watch_filter=_is_worth_a_look,
            debounce=BATCH_MS_MAX,
            step=QUIET_MS,
            stop_event=stop,
            rust_timeout=LOOK_MS,
            yield_on_timeout=is_recursive,
            recursive=is_recursive,
        ):
            await self._look()
            if _inodes(paths) != inodes or (not self._has_tree and self._tree()):
                # Deleted and made again: the old watch sees nothing of the new folder.
                self._arm_again()

    def _tree(self) -> list[Path]:
        tree = self._root / WATCHED_DIR
        return [tree] if tree.is_dir() else []

    def _directories(self) -> list[Path]:
        found = {self._root, *((self._root / name).parent for name in self._modules)}
        return sorted(directory for directory in found if directory.is_dir())

    async def _look(self) -> None:
        async with self._look_lock:
            before, modules = self._marks, self._modules
            after = await asyncio.to_thread(self._scan)
            if modules is not self._modules:
                after |= {name: mark for name, mark in self._marks.items() if name not in after}
            changed = frozenset(
                name for name in before.keys() | after.keys() if before.get(name) != after.get(name)
            )
            changed -= {name for name in changed if name not in after and self._is_let_go(name)}
            self._marks = after
        if changed:
            self._on_change(changed)

    def _is_let_go(self, name: str) -> bool:
        return not (name in ROOT_FILES or name in self._modules or name.startswith(WATCHED_DIR + "/"))

    def _scan(self) -> dict[str, Mark]:
        marks: dict[str, Mark] = {}
        for name in [*ROOT_FILES, *self._modules]:
            mark = _mark(self._root / name)
            if mark is not None:
                marks[name] = mark
        seen: set[tuple[int, int]] = set()
        for directory, names, files in os.walk(self._root / WATCHED_DIR, followlinks=True):
            here = _mark(Path(directory), is_dir=True)
            if here is None or (here[0], here[1]) in seen or len(marks) > FILES_MAX:
                names.clear()
                continue
            seen.add((here[0], here[1]))
            names[:] = [name for name in names if not name.startswith(".") and name not in SKIPPED_DIRS]
            for name in files:
                mark = None if _is_temporary(name) else _mark(Path(directory, name))
                if mark is not None:
                    marks[os.path.relpath(os.path.join(directory, name), self._root).replace(os.sep, "/")] = (
                        mark
                    )
        return marks


def _outside(modules: Iterable[str]) -> frozenset[str]:
    return frozenset(
        name
        for name in modules
        if not name.startswith(WATCHED_DIR + "/") and _NEVER.isdisjoint(name.split("/")[:-1])
    )


def _mark(path: Path, *, is_dir: bool = False) -> Mark | None:
    try:
        status = path.stat()
    except (OSError, ValueError):
        return None
    if is_dir:
        return (status.st_dev, status.st_ino, 0)
    return (status.st_mtime_ns, status.st_size, status.st_ino)


def _inodes(paths: list[Path]) -> list[Mark | None]:
    return [_mark(path, is_dir=True) for path in paths]


def _is_temporary(name: str) -> bool:
    # 4913 is what vim writes to see whether it may write.
    return name.startswith((".", "#")) or name.endswith(_TEMPORARY_ENDS) or name == "4913"


def _is_worth_a_look(_change: Change, path: str) -> bool:
    parts = path.split(os.sep)
    if not SKIPPED_DIRS.isdisjoint(parts[:-1]):
        return False
    return parts[-1] in ROOT_FILES or not _is_temporary(parts[-1])
