"""The control API without an engine: the same app, over the project's own files.

Invariants
1. The ledger is owned by this process from `of_project` to `close`; a running engine owns it too, so
   the two never meet.
2. Nothing runs: events are accepted and wait for the next start.
3. What has no meaning without an engine is refused with what to do.
"""

from __future__ import annotations

import asyncio
import os
import random
import secrets
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec

from motia.cli.asgi import AsgiApp, ask
from motia.cli.client import ANSWER_LIMIT_S, EngineGone, decode, url_of
from motia.cli.errors import CommandError
from motia.model import Manifest, NodeId

if TYPE_CHECKING:
    from motia.dispatch import Dispatcher
    from motia.ledger import Ledger
    from motia.project import Settings
    from motia.runtime import Clock
    from motia.schedules import CronScheduler
    from motia.telemetry import Telemetry
    from motia.workbench import ControlDeps

NODE = NodeId("command-line")


class OfflineControl:
    """A `Control` over files that this process opened; made by `of_project`."""

    is_online = False

    def __init__(self, runner: asyncio.Runner, rooms: _Rooms, app: AsgiApp) -> None:
        """Take over what was opened."""
        self._runner = runner
        self._rooms = rooms
        self._app = app

    @classmethod
    def of_project(cls, root: Path) -> OfflineControl:
        """Open the project's files.

        Raises:
            StartError: Another process owns them, they are newer than this version, or damaged.
        """
        from motia.cli.settings import load_settings
        from motia.workbench import ControlApi

        runner = asyncio.Runner()
        try:
            rooms = _Rooms(load_settings(root, mode="config"))
            runner.run(rooms.open())
            return cls(runner, rooms, ControlApi(rooms.deps()))
        except BaseException:
            runner.close()
            raise

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        limit_s: float = ANSWER_LIMIT_S,
    ) -> Any:
        """See `Control.request`."""
        content = b"" if body is None else msgspec.json.encode(body)

        async def asked() -> tuple[int, bytes]:
            async with asyncio.timeout(limit_s):
                return await ask(self._app, method, url_of(path, query), content)

        try:
            status, answer = self._runner.run(asked())
        except TimeoutError:
            raise EngineGone(f"no answer within {limit_s:g} s", hint="the disk may be very slow") from None
        return decode(status, answer)

    def follow(self, path: str, *, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Refuse: nothing happens that could be followed."""
        raise CommandError(
            "no engine runs, so there is nothing to follow",
            hint="start one with `motia dev` in another terminal",
        )

    def close(self) -> None:
        """Give the files back."""
        try:
            self._runner.run(self._rooms.close())
        finally:
            self._runner.close()


class _Rooms:
    """The rooms that the control API needs, none of which runs anything."""

    def __init__(self, settings: Settings) -> None:
        from motia.ledger import SqliteLedger
        from motia.places import database_path
        from motia.project import Catalog, PayloadValidators
        from motia.runtime import SystemClock
        from motia.telemetry import Telemetry

        config = settings.config
        chance = random.Random(secrets.randbits(64))
        self.settings = settings
        self.clock: Clock = SystemClock()
        self.catalog = Catalog()
        self.ledger: Ledger = SqliteLedger(
            database_path(config), clock=self.clock, owner="motia command line"
        )
        self.telemetry: Telemetry = Telemetry(
            config.data_dir / "telemetry.db", clock=self.clock, random=chance, config=config
        )
        self._validators = PayloadValidators(self.catalog)
        self.dispatcher = self._idle_dispatcher(chance)
        self.cron = self._idle_cron()

    async def open(self) -> None:
        """Open the files and take the steps that the last engine loaded, or load them once now."""
        from motia.places import make_data_dir

        make_data_dir(self.settings.config.data_dir)
        await self.ledger.open()
        try:
            await self.telemetry.start()
            self._use(await self._manifest())
        except BaseException:
            await self.close()
            raise

    async def close(self) -> None:
        """Close what is open."""
        await self.telemetry.stop()
        await self.ledger.close()

    def deps(self) -> ControlDeps:
        """What the control app stands on."""
        from motia import __version__
        from motia.dispatch import TriggerOptions
        from motia.edge import openapi_document
        from motia.project import flow_graph
        from motia.workbench import ControlDeps
        from motia.workflow import Workflows

        config = self.settings.config
        return ControlDeps(
            ledger=self.ledger,
            telemetry=self.telemetry,
            dispatcher=self.dispatcher,
            trigger_options=TriggerOptions,
            catalog=lambda: self.catalog,
            config=config,
            origins=lambda: self.settings.origins,
            flow_graph=lambda observed, parked: flow_graph(self.catalog, observed=observed, parked=parked),
            version=__version__,
            clock=self.clock,
            pid=os.getpid(),
            started_at=self.clock.now_ms(),
            is_ready=lambda: False,
            is_online=False,
            cron=self.cron,
            # Never started: people may look and cancel, and nothing moves on before the next engine.
            workflows=Workflows(self.dispatcher.node_state),
            api_document=lambda: openapi_document(
                self.catalog.steps.values(), title=config.root.name, topics=self.catalog.topics.values()
            ),
        )

    async def _manifest(self) -> Manifest:
        kept = await self.ledger.load_manifest()
        if kept is not None:
            try:
                return msgspec.json.decode(kept, type=Manifest)
            except msgspec.MsgspecError:
                pass  # kept by another version: load it anew
        from motia.cli.loading import load_project

        loaded = await load_project(self.settings)
        return Manifest(
            steps=loaded.steps, faults=loaded.faults, topics=loaded.topics, workflows=loaded.workflows
        )

    def _use(self, manifest: Manifest) -> None:
        from motia.project import Catalog, PayloadValidators

        self.catalog = Catalog.of(manifest)
        self._validators = PayloadValidators(self.catalog)
        self.dispatcher.use_catalog(self.catalog)
        self.cron.use_catalog(self.catalog)

    def _idle_dispatcher(self, chance: random.Random) -> Dispatcher:
        """A dispatcher that is never started: it accepts, replays and cancels, and claims nothing."""
        from motia import __version__
        from motia.cli.loading import Listener, refuse_call
        from motia.dispatch import Dispatcher
        from motia.workers import Supervisor

        return Dispatcher(
            ledger=self.ledger,
            workers=Supervisor(
                config=self.settings.config,
                clock=self.clock,
                events=Listener(),
                calls=refuse_call,
                launchers={},
                files={},
                engine_version=__version__,
            ),
            recorder=self.telemetry,
            clock=self.clock,
            random=chance,
            config=self.settings.config,
            node=NODE,
            validate=lambda step, payload: self._validators.check(step, payload),
            validate_topic=lambda target, payload: self._validators.check_topic(target, payload),
        )

    def _idle_cron(self) -> CronScheduler:
        """A scheduler that is never started: it fires by hand only."""
        from motia.schedules import CronScheduler

        return CronScheduler(
            ledger=self.ledger,
            clock=self.clock,
            recorder=self.telemetry,
            notify=lambda step: None,
            queue_depth=self.settings.config.limits.queue_depth,
        )
