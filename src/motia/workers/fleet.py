"""A fleet: all workers of one language, over reloads.

Invariants
1. A reload switches every step that loaded at once; a request finds either the old or the new worker.
2. A step whose file cannot be loaded now stays with the last generation that loaded it.
3. A generation that serves no step any more is retired; at most `KEPT_MAX` older ones serve steps.

| a step's owner | becomes | when |
|---|---|---|
| any | the new generation | a reload, or a restart, loaded the step |
| a generation | the same | a reload met a fault in its file, or in what that imports, or loaded nothing at all |
| the new generation | none, the step kept with a fault | its file ended the worker that was restarted |
| a generation | none, and the step is gone | a reload without such a fault does not have it |
| an older generation | none, the step kept with a fault | its worker died, or there are too many older ones |
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence

import msgspec

from motia.model import LoadFault, StepId, StepSpec
from motia.project import TITLES
from motia.protocol import LoadedManifest
from motia.workers.generation import Generation
from motia.workers.launch import Launcher
from motia.workers.nursery import Nursery
from motia.workers.registry import Registry
from motia.workers.trial import WORKER_ENDED

KEPT_MAX = 4
ERROR = "error"


class Owned(msgspec.Struct, frozen=True):
    """A step in the version that is served; `generation` None: its last good worker is lost."""

    spec: StepSpec
    generation: Generation | None
    rivals: tuple[StepSpec, ...] = ()
    """Others of the same id, which are not served."""


class Fleet:
    """See the head of this file."""

    def __init__(self, registry: Registry, launcher: Launcher, *, on_change: Callable[[], None]) -> None:
        """Run workers by `launcher`; `on_change` hears when routes or the manifest may differ."""
        self.language = launcher.language
        self.steps: dict[StepId, Owned] = {}
        self.current: Generation | None = None
        self.nursery = Nursery(registry, launcher)
        self._kept: list[Generation] = []
        self._retired: list[Generation] = []
        self._on_change = on_change
        self._fault: LoadFault | None = None
        self._is_closed = False

    async def start(self, files: Sequence[str]) -> None:
        """Return when the first generation has loaded, or failed to: then a fault says why, and it goes on trying."""
        self.current = Generation(self.nursery, files, on_change=self._on_generation)
        await self.current.open()

    def stand_by(self) -> None:
        """Have a worker wait for the next reload, where the node has any."""
        self.nursery.refill()

    async def reload(
        self, files: Sequence[str], *, launcher: Launcher | None = None, drops_standby: bool = False
    ) -> None:
        """Load `files` by new workers and switch to them; return when that is done or has failed.

        Args:
            files: The step files.
            launcher: How workers are started from now on; None: as before.
            drops_standby: A worker that stands by has read what changed.
        """
        if launcher is not None:
            await self.nursery.renew(launcher, drops_standby=drops_standby)
        fresh = Generation(self.nursery, files, on_change=self._on_generation)
        try:
            await fresh.open()
        except BaseException:
            fresh.retire()
            raise
        if self._is_closed:
            fresh.retire()
        elif fresh.manifest is None and self.steps:
            self._fault = self._worker_fault("reload-failed", fresh)
            self._retire(fresh)
        else:
            self._switch_to(fresh)
        self._on_change()
        self.nursery.refill()

    def generations(self) -> list[Generation]:
        """Those that serve steps or finish invocations, the current one first."""
        current = [self.current] if self.current is not None else []
        return [*current, *self._kept, *self._retired]

    def specs(self) -> list[StepSpec]:
        """Steps that are served, each followed by those that want its id too."""
        return [spec for owned in self.steps.values() for spec in (owned.spec, *owned.rivals)]

    def faults(self) -> tuple[LoadFault, ...]:
        """What could not be loaded."""
        faults = self.current.faults() if self.current is not None else []
        if self._fault is not None:
            faults.append(self._fault)
        faults += [_lost_fault(owned.spec) for owned in self.steps.values() if owned.generation is None]
        return tuple(faults)

    def files_read(self) -> tuple[dict[str, None], dict[str, tuple[str, ...]]]:
        """Project files that were read, and which step file imports which; with those of steps kept back."""
        modules: dict[str, None] = {}
        file_modules: dict[str, tuple[str, ...]] = {}
        for generation in (*reversed(self._kept), self.current):
            if generation is not None and generation.manifest is not None:
                modules.update(dict.fromkeys(generation.manifest.modules))
                file_modules.update(generation.manifest.file_modules)
        return modules, file_modules

    async def close(self) -> None:
        """End everything; return when only retired workers are left."""
        self._is_closed = True
        for generation in self.generations():
            await generation.close()
        await self.nursery.close()

    def _switch_to(self, fresh: Generation) -> None:
        old, self.current = self.current, fresh
        if old is not None:
            old.seal()
            self._kept.insert(0, old)
        manifest = fresh.manifest or LoadedManifest()
        steps = _owned(manifest.steps, fresh)
        for step_id, owned in self.steps.items():
            if step_id not in steps and _is_broken(owned, fresh, manifest):
                steps[step_id] = owned
        self.steps = steps
        self._fault = None if fresh.manifest else self._worker_fault("worker-failed", fresh)
        self._retire_idle()

    def _on_generation(self, generation: Generation) -> None:
        """A worker of the generation became ready or died."""
        if generation is self.current:
            self._refresh(generation)
        elif generation in self._kept:
            if not generation.has_worker:
                self._lose(generation)
        else:
            return  # on its way in (its reload switches) or on its way out
        self._on_change()

    def _refresh(self, current: Generation) -> None:
        if current.manifest is None:
            self._fault = self._worker_fault("worker-failed", current)
            return
        if current.has_worker:
            self._fault = None
        # A file that ended its worker at a restart has no worker any more; its steps are still the project's.
        ended = {fault.file for fault in current.manifest.faults if fault.code == WORKER_ENDED}
        kept = {
            step: owned if owned.generation is not current else Owned(owned.spec, None)
            for step, owned in self.steps.items()
            if owned.generation is not current or owned.spec.source.file in ended
        }
        self.steps = {**kept, **_owned(current.manifest.steps, current)}

    def _lose(self, generation: Generation) -> None:
        for step, owned in self.steps.items():
            if owned.generation is generation:
                self.steps[step] = Owned(owned.spec, None)
        self._kept.remove(generation)
        self._retire(generation)

    def _retire_idle(self) -> None:
        serving = {id(owned.generation) for owned in self.steps.values()}
        for generation in tuple(self._kept):
            if id(generation) not in serving:
                self._kept.remove(generation)
                self._retire(generation)
            elif not generation.has_worker or self._kept.index(generation) >= KEPT_MAX:
                self._lose(generation)

    def _retire(self, generation: Generation) -> None:
        generation.retire()
        self._retired = [old for old in self._retired if old.is_busy]
        self._retired.append(generation)

    def _worker_fault(self, code: str, generation: Generation) -> LoadFault:
        title = TITLES.get(self.language, self.language)
        return LoadFault(
            code=code,
            file=min(generation.files, default=""),
            message=f"no worker for {title} could load the project: {generation.last_error}",
            hint="`motia doctor` shows what is installed, `motia install` installs what the project needs",
        )


def _owned(steps: Iterable[StepSpec], generation: Generation) -> dict[StepId, Owned]:
    """By id; of two with one id the first is served, as in the worker."""
    owned: dict[StepId, Owned] = {}
    for step in steps:
        first = owned.get(step.id)
        rivals = () if first is None else (*first.rivals, step)
        owned[step.id] = Owned(step if first is None else first.spec, generation, rivals)
    return owned


def _is_broken(owned: Owned, fresh: Generation, manifest: LoadedManifest) -> bool:
    """Whether the step is missing because its file, or what that imports, cannot be loaded now."""
    file = owned.spec.source.file
    if file not in fresh.files:
        return False
    if fresh.manifest is None:
        return True
    faulty = {fault.file for fault in manifest.faults if fault.severity == ERROR}
    if file in faulty:
        return True
    before = owned.generation.manifest if owned.generation is not None else None
    return before is not None and not faulty.isdisjoint(before.file_modules.get(file, ()))


def _lost_fault(spec: StepSpec) -> LoadFault:
    return LoadFault(
        code="last-good-lost",
        file=spec.source.file,
        line=spec.source.line,
        message=f"step {spec.id!r} is unavailable: the worker with its last good version ended",
        hint="correct the file; the step is back when it loads",
    )
