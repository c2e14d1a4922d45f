"""How a route is declared, and how its query and body are read: by types, all faults named.

Invariants
1. Every endpoint states a permission; one that shows unredacted values needs `operate`.
2. An unknown query parameter or body field is an error that names the closest known one.
3. A body is read up to the bound and no further.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any, TypeVar, cast, get_args, get_origin
from urllib.parse import unquote

import msgspec
from starlette.requests import Request

from motia.model import CallerError, PayloadTooLarge, half_in
from motia.workbench.deps import ControlDeps

_DOTS = re.compile(r"~+\.{1,2}")
BODY_SLACK_BYTES = 64 * 1024
"""Room for the options around a payload of the largest size."""
PAGE_MAX = 1_000
"""Items of a page, at the most."""

T = TypeVar("T", bound=msgspec.Struct)


class Permission(StrEnum):
    """What a caller must be allowed: to look, or to change something."""

    VIEW = "view"
    OPERATE = "operate"


class Nothing(msgspec.Struct, frozen=True, kw_only=True):
    """An empty object."""


class Caller(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks, and what they may. `expires_at`: when a session ends; None when nothing ends it."""

    who: str
    permission: Permission
    is_local: bool = False
    """Came by the control socket, which only the owner of the engine's files can open."""
    expires_at: int | None = None

    def may(self, needed: Permission) -> bool:
        """Whether this caller may do what needs `needed`: who may operate may look."""
        return self.permission is Permission.OPERATE or needed is Permission.VIEW


OWNER = Caller(who="control socket", permission=Permission.OPERATE, is_local=True)
"""Whoever can open the control socket could as well change the engine's files."""


class PermissionDenied(CallerError):
    """The caller may look and not operate. Nothing was done."""

    code = "permission-denied"
    status = 403


class Call:
    """One request to the control API, with what its endpoint declared already read."""

    __slots__ = ("_body", "_query", "caller", "deps", "params", "request")

    def __init__(
        self,
        deps: ControlDeps,
        request: Request,
        *,
        caller: Caller,
        query: msgspec.Struct | None,
        body: msgspec.Struct | None,
    ) -> None:
        """Made by the app."""
        self.caller = caller
        self.deps = deps
        self.request = request
        self.params = {name: name_in(value) for name, value in request.path_params.items()}
        self._query = query
        self._body = body

    def query(self, kind: type[T]) -> T:
        """The query, of the type that the endpoint declares."""
        return cast(T, self._query)

    def body(self, kind: type[T]) -> T:
        """The body, of the type that the endpoint declares."""
        return cast(T, self._body)


def name_in(segment: str) -> str:
    """The id or name that a segment of a path stands for.

    Browsers and proxies take `.` and `..`, however encoded, out of a path. So these names are written `~.`
    and `~..`, and names that look like that have one `~` more; as they are they are taken too.
    """
    name = unquote(segment)
    return name[1:] if _DOTS.fullmatch(name) else name


def checked_limit(limit: int) -> int:
    """`limit`, if a page may have so many items; else CallerError."""
    if not 1 <= limit <= PAGE_MAX:
        raise CallerError(f"limit is {limit}", hint=f"it goes from 1 to {PAGE_MAX:,}; `cursor` asks for more")
    return limit


Handler = Callable[[Call], Awaitable[Any]]


class Endpoint(msgspec.Struct, frozen=True, kw_only=True):
    """A route: what it does, who may, what it takes and gives."""

    method: str
    path: str
    permission: Permission
    summary: str
    handler: Handler
    answer: Any
    query: type[msgspec.Struct] | None = None
    body: type[msgspec.Struct] | None = None
    media: str = "application/json"
    """What the answer is; other than JSON it comes piece by piece."""

    def permission_for(self, query: msgspec.Struct | None) -> Permission:
        """What this request needs: `raw` shows what redaction would hide."""
        return Permission.OPERATE if getattr(query, "raw", False) else self.permission


def read_query(request: Request, kind: type[msgspec.Struct] | None) -> msgspec.Struct | None:
    """The query parameters as `kind`.

    Raises:
        CallerError: A parameter is unknown, given twice, or not of its type.
    """
    fields = {field.encode_name: field for field in msgspec.structs.fields(kind)} if kind else {}
    values: dict[str, Any] = {}
    for name, value in request.query_params.multi_items():
        if name not in fields:
            raise _unknown("query parameter", name, fields)
        if _is_list(fields[name].type):
            values.setdefault(name, []).append(value)
        elif name in values:
            raise CallerError(f"the query parameter {name} is given twice", hint="give it once")
        else:
            values[name] = value
    return _convert(values, kind, "query") if kind else None


async def read_body(request: Request, kind: type[msgspec.Struct] | None, *, bytes_max: int) -> Any:
    """The JSON body as `kind`; an empty body is an empty object.

    Raises:
        PayloadTooLarge: It is longer than `bytes_max`.
        CallerError: It is not JSON, or not of its type.
    """
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > bytes_max:
            raise PayloadTooLarge(
                f"the body is larger than {bytes_max:,} bytes",
                hint="send less, or raise limits.payload_bytes",
            )
    if kind is None:
        return None
    try:
        known = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        values = msgspec.json.decode(bytes(content) or b"{}", type=dict[str, msgspec.Raw])
        for name in values:
            if name not in known:
                raise _unknown("body field", name, known)
        return msgspec.json.decode(bytes(content) or b"{}", type=kind)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        half = half_in(bytes(content), error)
        reason = f"{half.reason} (byte {half.at})" if half else error
        raise CallerError(f"the body cannot be used: {reason}", hint="send a JSON object") from None


def _convert(values: dict[str, Any], kind: type[msgspec.Struct], what: str) -> msgspec.Struct:
    try:
        return msgspec.convert(values, kind, strict=False)
    except msgspec.ValidationError as error:
        raise CallerError(f"the {what} cannot be used: {error}") from None


def _unknown(what: str, name: str, known: dict[str, Any]) -> CallerError:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.5)
    listed = ", ".join(sorted(known)) or "none"
    hint = f"did you mean {close[0]}?" if close else f"known here: {listed}"
    return CallerError(f"unknown {what} {name[:80]!r}", hint=hint, details={"known": sorted(known)})


def _is_list(kind: Any) -> bool:
    return get_origin(kind) in (tuple, list) or any(
        get_origin(arg) in (tuple, list) for arg in get_args(kind)
    )
