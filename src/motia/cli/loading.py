"""Loads a project once in its workers, without an engine: what `motia check` looks at.

Nothing listens, no ledger is opened, no step runs; the project's files are imported, so what they
do at import time happens.
"""

from __future__ import annotations

import asyncio
from collections import deque
from typing import TYPE_CHECKING, NamedTuple, NoReturn

import msgspec

from motia.cli.errors import CommandError
from motia.model import LoadFault, Manifest, StepSpec, TopicSpec, WorkflowSpec

if TYPE_CHECKING:
    from motia.project import Settings
    from motia.protocol import Log, Span, Stalled
    from motia.workers import Origin


LINES_KEPT = 50


class Loaded(NamedTuple):
    """What the project has: its steps, every fault, errors first, and what the workers said of themselves."""

    steps: tuple[StepSpec, ...]
    faults: tuple[LoadFault, ...]
    output: tuple[str, ...] = ()
    topics: tuple[TopicSpec, ...] = ()
    workflows: tuple[WorkflowSpec, ...] = ()

    @property
    def errors(self) -> int:
        """How many faults are errors."""
        return sum(fault.severity == "error" for fault in self.faults)


async def load_project(settings: Settings) -> Loaded:
    """Load every step file, one worker a language, and check what was found.

    Raises:
        MotiaError: No worker could be started at all.
    """
    from motia import __version__
    from motia.project import DefinitionReader, WorkerPools, check, discover
    from motia.runtime import SystemClock
    from motia.workers import Supervisor, launchers_for

    config = msgspec.structs.replace(settings.config, workers=WorkerPools())
    discovery = discover(config.root)
    launching = launchers_for(settings.environ, discovery)
    listener = Listener()
    supervisor = Supervisor(
        config=config,
        clock=SystemClock(),
        events=listener,
        calls=refuse_call,
        launchers=launching.launchers,
        files=launching.files(discovery),
        engine_version=__version__,
        stands_by=False,
    )
    _, defined = await asyncio.gather(
        supervisor.start(), DefinitionReader(config.root, settings.environ).read(discovery)
    )
    try:
        manifest = defined.added_to(supervisor.manifest, *launching.faults)
    finally:
        await supervisor.stop()
    faults = check(manifest, discovery, drafts=defined.drafts, is_strict=config.triggers_strict)
    return Loaded(manifest.steps, faults, tuple(listener.lines), manifest.topics, manifest.workflows)


async def refuse_call(origin: Origin, op: str, args: msgspec.Raw) -> NoReturn:
    """No step runs, so none has a call to make; a start hook that makes one is told."""
    raise CommandError(
        f"{op} while the project is only being checked", hint="start hooks may not trigger or use state"
    )


class Listener:
    """Worker events of a project that is only loaded: keeps the last lines that workers wrote."""

    def __init__(self) -> None:
        self.lines: deque[str] = deque(maxlen=LINES_KEPT)

    def on_log(self, origin: Origin | None, worker: str, log: Log) -> None:
        """Keep the line."""
        self.lines.append(f"{worker}: {log.message}")

    def on_log_dropped(self, origin: Origin | None) -> None:
        """Only the last lines are kept anyway."""

    def on_span(self, origin: Origin, span: Span) -> None:
        """No step runs."""

    def on_stalled(self, worker: str, stalled: Stalled) -> None:
        """No step runs."""

    def on_manifest(self, manifest: Manifest) -> None:
        """Read after the start."""

    def on_worker(self, worker: str, change: str) -> None:
        """Nobody follows."""

    def on_capacity(self) -> None:
        """Nothing waits."""
