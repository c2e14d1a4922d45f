"""The control API: one ASGI app, served on a Unix socket by the engine or called in-process.

Invariants
1. Every route comes from an `Endpoint`; there is no other way in.
2. Every fault is one shape: `{"error": {code, message, hint, details}}`, with the error's status.
3. Nothing is redacted less than `views` says, whoever asks.
4. A caller that may not do what an endpoint needs gets 403 before the endpoint's handler is called.
5. Every call that needs `operate` is in the audit log, with what came of it.
"""

from __future__ import annotations

import asyncio
import difflib
from collections.abc import Awaitable, Callable, Mapping, MutableMapping
from typing import Any
from urllib.parse import quote

import msgspec
from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

from motia.model import MotiaError, WorldError
from motia.workbench import (
    graph_routes,
    node_routes,
    operator_routes,
    queue_routes,
    request_routes,
    run_routes,
    signal_routes,
    source_routes,
    step_routes,
    store_routes,
    workflow_routes,
)
from motia.workbench.deps import ControlDeps
from motia.workbench.endpoint import (
    BODY_SLACK_BYTES,
    OWNER,
    Call,
    Caller,
    Endpoint,
    Permission,
    PermissionDenied,
    name_in,
    read_body,
    read_query,
)
from motia.workbench.instants import shown
from motia.workbench.openapi import describe

Scope = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[MutableMapping[str, Any]]]
Send = Callable[[MutableMapping[str, Any]], Awaitable[None]]
LONG = 100
"""Items of an answer that are written out on the loop; some milliseconds of its time."""
CALLER = "motia.caller"
"""Where the scope of a request holds its `Caller`; there is no default."""


async def _describe(call: Call) -> dict[str, Any]:
    """The OpenAPI description of this very API."""
    return describe(ENDPOINTS, version=call.deps.version)


ENDPOINTS: tuple[Endpoint, ...] = (
    *node_routes.ENDPOINTS,
    *operator_routes.ENDPOINTS,
    *step_routes.ENDPOINTS,
    *source_routes.ENDPOINTS,
    *graph_routes.ENDPOINTS,
    *request_routes.ENDPOINTS,
    *queue_routes.ENDPOINTS,
    *run_routes.ENDPOINTS,
    *signal_routes.ENDPOINTS,
    *store_routes.ENDPOINTS,
    *workflow_routes.ENDPOINTS,
    Endpoint(
        method="GET",
        path="/v1/openapi.json",
        permission=Permission.VIEW,
        summary="OpenAPI description of this API",
        handler=_describe,
        answer=dict[str, Any],
    ),
)


class ControlRoute(Route):
    """A route that knows its declaration."""

    def __init__(self, endpoint: Endpoint, deps: ControlDeps) -> None:
        """The route of `endpoint`."""
        self.declaration = endpoint
        self._deps = deps
        self._body_bytes_max = deps.config.limits.payload_bytes + BODY_SLACK_BYTES
        super().__init__(
            endpoint.path, self._answer, methods=[endpoint.method], name=endpoint.handler.__name__
        )

    async def _answer(self, request: Request) -> Response:
        declared, caller = self.declaration, request.scope[CALLER]
        query = read_query(request, declared.query)
        needed = declared.permission_for(query)
        if needed is Permission.VIEW:
            return await self._done(request, caller, query)
        outcome = "failed"
        try:
            if not caller.may(needed):
                raise PermissionDenied(
                    f"{declared.summary.lower()}: this session may look, not operate",
                    hint="log in with the token that may operate",
                )
            answer = await self._done(request, caller, query)
            outcome = "ok"
            return answer
        except MotiaError as error:
            outcome = error.code
            raise
        finally:
            await self._note(request, caller, outcome)

    async def _done(self, request: Request, caller: Caller, query: msgspec.Struct | None) -> Response:
        declared = self.declaration
        body = await read_body(request, declared.body, bytes_max=self._body_bytes_max)
        call = Call(self._deps, request, caller=caller, query=query, body=body)
        answer = await declared.handler(call)
        if isinstance(answer, Response):
            return answer
        if _is_long(answer):
            # The loop is the engine's: a long list is written out beside it.
            return await asyncio.to_thread(_json, 200, answer)
        return _json(200, answer)

    async def _note(self, request: Request, caller: Caller, outcome: str) -> None:
        audit = self._deps.audit
        if audit is not None:
            target = "/".join(name_in(value) for value in request.path_params.values())
            action = f"{self.declaration.method} {self.declaration.path}"
            await audit.note(who=caller.who, action=action, target=target, outcome=outcome)


class ControlApi:
    """The ASGI app. Stateless: it may be served twice, or called in-process."""

    def __init__(self, deps: ControlDeps) -> None:
        """The API over `deps`."""
        self.app = Starlette(
            routes=[ControlRoute(endpoint, deps) for endpoint in ENDPOINTS],
            exception_handlers={
                MotiaError: _on_motia_error,
                HTTPException: _on_http_exception,
                Exception: _on_fault,
            },
        )
        # A path with a slash at its end names something with an empty name, not the list of them.
        self.app.router.redirect_slashes = False
        self._deps = deps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request of the engine's owner: by the control socket, or in-process."""
        await self.serve(scope, receive, send, caller=OWNER)

    async def serve(self, scope: Scope, receive: Receive, send: Send, *, caller: Caller) -> None:
        """Serve one request of `caller`."""
        if scope["type"] == "http":
            # Matched as sent: an id or key may hold an encoded slash.
            raw: bytes = scope.get("raw_path") or quote(scope["path"]).encode("ascii")
            path = raw.partition(b"?")[0].decode("ascii", "replace")
            scope = {**scope, "path": path, CALLER: caller}
        await self.app(scope, receive, send)

    def close_streams(self) -> None:
        """End every feed that is followed, so that a server can stop."""
        self._deps.telemetry.feed.close()


def error_response(error: MotiaError) -> Response:
    """The answer for an error."""
    headers = {"retry-after": f"{error.retry_after_s:.0f}"} if isinstance(error, WorldError) else None
    return _error(
        error.status, error.code, error.message, hint=error.hint, details=error.details, headers=headers
    )


def _is_long(answer: Any) -> bool:
    if not isinstance(answer, msgspec.Struct):
        return False
    lists = [value for name in answer.__struct_fields__ if isinstance(value := getattr(answer, name), tuple)]
    inner = (
        len(value)
        for items in lists
        for item in items[:LONG]
        if isinstance(item, msgspec.Struct)
        for name in item.__struct_fields__
        if isinstance(value := getattr(item, name), tuple)
    )
    return sum(map(len, lists)) + sum(inner) > LONG


def _error(
    status: int,
    code: str,
    message: str,
    *,
    hint: str,
    details: Any = None,
    headers: Mapping[str, str] | None = None,
) -> Response:
    body = {"code": code, "message": message, "hint": hint, "details": details}
    return _json(status, {"error": body}, headers)


def _json(status: int, value: Any, headers: Mapping[str, str] | None = None) -> Response:
    return Response(
        msgspec.json.encode(shown(value), enc_hook=str),
        status_code=status,
        media_type="application/json",
        headers={"cache-control": "no-store", **(headers or {})},
    )


def _on_motia_error(request: Request, error: Exception) -> Response:
    assert isinstance(error, MotiaError)
    return error_response(error)


def _on_http_exception(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)
    path = request.scope["path"]
    if error.status_code == 404:
        known = [endpoint.path for endpoint in ENDPOINTS]
        close = difflib.get_close_matches(path, known, n=1, cutoff=0.6)
        code, message = "not-found", f"there is nothing at {path[:200]}"
        hint = f"did you mean {close[0]}?" if close else "GET /v1/openapi.json lists what there is"
    elif error.status_code == 405:
        allowed = (error.headers or {}).get("Allow", "")
        code, message = "method-not-allowed", f"{request.method} {path[:200]} is not possible"
        hint = f"possible: {allowed}"
    else:
        code, message, hint = "refused", str(error.detail), ""
    return _error(error.status_code, code, message, hint=hint, headers=error.headers)


def _on_fault(request: Request, error: Exception) -> Response:
    """A fault of ours: Starlette raises it again behind this answer, for the log."""
    message = f"the engine failed on {request.method} {request.scope['path'][:200]}: {type(error).__name__}"
    return _error(500, "internal-error", message, hint="this is a fault of the engine; its log has more")
