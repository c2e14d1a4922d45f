"""The supervisor: all worker processes of a node behind the `Workers` seam.

Invariants (besides those of the seam)
1. Routes are rebuilt whole from the fleets and swapped at once; `invoke` reads them without waiting.
2. One reload at a time; those asked for meanwhile become one.
3. After `stop` no worker, pipe, socket or task of this room is left.
"""

from __future__ import annotations

import asyncio
import itertools
from collections.abc import Mapping, Sequence

import msgspec

from motia.model import CallerError, LoadFault, Manifest, StepId
from motia.project import Config
from motia.protocol import Log
from motia.runtime import Clock, Duty, Timer
from motia.workers.calls import CallDesk
from motia.workers.death import WorkerLost
from motia.workers.fleet import Fleet
from motia.workers.flight import Flight
from motia.workers.generation import Generation
from motia.workers.keeper import Keeper
from motia.workers.launch import Launcher
from motia.workers.registry import Registry
from motia.workers.report import info_of_keeper, info_of_worker
from motia.workers.seam import CallHandler, Invocation, Lane, WorkerEvents, WorkerInfo
from motia.workers.worker import Worker, WorkerState

CANCEL_WAIT_S = 6.0
"""Longer than the grace after a cancel: what did not stop was killed by then."""

STANDBY_DELAY_S = 0.3
"""After the start, so that workers that only stand by do not slow those that serve the first request."""


class Wish(msgspec.Struct, frozen=True):
    """A reload that was asked for; `only` None: of every language."""

    files: dict[str, tuple[str, ...]]
    only: frozenset[str] | None
    drops_standby: frozenset[str]

    def after(self, earlier: Wish | None) -> Wish:
        """The same, with what an earlier one that has not begun asked for besides."""
        if earlier is None:
            return self
        only = None if self.only is None or earlier.only is None else self.only | earlier.only
        return Wish(self.files, only, self.drops_standby | earlier.drops_standby)


class Route(msgspec.Struct, frozen=True, gc=False):
    """Where invocations of one step go."""

    request: tuple[Worker, ...]
    background: tuple[Worker, ...]
    generation: Generation


class UnknownWorker(CallerError):
    """No worker of this name takes invocations."""

    code = "unknown-worker"
    status = 404


class Supervisor(Duty):
    """Implements `Workers`; see the head of this file."""

    def __init__(
        self,
        *,
        config: Config,
        clock: Clock,
        events: WorkerEvents,
        calls: CallHandler,
        launchers: Mapping[str, Launcher],
        files: Mapping[str, Sequence[str]],
        engine_version: str,
        stands_by: bool = True,
    ) -> None:
        """Prepare workers for `files`.

        Args:
            config: Of the project; `root` is the workers' working directory.
            clock: Times every limit.
            events: Told logs, spans, manifests and capacity, on the loop.
            calls: Carries out what handlers ask for.
            launchers: By language.
            files: Step files of each language, relative to the root, in load order.
            engine_version: Told to the workers.
            stands_by: In development, keep a worker of each language waiting for the next reload.
        """
        super().__init__()
        desk = CallDesk(calls, on_fault=self._on_call_fault)
        self._registry = Registry(
            config=config,
            clock=clock,
            events=events,
            desk=desk,
            engine_version=engine_version,
            stands_by=stands_by,
        )
        self._clock = clock
        self._events = events
        self._launchers = launchers
        self._files = {language: tuple(paths) for language, paths in files.items() if paths}
        self._wanted: Wish | None = None
        self._reloading = asyncio.Lock()
        self._fleets: dict[str, Fleet] = {}
        self._routes: dict[StepId, Route] = {}
        self._manifest = Manifest()
        self._numbers = itertools.count(1)
        self._told: Manifest | None = None
        self._tells = False
        """Whether the start is over: what half of the languages loaded is no news."""
        self._is_draining = False
        self._standby_timer: Timer | None = None

    # the seam

    @property
    def manifest(self) -> Manifest:
        """Steps and faults of all languages; see `Workers.manifest`."""
        return self._manifest

    def invoke(self, invocation: Invocation) -> Flight:
        """Hand an invocation to a worker.

        Never waits, never raises for a worker's fault. A handler that returns after its timeout,
        within the grace, has returned: its value is the answer; one that fails then is answered
        `Failed` with kind `timeout`. The timeout ends with the head of a streamed response.
        """
        loop = asyncio.get_running_loop()
        flight = Flight(next(self._numbers), invocation, loop.create_future())
        route = self._routes.get(invocation.step)
        if self._is_draining:
            flight.refuse("draining")
        elif route is None:
            flight.refuse("no live worker has loaded the step")
        elif invocation.is_alone:
            route.generation.isolation.submit(flight)
        else:
            worker = (
                _pick_background(route, invocation.step) if flight.is_background else _pick_request(route)
            )
            if worker is None:
                # Slots that were lent came back since `free_slots` was asked: who asked wants to know when.
                self._registry.wants_capacity = True
                flight.refuse("busy")
            else:
                worker.submit(flight)
        return flight

    def free_slots(self, step: StepId) -> int:
        """Background invocations of `step` that would be sent at once now."""
        route = self._routes.get(step)
        free = 0
        if route is not None and not self._is_draining:
            for worker in route.background:
                if worker.is_open and not worker.is_clogged:
                    free += worker.slots.free_for(step)
        if not free:
            self._registry.wants_capacity = True
        return free

    def has_step(self, step: StepId) -> bool:
        """Whether a live worker has loaded the step."""
        route = self._routes.get(step)
        return route is not None and any(worker.is_open for worker in (*route.request, *route.background))

    def info(self) -> list[WorkerInfo]:
        """Every process, by name; and the seats that wait for a restart."""
        live = sorted(self._registry.workers, key=lambda worker: worker.name)
        empty = [keeper for keeper in self._keepers() if not keeper.is_open and keeper.last_error]
        return [info_of_worker(worker) for worker in live if not worker.is_dead] + [
            info_of_keeper(keeper) for keeper in empty
        ]

    @property
    def log_lines_dropped(self) -> int:
        """Log lines dropped because workers wrote too many."""
        return self._registry.log_lines_dropped

    # operations

    async def reload(
        self,
        files: Mapping[str, Sequence[str]],
        *,
        launchers: Mapping[str, Launcher] | None = None,
        only: frozenset[str] | None = None,
        drops_standby: frozenset[str] = frozenset(),
    ) -> None:
        """Load the project anew, by new workers, and switch to them.

        No invocation is refused, dropped or interrupted meanwhile; what is in flight finishes in its
        old worker. Returns when the switch is done, or did not come about: `manifest` says which.
        Reloads asked for during a reload become one, with the files and launchers named last.

        Args:
            files: Step files by language. A language that is not there ends; a new one starts.
            launchers: How workers are started from now on; None: as before.
            only: Languages to load anew, besides those whose list of files differs; None: all.
            drops_standby: Languages whose standby has read what changed.
        """
        wish = Wish(
            {language: tuple(paths) for language, paths in files.items() if paths}, only, drops_standby
        )
        self._wanted = wish.after(self._wanted)
        if launchers is not None:
            self._launchers = launchers
        async with self._reloading:
            wanted, self._wanted = self._wanted, None
            if wanted is None or not self.is_started:
                return  # done by the reload just before, or nothing to do it with
            before, self._files = self._files, wanted.files
            for language in [known for known in self._fleets if known not in wanted.files]:
                await self._fleets.pop(language).close()
            async with asyncio.TaskGroup() as group:
                for language, paths in wanted.files.items():
                    if language not in self._fleets:
                        group.create_task(self._start_fleet(language, paths))
                    elif wanted.only is None or language in wanted.only or paths != before.get(language):
                        group.create_task(self._reload_fleet(language, paths, wanted.drops_standby))
            self._refresh()
            self._stand_by()

    def modules(self) -> dict[str, frozenset[str]]:
        """The project files that the workers of each language have read."""
        return {language: frozenset(fleet.files_read()[0]) for language, fleet in self._fleets.items()}

    async def restart(self, worker_name: str) -> None:
        """Put a fresh worker in the place of this one, which finishes what it has.

        Raises:
            UnknownWorker: No such worker takes invocations.
            WorkerLost: The fresh one did not get ready; the old one stays.
        """
        for keeper in self._keepers():
            if keeper.is_open and keeper.worker is not None and keeper.worker.name == worker_name:
                await keeper.replace()
                return
        raise UnknownWorker(
            f"no worker named {worker_name!r} takes invocations", hint="`motia doctor` lists the workers"
        )

    async def drain(self, grace_s: float) -> None:
        """Take nothing new and return when nothing is in flight.

        What runs gets `grace_s` to finish, then a cancel with reason `shutdown`; what has not
        stopped 5 s later is killed. Cancelling leaves the node draining.
        """
        self._is_draining = True
        for fleet in self._fleets.values():
            for generation in fleet.generations():
                generation.isolation.refuse_waiting("draining")
        if not await self._try_wait_idle(grace_s):
            for flight in self._in_flight():
                flight.cancel("shutdown")
            if not await self._try_wait_idle(CANCEL_WAIT_S):
                self.kill()

    def kill(self) -> None:
        """Kill every worker at once; what was in flight is answered as blameless. For a second signal."""
        self._is_draining = True
        for worker in tuple(self._registry.workers):
            worker.kill("shutdown", is_blameless=True)

    async def _start(self) -> None:
        self._is_draining = False
        await asyncio.gather(*(self._start_fleet(language, paths) for language, paths in self._files.items()))
        self._tells = True
        self._refresh()
        self._standby_timer = self._clock.call_later(STANDBY_DELAY_S, self._stand_by)

    async def _stop(self) -> None:
        self._tells = False
        if self._standby_timer is not None:
            self._standby_timer.cancel()
        await self.drain(0.0)
        for worker in tuple(self._registry.workers):
            if worker.state is WorkerState.STARTING:
                worker.kill("shutdown", is_blameless=True)  # a load that hangs must not hold up the end
        async with self._reloading:
            for fleet in self._fleets.values():
                await fleet.close()
            self._fleets = {}
        await self._registry.desk.stop()
        workers = tuple(self._registry.workers)
        for worker in workers:
            worker.retire()
        await asyncio.gather(*(worker.wait_closed() for worker in workers))
        self._registry.disarm()
        self._routes = {}

    # inside

    async def _start_fleet(self, language: str, paths: Sequence[str]) -> None:
        launcher = self._launchers.get(language)
        if launcher is not None:
            fleet = self._fleets[language] = Fleet(self._registry, launcher, on_change=self._refresh)
            await fleet.start(paths)

    async def _reload_fleet(self, language: str, paths: Sequence[str], drops_standby: frozenset[str]) -> None:
        await self._fleets[language].reload(
            paths, launcher=self._launchers.get(language), drops_standby=language in drops_standby
        )

    def _stand_by(self) -> None:
        for fleet in self._fleets.values():
            fleet.stand_by()

    def _refresh(self) -> None:
        """Rebuild routes and manifest from the fleets; tell when the manifest differs."""
        routes: dict[StepId, Route] = {}
        for fleet in self._fleets.values():
            pools: dict[int, tuple[tuple[Worker, ...], tuple[Worker, ...]]] = {}
            for step, owned in fleet.steps.items():
                generation = owned.generation
                if generation is None or step in routes:
                    continue
                if id(generation) not in pools:
                    pools[id(generation)] = (
                        generation.workers(Lane.REQUEST),
                        generation.workers(Lane.BACKGROUND),
                    )
                request, background = pools[id(generation)]
                routes[step] = Route(
                    tuple(worker for worker in request if step in worker.steps),
                    tuple(worker for worker in background if step in worker.steps),
                    generation,
                )
        self._routes = routes
        self._manifest = manifest = self._merged()
        if self._tells and manifest != self._told:
            self._told = manifest
            self._events.on_manifest(manifest)
        self._registry.tell_capacity()

    def _merged(self) -> Manifest:
        modules: dict[str, None] = {}
        file_modules: dict[str, tuple[str, ...]] = {}
        for fleet in self._fleets.values():
            read, imports = fleet.files_read()
            modules.update(read)
            file_modules.update(imports)
        return Manifest(
            steps=tuple(spec for fleet in self._fleets.values() for spec in fleet.specs()),
            faults=(
                *(fault for fleet in self._fleets.values() for fault in fleet.faults()),
                *self._faults_of_languages(),
            ),
            modules=tuple(modules),
            file_modules=file_modules,
        )

    def _faults_of_languages(self) -> list[LoadFault]:
        return [
            LoadFault(
                code="no-worker",
                file=path,
                message=f"there is no worker for {language}, so {path} cannot be loaded",
                hint=f"this installation runs {', '.join(sorted(self._launchers)) or 'no language'}",
            )
            for language, paths in self._files.items()
            if language not in self._launchers
            for path in paths
        ]

    def _keepers(self) -> list[Keeper]:
        return [
            keeper
            for fleet in self._fleets.values()
            if fleet.current is not None
            for keeper in fleet.current.keepers
        ]

    def _in_flight(self) -> list[Flight]:
        return [flight for worker in self._registry.workers for flight in worker.session.in_flight.values()]

    async def _try_wait_idle(self, limit_s: float) -> bool:
        """Whether nothing is in flight after at most `limit_s`."""
        if not self._in_flight():
            return True
        if limit_s <= 0:
            return False
        idle = asyncio.gather(*(worker.wait_idle() for worker in tuple(self._registry.workers)))

        def give_up() -> None:
            idle.cancel()

        limit = self._clock.call_later(limit_s, give_up)
        try:
            await idle
        except asyncio.CancelledError:
            task = asyncio.current_task()
            if task is not None and task.cancelling():
                raise
        finally:
            limit.cancel()
        return not self._in_flight()

    def _on_call_fault(self, message: str) -> None:
        self._events.on_log(
            None, "engine", Log(level="error", message=message, at=self._clock.now_ms(), source="engine")
        )


def _pick_background(route: Route, step: StepId) -> Worker | None:
    """The least-loaded worker with a slot for the step."""
    best: Worker | None = None
    for worker in route.background:
        if (
            worker.is_open
            and worker.slots.free_for(step)
            and not worker.is_clogged
            and (best is None or len(worker.session.in_flight) < len(best.session.in_flight))
        ):
            best = worker
    return best


def _pick_request(route: Route) -> Worker | None:
    """The least-loaded worker with a slot for a request."""
    best: Worker | None = None
    for worker in route.request:
        if (
            worker.is_open
            and worker.slots.requests < worker.slots.requests_max
            and not worker.is_clogged
            and (best is None or len(worker.session.in_flight) < len(best.session.in_flight))
        ):
            best = worker
    return best


__all__ = ["Supervisor", "UnknownWorker", "WorkerLost"]
