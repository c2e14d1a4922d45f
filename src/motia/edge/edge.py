"""The edge: HTTP in. Decides for each request who answers it: a step, the engine, a file, or nobody.

Order: Host allow-list, drain, steps, built-in paths, files of `web/`, then 404 or 405.
"""

from __future__ import annotations

import asyncio
import socket
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Final

from motia.dispatch import StartRequests
from motia.edge.access import Cors, Hosts
from motia.edge.api_steps import ApiSteps, Route
from motia.edge.builtin import Builtin
from motia.edge.exchange import Exchange
from motia.edge.faults import HttpFault
from motia.edge.listener import Listener
from motia.edge.routing import Leaf, Router
from motia.edge.static_files import StaticFiles
from motia.edge.trace_context import parse_traceparent, trace_lines
from motia.ledger import Ledger
from motia.model import LoadFault, StepKind
from motia.project import Catalog, Config
from motia.runtime import Clock, Duty
from motia.telemetry import Recorder
from motia.workers import Workers

FILE_THREADS: Final = 4
STREAM_CLOSE_S: Final = 1.0
"""How long cancelled requests and streams get to end after the grace."""


class Edge(Duty):
    """HTTP in, on sockets that are bound already. `start` accepts; `stop` cuts what is left."""

    def __init__(
        self,
        *,
        config: Config,
        workers: Workers,
        recorder: Recorder,
        clock: Clock,
        ledger: Ledger,
        sock: socket.socket | Sequence[socket.socket],
        is_ready: Callable[[], bool],
        requests: StartRequests | None = None,
    ) -> None:
        """Serve on `sock` (one socket or several, bound; listening or not); they are closed by `stop`.

        `requests` is told of those that start a workflow.
        """
        super().__init__()
        self._config = config
        self._recorder = recorder
        self._clock = clock
        self._hosts = Hosts(config)
        self._cors = Cors(config.cors_origins)
        self._router: Router[Route] = Router()
        self._steps = ApiSteps(
            config=config, workers=workers, recorder=recorder, clock=clock, ledger=ledger, requests=requests
        )
        self._builtin = Builtin(is_ready=is_ready, title=config.root.name or "Motia")
        self._pool = ThreadPoolExecutor(FILE_THREADS, thread_name_prefix="motia-files")
        self._files = StaticFiles(config.root / "web", pool=self._pool)
        self._has_files = False
        self._is_draining = False
        self._listener = Listener(
            sockets=[sock] if isinstance(sock, socket.socket) else list(sock),
            limits=config.limits,
            clock=clock,
            serve=self._serve,
            on_internal_error=self._log_error,
        )

    @property
    def address(self) -> tuple[str, int]:
        """(host, port) of the first socket; the port really bound when it was asked for as 0."""
        return self._listener.addresses[0]

    @property
    def in_flight(self) -> int:
        """Requests that workers have or that wait for one."""
        return self._steps.in_flight

    def openapi(self) -> bytes:
        """The OpenAPI document of the catalog in use, JSON text."""
        return self._builtin.openapi()

    def use_catalog(self, catalog: Catalog) -> tuple[LoadFault, ...]:
        """Serve the api steps of `catalog` from the next request on; requests in flight are not touched.

        A step whose schema cannot be compiled is left out and returned as a fault: it would
        otherwise run unchecked.
        """
        router: Router[Route] = Router()
        faults: list[LoadFault] = []
        for step in catalog.of_kind(StepKind.API):
            try:
                route = Route(
                    step,
                    timeout_s_max=self._config.limits.request_timeout_s,
                    starts_workflow=bool(catalog.workflows_started_by(step.id)),
                )
            except ValueError as error:
                source = step.source
                faults.append(
                    LoadFault(
                        code="bad-schema",
                        file=source.file,
                        line=source.line,
                        message=f"step {step.id!r} is not served: {error}",
                        hint="write the schema as JSON Schema, draft 2020-12",
                    )
                )
                continue
            router.add(step.method, step.path, route)
        self._router = router
        self._builtin.use_catalog(catalog)
        self._has_files = self._files.exists()
        return tuple(faults)

    async def _start(self) -> None:
        self._has_files = await asyncio.get_running_loop().run_in_executor(self._pool, self._files.exists)
        await self._listener.open()

    async def drain(self, grace_s: float) -> None:
        """Accept no more; return when every request in flight is answered or `grace_s` has passed.

        Idle connections close at once, event streams end (their clients reconnect elsewhere),
        requests that still arrive on open connections get 503. After the grace the handlers left
        are cancelled (`shutdown`) and get a second to answer.
        """
        self._is_draining = True
        self._steps.refuse_waiting()
        until_mono = self._clock.mono() + grace_s
        if await self._listener.drain(grace_s):
            # What an Idempotency-Key keeps alive has no connection any more.
            await self._steps.finish(until_mono - self._clock.mono())
            return
        for exchange in self._listener.active:
            if exchange.on_shutdown is not None:
                exchange.on_shutdown()
        await self._listener.drain(STREAM_CLOSE_S)

    async def _stop(self) -> None:
        self._is_draining = True
        await self._listener.close()
        await self._steps.stop()
        self._pool.shutdown(wait=False, cancel_futures=True)

    # one request

    def _serve(self, exchange: Exchange, now_mono: float) -> None:
        exchange.started_mono = now_mono
        exchange.started_at = self._clock.now_ms()
        index = exchange.index
        parent = parse_traceparent(index[b"traceparent"]) if b"traceparent" in index else None
        if parent is None:
            exchange.trace = self._recorder.new_trace()
        else:
            exchange.trace, exchange.parent = parent
        exchange.span = self._recorder.new_span()
        exchange.extra_lines = trace_lines(exchange.trace, exchange.span)
        if b"origin" in index:
            exchange.extra_lines += self._cors.lines(index[b"origin"])
        elif self._cors.vary:
            exchange.extra_lines += self._cors.vary
        try:
            self._answer(exchange)
        except HttpFault as fault:
            exchange.send_fault(fault)
        except Exception as error:
            self._log_error(error)
            exchange.keeps_alive = False
            exchange.send_error(500, code="internal-error", message="internal error")

    def _answer(self, exchange: Exchange) -> None:
        if exchange.fault is not None:
            raise exchange.fault
        host = exchange.index.get(b"host")
        if host is not None and not self._hosts.allows(host):
            raise self._wrong_host(host)
        if self._is_draining:
            raise HttpFault(
                503, "draining", message="the server is stopping", headers=b"retry-after: 1\r\n", closes=True
            )
        found = self._router.match(exchange.path)
        if found is None:
            self._answer_unrouted(exchange, None)
            return
        leaf, values = found
        served = leaf.find(exchange.method)
        if served is None:
            self._answer_unrouted(exchange, leaf)
            return
        route, names = served
        self._steps.serve(exchange, route, names=names, values=values)

    def _answer_unrouted(self, exchange: Exchange, leaf: Leaf[Route] | None) -> None:
        """No step serves this method and path."""
        if exchange.method == "OPTIONS":
            self._answer_options(exchange, leaf)
        elif leaf is None and self._builtin.serve(exchange):
            return
        elif self._has_files and exchange.method in ("GET", "HEAD"):
            self._steps.spawn(self._answer_file(exchange, leaf))
        else:
            raise self._nobody(exchange, leaf)

    async def _answer_file(self, exchange: Exchange, leaf: Leaf[Route] | None) -> None:
        try:
            file = await self._files.find(exchange.path)
            if file is None:
                raise self._nobody(exchange, leaf)
            await self._files.send(exchange, file)
        except HttpFault as fault:
            exchange.send_fault(fault)
        except OSError as error:
            self._log_error(error)
            exchange.send_error(500, code="internal-error", message="the file could not be read")

    def _answer_options(self, exchange: Exchange, leaf: Leaf[Route] | None) -> None:
        allow = leaf.allow() if leaf is not None else "GET, HEAD, OPTIONS"
        lines = b"allow: %b\r\n" % allow.encode()
        index = exchange.index
        if b"origin" in index and b"access-control-request-method" in index:
            asked = index.get(b"access-control-request-headers", b"")
            lines += self._cors.preflight_lines(index[b"origin"], methods=allow, asked_headers=asked)
        exchange.send(204, lines)

    def _nobody(self, exchange: Exchange, leaf: Leaf[Route] | None) -> HttpFault:
        if leaf is not None:
            allow = leaf.allow()
            return HttpFault(
                405,
                "method-not-allowed",
                message=f"{exchange.path} answers {allow}, not {exchange.method}",
                headers=b"allow: %b\r\n" % allow.encode(),
            )
        closest = None if self._config.is_production else self._router.closest(exchange.path)
        return HttpFault(
            404,
            "not-found",
            message=f"nothing answers {exchange.method} {exchange.path}",
            hint=f"the closest path is {closest}" if closest else "",
        )

    def _wrong_host(self, host: bytes) -> HttpFault:
        return HttpFault(
            421,
            "unknown-host",
            message=f"this development server does not answer for the host {host.decode('latin-1')[:100]!r}",
            hint="use localhost or the address it is bound to, or run with MOTIA_ENV=production",
            closes=True,
        )

    def _log_error(self, error: BaseException) -> None:
        self._recorder.log(
            level="error", message=f"edge: {type(error).__name__}: {error}", at=self._clock.now_ms()
        )
