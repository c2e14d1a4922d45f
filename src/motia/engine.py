"""The composition root: builds the rooms, starts them in order, stops them in the opposite one.

Start: ledger and telemetry open, the port is bound, workers load the project, the catalog is checked,
then dispatch, workflows, schedules, the edge, last the control socket and the Workbench. A start that
fails leaves nothing running and no record of an engine.

Stop: the edge takes no more, what is in flight gets the grace period, and everything closes in the
opposite order; nothing that was accepted is lost.
"""

from __future__ import annotations

import asyncio
import contextlib
import os
import random as random_module
import secrets
import socket
from collections.abc import Awaitable, Callable, Mapping, Sequence
from importlib import import_module
from typing import TYPE_CHECKING, Any

import msgspec

from motia import __version__
from motia.dispatch import POLL_S, Dispatcher, TriggerOptions
from motia.edge import Edge
from motia.ledger import Ledger, SqliteLedger
from motia.model import LoadFault, Manifest, NodeId, StartError
from motia.places import (
    EngineRecord,
    bind,
    bind_workbench,
    control_path,
    database_path,
    make_data_dir,
    record_path,
    url_of,
    write_record,
)
from motia.project import (
    CONFIG_NAMES,
    ENVIRONMENT_FILE,
    NEEDS,
    READ_AT_START,
    Catalog,
    DefinitionReader,
    Definitions,
    Discovery,
    FlowGraph,
    PayloadValidators,
    RuntimeMark,
    RuntimeWatch,
    Settings,
    Watcher,
    affected_languages,
    check,
    discover,
    flow_graph,
    merge_dotenv,
    order,
    read_dotenv,
    read_sites,
    runtime_mark,
)
from motia.runtime import Clock, Duty, SystemClock, spare_collector
from motia.schedules import CronScheduler
from motia.telemetry import Telemetry
from motia.workers import Launcher, Launching, Origin, Supervisor, WorkerRecords, launchers_for
from motia.workflow import Workflows

if TYPE_CHECKING:
    from motia.workbench import FindingLike, Front

EMBEDDED_POLL_S = 10.0
"""Nobody else writes the ledger of a test, and a day that a test turns by is many polls."""


class Engine(Duty, WorkerRecords):
    """One node. `mode` `dev` reloads and goes on with faults; `start` refuses a project that has any."""

    def __init__(
        self,
        settings: Settings,
        *,
        mode: str,
        on_log: Callable[[Mapping[str, Any]], None] | None = None,
        clock: Clock | None = None,
        random: random_module.Random | None = None,
        ledger: Ledger | None = None,
        telemetry: Telemetry | None = None,
        launchers: Mapping[str, Launcher] | None = None,
        sock: socket.socket | None = None,
        diagnose: Callable[[], Sequence[FindingLike]] | None = None,
        is_embedded: bool = False,
    ) -> None:
        """Look for the project's files and build the rooms; nothing is opened before `start`.

        Args:
            settings: The resolved configuration.
            mode: `dev` or `start`.
            on_log: Called with every log line, redacted, on the engine's loop.
            clock: Time; None: the system's.
            random: Chance; None: seeded by the system.
            ledger: The store; None: the SQLite file that the configuration names.
            telemetry: Traces and logs; None: a file beside the ledger.
            launchers: How workers are started, by language, instead of what is found on this machine.
            sock: A bound socket for the API; None: bound to the configuration's host and port.
            diagnose: Looks at machine and project, for the Workbench; may block.
            is_embedded: Part of a test: no data directory, control socket, record or file watching.
        """
        Duty.__init__(self)
        self.settings = settings
        self.mode = mode
        self.catalog = Catalog()
        self.on_reload: Callable[[tuple[str, ...], float], None] | None = None
        self.on_faults: Callable[[tuple[LoadFault, ...]], None] | None = None
        config = self.config = settings.config
        self._clock = clock or SystemClock()
        self._random = random or random_module.Random(secrets.randbits(64))
        self._node = NodeId(f"{socket.gethostname()}-{os.getpid()}-{self._random.getrandbits(32):08x}")
        self.ledger = ledger or SqliteLedger(database_path(config), clock=self._clock, owner=f"motia {mode}")
        self.telemetry = telemetry or Telemetry(
            config.data_dir / "telemetry.db", clock=self._clock, random=self._random, config=config
        )
        WorkerRecords.__init__(self, recorder=self.telemetry, clock=self._clock)
        if on_log is not None:
            self.telemetry.on_log(on_log)
        self._validators = PayloadValidators(self.catalog)
        self._given_launchers = dict(launchers or {})
        self._environ = settings.environ
        self.discovery = discover(config.root)
        self._launching = self._find_launchers(self.discovery)
        self._looking = asyncio.Lock()
        self._checked: tuple[Discovery, tuple[LoadFault, ...], Definitions] | None = None
        """What besides the manifest the catalog was made of."""
        self._definition_reader = DefinitionReader(config.root, settings.environ)
        self._definitions = Definitions()
        self._sock = sock
        self._diagnose = diagnose
        self._is_embedded = is_embedded
        self._faults_told: tuple[LoadFault, ...] = ()
        self._is_ready = False
        self._has_record = False  # a start that was refused leaves another engine's record alone
        self._tasks: set[asyncio.Task[None]] = set()
        self._build_dispatch()

    def _build_dispatch(self) -> None:
        config = self.config
        self.workers = Supervisor(
            config=config,
            clock=self._clock,
            events=self,
            calls=self._call_op,
            launchers=self._launching.launchers,
            files=self._launching.files(self.discovery),
            engine_version=__version__,
            stands_by=self.mode == "dev" and not self._is_embedded,
        )
        self.dispatcher = Dispatcher(
            ledger=self.ledger,
            workers=self.workers,
            recorder=self.telemetry,
            clock=self._clock,
            random=self._random,
            config=config,
            node=self._node,
            validate=lambda step, payload: self._validators.check(step, payload),
            validate_topic=lambda target, payload: self._validators.check_topic(target, payload),
            poll_s=EMBEDDED_POLL_S if self._is_embedded else POLL_S,
        )
        self.workflows = Workflows(self.dispatcher.node_state)
        self.cron = CronScheduler(
            ledger=self.ledger,
            clock=self._clock,
            recorder=self.telemetry,
            notify=self.dispatcher.notify,
            joined=self.dispatcher.joined,
            queue_depth=config.limits.queue_depth,
        )
        self.edge: Edge | None = None
        self._front: Front | None = None
        self._front_sock: socket.socket | None = None
        self._watcher: Watcher | None = None
        self._runtime_watch: RuntimeWatch | None = None
        self._importing: asyncio.Future[Any] | None = None

    # what others ask

    @property
    def api_address(self) -> tuple[str, int]:
        """(host, port) of the API."""
        assert self.edge is not None, "the engine is started"
        return self.edge.address

    @property
    def addresses(self) -> dict[str, str]:
        """Where to reach what, without secrets: `api`, and `workbench` when it is served."""
        front = self._front.address if self._front is not None else ""
        return {"api": url_of(self.api_address), **({"workbench": front} if front else {})}

    def invite(self) -> str:
        """A one-time address of the Workbench, for whoever may operate; empty when it is not served."""
        return self._front.invite() if self._front is not None and self._front.address else ""

    @property
    def faults(self) -> tuple[LoadFault, ...]:
        """Everything that is wrong with the project now."""
        return self.catalog.faults

    @property
    def is_ready(self) -> bool:
        """Whether requests are welcome: started, not draining, ledger available."""
        return self._is_ready and not self.dispatcher.is_draining and self.ledger.stats().is_available

    async def drain(self) -> None:
        """Take nothing new and finish what is in flight, within the grace period."""
        self._is_ready = False
        grace_s = self.config.shutdown_grace_s
        if self._watcher is not None:
            await self._watcher.stop()
        if self._runtime_watch is not None:
            await self._runtime_watch.stop()
        await self.cron.stop()
        tasks = [self.dispatcher.drain(grace_s)]
        if self.edge is not None:
            tasks.append(self.edge.drain(grace_s))
        await asyncio.gather(*tasks)

    # life cycle

    async def _start(self) -> None:
        config = self.config
        if not self._is_embedded:
            make_data_dir(config.data_dir)
        await self.ledger.open()
        await self.telemetry.start()
        if not self._is_embedded:
            # On a thread, while the workers load: nobody asks the control API before the API answers.
            self._importing = asyncio.ensure_future(asyncio.to_thread(import_module, "motia.workbench"))
            self._front_sock = bind_workbench(config, tries_next=self.mode == "dev")
        sock = self._sock or bind(config.host, config.port)
        self.edge = Edge(
            config=config,
            workers=self.workers,
            recorder=self.telemetry,
            clock=self._clock,
            ledger=self.ledger,
            sock=sock,
            is_ready=lambda: self.is_ready,
            requests=self.dispatcher.requests,
        )
        await asyncio.gather(self.workers.start(), self._read_definitions())
        used = self.workers.manifest
        self._use_manifest(used)
        self._refuse_faults()
        await self.dispatcher.start()
        await self.workflows.start()
        await self.cron.start()
        await self.edge.start()
        if not self._is_embedded:
            await self._start_front()
            self._write_record()
        # Last: who sees a ready engine may look for its record.
        self._is_ready = True
        if self.workers.manifest != used:
            self._use_manifest(self.workers.manifest)
        if self.mode == "dev" and not self._is_embedded:
            self._watcher = Watcher(config.root, self._on_change, modules=self._modules)
            self._runtime_watch = RuntimeWatch(self._runtime_marks, self._on_runtimes, clock=self._clock)
            await self._watcher.start()
            await self._runtime_watch.start()
        if not self._is_embedded:
            spare_collector()

    async def _stop(self) -> None:
        self._is_ready = False
        if self._has_record:
            self._has_record = False
            with contextlib.suppress(OSError):
                record_path(self.config.data_dir).unlink()
        rooms = (
            self._watcher,
            self._runtime_watch,
            self.edge,
            self._front,
            self.cron,
            self.workflows,
            self.dispatcher,
            self.workers,
        )
        for duty in rooms:
            if duty is not None:
                await duty.stop()
        for task in tuple(self._tasks):
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.telemetry.stop()
        await self.ledger.close()
        if self._front is None and self._front_sock is not None:
            self._front_sock.close()

    def _refuse_faults(self) -> None:
        errors = [fault for fault in self.faults if fault.severity == "error"]
        if self.mode == "start" and errors:
            raise StartError(
                f"the project has {len(errors)} fault{'s' if len(errors) != 1 else ''}; nothing was started",
                hint="mend them (`motia check` lists them) or look at the project with `motia dev`",
                details=[msgspec.to_builtins(fault) for fault in errors],
            )

    async def _start_front(self) -> None:
        edge = self.edge
        assert edge is not None
        assert self._importing is not None
        await self._importing
        from motia.workbench import ControlDeps, Front

        deps = ControlDeps(
            ledger=self.ledger,
            telemetry=self.telemetry,
            dispatcher=self.dispatcher,
            trigger_options=TriggerOptions,
            catalog=lambda: self.catalog,
            config=self.config,
            origins=lambda: self.settings.origins,
            flow_graph=self._flow_graph,
            version=__version__,
            clock=self._clock,
            pid=os.getpid(),
            started_at=self._clock.now_ms(),
            addresses=lambda: self.addresses,
            is_ready=lambda: self.is_ready,
            cron=self.cron,
            workers=self.workers,
            workflows=self.workflows,
            api_document=lambda: msgspec.json.decode(edge.openapi()),
            diagnose=self._diagnose,
        )
        self._front = Front(
            deps,
            control=control_path(self.config.data_dir),
            sock=self._front_sock,
            tell=lambda message: self._log("error", message),
        )
        await self._front.start()

    # what workers tell (motia.workers.WorkerEvents)

    def on_manifest(self, manifest: Manifest) -> None:
        """What is loaded changed."""
        if self._is_ready:
            self._use_manifest(manifest)

    def on_worker(self, worker: str, change: str) -> None:
        """A worker became ready or ended: news for the live feed."""
        self.telemetry.feed.publish("worker", {"worker": worker, "change": change})

    def on_capacity(self) -> None:
        """Workers have room."""
        self.dispatcher.on_capacity()

    def _call_op(self, origin: Origin, op: str, args: msgspec.Raw) -> Awaitable[bytes]:
        return self.dispatcher.call_op(origin, op, args)

    # the catalog

    def _use_manifest(self, manifest: Manifest) -> None:
        """Check what is loaded and hand the new catalog to every room, at once."""
        defined = self._definitions
        self._checked = (self.discovery, self._launching.faults, defined)
        manifest = defined.added_to(manifest, *self._launching.faults)
        strict = self.config.triggers_strict
        faults = check(manifest, self.discovery, drafts=defined.drafts, is_strict=strict)
        catalog = Catalog(manifest.steps, faults, defined.topics, defined.workflows)
        self._validators = PayloadValidators(catalog, previous=self._validators)
        assert self.edge is not None
        refused = self.edge.use_catalog(catalog)
        self.catalog = Catalog(manifest.steps, order((*faults, *refused)), defined.topics, defined.workflows)
        self.dispatcher.use_catalog(self.catalog)
        self.cron.use_catalog(self.catalog)
        if self._watcher is not None:
            self._watcher.watch_modules(self._modules)
        self._spawn(self._keep_manifest(manifest))
        self.telemetry.feed.publish(
            "manifest", {"steps": len(self.catalog.steps), "faults": len(self.catalog.faults)}
        )
        if self._is_ready and self.faults != self._faults_told and self.on_faults is not None:
            self.on_faults(self.faults)
        self._faults_told = self.faults

    async def _keep_manifest(self, manifest: Manifest) -> None:
        with contextlib.suppress(Exception):  # only commands without an engine miss it
            await self.ledger.save_manifest(msgspec.json.encode(manifest))

    def _flow_graph(self, observed: Any, parked: Mapping[str, int]) -> FlowGraph:
        files = [file for files in self.discovery.files.values() for file in files]
        sites = read_sites(
            self.config.root, [*files, *self.workers.manifest.modules], steps=self.workers.manifest.steps
        )
        return flow_graph(self.catalog, sites=sites, observed=observed, parked=parked)

    # reload

    def _find_launchers(self, discovery: Discovery) -> Launching:
        return launchers_for(self._environ, discovery, given=self._given_launchers)

    def _runtime_marks(self) -> dict[str, RuntimeMark]:
        root, languages = self.config.root, self.discovery.files.keys() & NEEDS.keys()
        looked_for = languages - self._given_launchers.keys()
        return {language: runtime_mark(language, self._environ, root=root) for language in looked_for}

    def _on_change(self, changed: frozenset[str]) -> None:
        self._spawn(self._reload(changed))

    def _on_runtimes(self, languages: frozenset[str]) -> None:
        self._spawn(self._reload(frozenset(), runtimes=languages))

    async def _reload(self, changed: frozenset[str], *, runtimes: frozenset[str] = frozenset()) -> None:
        """Load what the changed files, and the languages with another runtime, concern."""
        started_mono = self._clock.mono()
        for file in changed.intersection(CONFIG_NAMES):
            self._log("warn", f"{file} has changed: it takes effect at the next start")
        if not changed.difference(CONFIG_NAMES) and not runtimes:
            return
        if ENVIRONMENT_FILE in changed:
            self._read_environment()
        async with self._looking:  # one after another, so that the last one to look is the last to tell
            before = self.discovery
            self.discovery = await asyncio.to_thread(discover, self.config.root)
            self._launching = await asyncio.to_thread(self._find_launchers, self.discovery)
            only = affected_languages(
                changed, before=before, after=self.discovery, modules=self.workers.modules()
            )
            reloading = self.workers.reload(
                self._launching.files(self.discovery),
                launchers=self._launching.launchers,
                only=only | runtimes,
                drops_standby=runtimes | (only if READ_AT_START & changed else frozenset()),
            )
        await asyncio.gather(reloading, self._read_definitions())
        if self._checked != (self.discovery, self._launching.faults, self._definitions):
            self._use_manifest(self.workers.manifest)
        found = {NEEDS[language].program for language in runtimes & self._launching.launchers.keys()}
        if self.on_reload is not None and (changed or found):
            self.on_reload(tuple(sorted(changed | found)), (self._clock.mono() - started_mono) * 1_000)

    def _read_environment(self) -> None:
        """Take over what `.env` says now, for workers that start from now on."""
        try:
            dotenv = read_dotenv(self.config.root / ENVIRONMENT_FILE)
        except StartError as error:
            self._log("error", f"{error.message}; its last good version goes on ({error.hint})")
        else:
            self._environ = merge_dotenv(self.settings.real_environ, dotenv)
            self._definition_reader.use_environ(self._environ)

    def _log(self, level: str, message: str) -> None:
        self.telemetry.log(level=level, message=message, at=self._clock.now_ms(), source="engine")

    async def _read_definitions(self) -> None:
        self._definitions = await self._definition_reader.read(self.discovery)

    @property
    def _modules(self) -> tuple[str, ...]:
        """Project files whose change means a reload, wherever they are."""
        return (*self.workers.manifest.modules, *self._definitions.modules)

    def _spawn(self, work: Any) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    # the record

    def _write_record(self) -> None:
        assert self._front is not None
        record = EngineRecord(
            pid=os.getpid(),
            started_at=self._clock.now_ms(),
            version=__version__,
            api=url_of(self.api_address),
            control=str(self._front.control),
            workbench=self._front.address,
        )
        write_record(self.config.data_dir, record)
        self._has_record = True
