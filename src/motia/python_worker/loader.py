"""Loading a project: step files in, a manifest out. One file that fails does not stop the others."""

from __future__ import annotations

import asyncio
import os
from collections.abc import Awaitable, Callable

from motia.authoring import Collector, Hook, StepDefinition, activate, deactivate
from motia.model import LoadFault
from motia.protocol import LoadedManifest
from motia.python_worker.faults import fault_of
from motia.python_worker.importer import Importer

RunHook = Callable[[Hook], Awaitable[None]]


class Loader:
    """The project in this worker: its step definitions, its hooks, and what was read for them."""

    def __init__(self, root: str, files: tuple[str, ...]) -> None:
        self.root = os.path.realpath(root)
        self._files = files
        self._importer = Importer(self.root)
        self._collector = Collector(self.root)
        self.steps: dict[str, StepDefinition] = {}

    async def load(
        self, run_hook: RunHook, *, tell: Callable[[str], None] = lambda file: None
    ) -> LoadedManifest:
        """Import every file, run the start hooks, and say what is there.

        Args:
            run_hook: Runs one hook to its end and raises what it raises.
            tell: Told a file of those to load before it is entered; what it says leaves in the turn between.
        """
        self._importer.install()
        activate(self._collector)
        try:
            for file in self._files:
                tell(file)
                await asyncio.sleep(0)  # pings are answered between two files
                self._load_file(os.path.join(self.root, file))
        finally:
            deactivate(self._collector)
        for definition in self._collector.steps:
            self.steps.setdefault(definition.spec.id, definition)
        await self._run_start_hooks(run_hook, tell)
        return self._manifest()

    async def run_stop_hooks(
        self, run_hook: RunHook, on_error: Callable[[Hook, BaseException], None]
    ) -> None:
        """Run the stop hooks, last declared first; one that fails does not stop the others."""
        for hook in reversed([hook for hook in self._collector.hooks if hook.when == "stop"]):
            try:
                await run_hook(hook)
            except BaseException as error:
                on_error(hook, error)

    def close(self) -> None:
        """Forget the project's modules; only for a worker inside another process."""
        self._importer.uninstall()

    def _load_file(self, file: str) -> None:
        path = os.path.realpath(file) if os.path.exists(file) else file
        collector = self._collector
        steps, hooks = len(collector.steps), len(collector.hooks)
        try:
            self._importer.load(path)
        except BaseException as error:  # a file may raise anything, SystemExit too; the others are loaded
            self._importer.files.setdefault(path, set())
            # Half a file is no file: what it declared before it failed does not count.
            shown = collector.relative(path)
            collector.steps[steps:] = [s for s in collector.steps[steps:] if s.spec.source.file != shown]
            collector.hooks[hooks:] = [h for h in collector.hooks[hooks:] if h.file != shown]
            collector.faults.append(fault_of(error, file=path, root=self.root))

    async def _run_start_hooks(self, run_hook: RunHook, tell: Callable[[str], None]) -> None:
        for hook in [hook for hook in self._collector.hooks if hook.when == "start"]:
            tell(hook.file)
            await asyncio.sleep(0)
            try:
                await run_hook(hook)
            except BaseException as error:
                path = os.path.join(self.root, hook.file)
                fault = fault_of(error, file=path, root=self.root)
                self._collector.faults.append(
                    LoadFault(
                        code="start-hook-failed",
                        file=hook.file,
                        line=fault.line or hook.line,
                        message=f"on_start: {fault.message}",
                        hint="steps that need what the hook opens will fail",
                        also=fault.also,
                        stack=fault.stack,
                    )
                )

    def _manifest(self) -> LoadedManifest:
        def relative(file: str) -> str:
            return os.path.relpath(file, self.root)

        graph = self._importer
        loaded = {path for file in self._files if os.path.exists(path := os.path.join(self.root, file))}
        file_modules = {
            file: tuple(
                sorted(map(relative, graph.closure_of(os.path.realpath(os.path.join(self.root, file)))))
            )
            for file in self._files
        }
        return LoadedManifest(
            steps=tuple(definition.spec for definition in self._collector.steps),
            faults=tuple(self._collector.faults),
            modules=tuple(
                sorted({relative(file) for file in {*graph.files, *map(os.path.realpath, loaded)}})
            ),
            file_modules=file_modules,
        )
