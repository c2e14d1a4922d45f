"""What answers on the Workbench's port: access first, then the API, then the screens.

Invariants
1. Without a session or a token there is the log-in page, its style and its icon, and nothing else.
2. Every answer carries the headers of `headers`; there is no CORS header, ever.
3. Who is asking is decided here and handed to the API; a followed feed ends with its session.
4. A log-in or log-out is written down before it is answered: a restart changes neither.
5. Who logs in, by a code or a token, gets to the screen that they came for, which is below our own path
   whatever the form or the address says; a code is never part of where they are led.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import parse_qs, unquote, unquote_plus, unquote_to_bytes

from starlette.requests import Request
from starlette.responses import Response

from motia.model import CallerError, MotiaError, PayloadTooLarge
from motia.project import Config
from motia.workbench.access import Access, Unauthenticated
from motia.workbench.app import ControlApi, Receive, Scope, Send, error_response
from motia.workbench.arrivals import Arrival, Seen
from motia.workbench.endpoint import Caller
from motia.workbench.headers import secured
from motia.workbench.login_page import STYLE, again_page, login_page, not_built_page
from motia.workbench.screens import PAGE, Screen, Screens
from motia.workbench.session_file import SessionFile

FORM_BYTES_MAX = 8 * 1024
NO_STORE = {"cache-control": "no-store"}
ICON = "icon.svg"
AFTER_CHARS_MAX = 4_096
_PLAIN = re.compile(r"(?![/\\])[!-\[\]-~]*")
"""Printable ASCII, no backslash, no slash in front: with ours it would begin the address of another host."""
_SEPARATORS = re.compile(r"[/\\]")


class PageNotFound(CallerError):
    """There is nothing at this address."""

    code = "not-found"
    status = 404


class MethodNotAllowed(CallerError):
    """The address is there; the method is not possible."""

    code = "method-not-allowed"
    status = 405


class SessionEnded(Exception):
    """Somebody logged out, or their time is over, while they were being answered."""


class Site:
    """The ASGI app of the Workbench's port; see the head of this file."""

    def __init__(
        self,
        config: Config,
        *,
        api: ControlApi,
        access: Access,
        screens: Screens,
        sessions: SessionFile | None = None,
    ) -> None:
        """Serve `api` and `screens` to whom `access` admits; without `sessions` a restart ends them."""
        self._config = config
        self._base = config.workbench.base_path
        self._api = api
        self._access = access
        self._screens = screens
        self._sessions = sessions

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        if scope["type"] != "http":
            await send({"type": "websocket.close", "code": 1008, "reason": "there are no WebSockets here"})
            return

        async def send_secured(message: Any) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": secured(list(message.get("headers", [])))}
            await send(message)

        arrival = _arrival_of(scope)
        try:
            seen = self._access.admit(arrival)
            response = await self._respond(scope, receive, send_secured, arrival, seen)
        except MotiaError as error:
            response = self._refusal(arrival, error, after=self._asked_for(arrival, scope))
        if response is not None:
            await response(scope, receive, send_secured)

    async def _respond(
        self, scope: Scope, receive: Receive, send: Send, arrival: Arrival, seen: Seen
    ) -> Response | None:
        """The answer; None when it was sent already."""
        raw = self._within(arrival)
        public = await self._public(raw, scope, receive, arrival, seen)
        if public is not None:
            return public
        try:
            caller = self._access.caller(arrival, seen)
        except Unauthenticated:
            if seen.site == "cross-site" and seen.is_navigation and _takes_html(arrival) and arrival.is_safe:
                return _html(again_page(base=self._base, address=self._address(raw, scope)), 200)
            raise
        if raw.startswith("/v1/"):
            await self._serve_api({**scope, "raw_path": raw.encode()}, receive, send, arrival, caller)
            return None
        if arrival.method not in ("GET", "HEAD"):
            raise MethodNotAllowed(f"{arrival.method[:20]} is not possible here", hint="possible: GET, HEAD")
        return await self._screen(raw, arrival)

    def _within(self, arrival: Arrival) -> str:
        """The path below ours; a proxy before us may have taken ours off."""
        raw = arrival.target.decode("ascii")
        raw = raw.removeprefix(self._base) if raw.startswith(f"{self._base}/") else raw
        return "/" if raw == self._base and raw else raw

    # without a session

    async def _public(
        self, raw: str, scope: Scope, receive: Receive, arrival: Arrival, seen: Seen
    ) -> Response | None:
        if arrival.method in ("GET", "HEAD"):
            if raw == "/login.css":
                return Response(STYLE, media_type="text/css", headers={"cache-control": "max-age=3600"})
            if raw == f"/{ICON}":
                icon = await self._screens.find(ICON)
                return _file(icon, arrival) if icon is not None else None
            code = _code_of(scope)[0] if arrival.method == "GET" and _is_screen(raw) else ""
            if code:
                session = self._access.redeem(code, seen)
                return await self._logged_in(session, seen, self._asked_for(arrival, scope))
            if raw == "/login":
                return self._to_start() if self._access.session(arrival) else self._page("", 200)
        elif raw == "/login" and arrival.method == "POST":
            token, after = await _form_of(Request(scope, receive))
            try:
                session = self._access.log_in(token, seen)
            except MotiaError as error:
                return self._refusal(arrival, error, after=after)
            return await self._logged_in(session, seen, after)
        elif raw == "/logout" and arrival.method == "POST":
            self._access.log_out(arrival)
            await self._keep_sessions()
            response = self._to_start("login")
            response.headers["set-cookie"] = self._access.cookie_of("", seen)
            return response
        return None

    async def _logged_in(self, session: str, seen: Seen, after: str = "") -> Response:
        await self._keep_sessions()
        response = self._to_start(after)
        response.headers["set-cookie"] = self._access.cookie_of(session, seen)
        return response

    async def _keep_sessions(self) -> None:
        if self._sessions is not None:
            await self._sessions.save(self._access.kept)

    def _to_start(self, page: str = "") -> Response:
        """To the clean address: no code stays in the history or the address bar."""
        return Response(status_code=303, headers={"location": f"{self._base}/{page}", **NO_STORE})

    def _asked_for(self, arrival: Arrival, scope: Scope) -> str:
        """The screen that somebody came for, as `after` of the log-in page: without a code."""
        if arrival.method != "GET" or not arrival.target.isascii():
            return ""
        clean = {**scope, "query_string": _code_of(scope)[1].encode("latin-1")}
        return _below(self._address(self._within(arrival), clean).removeprefix(f"{self._base}/"))

    def _page(self, problem: str, status: int, after: str = "") -> Response:
        page = login_page(
            base=self._base,
            problem=problem,
            takes_tokens=self._access.takes_tokens,
            is_production=self._config.is_production,
            after=after,
        )
        # With no-referrer a browser would send its form with `Origin: null`.
        return _html(page, status, {"referrer-policy": "same-origin"})

    def _refusal(self, arrival: Arrival, error: MotiaError, *, after: str) -> Response:
        is_login = isinstance(error, Unauthenticated) or error.code == "too-many-guesses"
        is_api = b"/v1/" in arrival.target
        if not (is_login and _takes_html(arrival) and not is_api):
            response = error_response(error)
        elif type(error) is Unauthenticated:
            response = self._page("", error.status, after)
        else:
            response = self._page(f"{error.message}.", error.status, after)
        if error.status == 401:
            response.headers["www-authenticate"] = "Bearer"
        return response

    def _address(self, raw: str, scope: Scope) -> str:
        query = scope["query_string"].decode("latin-1")
        # Two slashes would begin the address of another host.
        return f"{self._base}/{raw.lstrip('/')}" + (f"?{query}" if query else "")

    # with a session

    async def _serve_api(
        self, scope: Scope, receive: Receive, send: Send, arrival: Arrival, caller: Caller
    ) -> None:
        async def send_while_logged_in(message: Any) -> None:
            is_session = caller.expires_at is not None and message.get("more_body")
            if is_session and self._access.session(arrival) is None:
                raise SessionEnded
            await send(message)

        try:
            await self._api.serve(scope, receive, send_while_logged_in, caller=caller)
        except (SessionEnded, ExceptionGroup) as error:
            if isinstance(error, ExceptionGroup) and error.split(SessionEnded)[1] is not None:
                raise
            await send({"type": "http.response.body", "body": b"", "more_body": False})

    async def _screen(self, raw: str, arrival: Arrival) -> Response:
        path = _clean(raw)
        if path is None:
            raise PageNotFound("there is nothing at this address", hint="the Workbench begins at /")
        found = await self._screens.find(path or PAGE)
        if found is None and (path.startswith("assets/") or not _takes_html(arrival)):
            raise PageNotFound(f"there is no file {path[:200]}", hint="load the page again: it may be newer")
        page = found or await self._screens.find(PAGE)
        return _file(page, arrival) if page is not None else _html(not_built_page(base=self._base), 503)


def _arrival_of(scope: Scope) -> Arrival:
    raw: bytes = scope.get("raw_path") or scope["path"].encode("utf-8", "replace")
    client = scope.get("client")
    return Arrival(
        method=scope["method"],
        target=raw.partition(b"?")[0],
        headers=tuple((bytes(name), bytes(value)) for name, value in scope["headers"]),
        peer=client[0] if client else "",
    )


def _is_screen(raw: str) -> bool:
    """Whether a screen answers at `raw`: no route of the API, no file, no way in or out."""
    path = _clean(raw)
    return path is not None and path.partition("/")[0] not in ("v1", "assets", "login", "logout")


def _code_of(scope: Scope) -> tuple[str, str]:
    """The one-time code in a query, empty without one, and the query without it, as it was written."""
    codes: list[str] = []
    kept: list[str] = []
    for piece in scope["query_string"].decode("latin-1").split("&"):
        name, _, value = piece.partition("=")
        if unquote_plus(name) == "code":
            codes.append(unquote_plus(value))
        else:
            kept.append(piece)
    return next(filter(None, codes), ""), "&".join(kept)


async def _form_of(request: Request) -> tuple[str, str]:
    """The token that was typed, and where its owner wants to go."""
    kind = request.headers.get("content-type", "").partition(";")[0].strip().lower()
    if kind != "application/x-www-form-urlencoded":
        raise CallerError("the log-in takes a form", hint="programs send Authorization: Bearer")
    content = bytearray()
    async for piece in request.stream():
        content += piece
        if len(content) > FORM_BYTES_MAX:
            raise PayloadTooLarge(f"the form is larger than {FORM_BYTES_MAX:,} bytes")
    values = parse_qs(content.decode("latin-1"), max_num_fields=10)
    token, after = (values.get(name, [""])[0].strip() for name in ("token", "after"))
    return token, _below(after)


def _below(address: str) -> str:
    """`address` as one below our path; empty when a browser could take it for anything else."""
    if len(address) > AFTER_CHARS_MAX or not _PLAIN.fullmatch(address):
        return ""
    return "" if address.partition("?")[0] in ("login", "logout") else address


def _clean(raw: str) -> str | None:
    """The path that `raw` names, decoded once, no slash in front; None when it is none of a page or file."""
    try:
        path = unquote_to_bytes(raw).decode()
    except UnicodeDecodeError:
        return None
    # Whoever would decode once more, or takes a backslash for a slash, is not led elsewhere either.
    if {".", ".."} & set(_SEPARATORS.split(unquote(path))) or "\\" in path or "//" in path:
        return None
    if any(ord(char) < 32 or ord(char) == 127 for char in path):
        return None
    return path.removeprefix("/")


def _takes_html(arrival: Arrival) -> bool:
    return any("text/html" in accepted for accepted in arrival.all(b"accept"))


def _html(content: bytes, status: int, headers: Mapping[str, str] | None = None) -> Response:
    return Response(content, status, media_type="text/html", headers={**NO_STORE, **(headers or {})})


def _file(file: Screen, arrival: Arrival) -> Response:
    caching = "public, max-age=31536000, immutable" if file.is_immutable else "no-store"
    headers = {"cache-control": caching, "content-type": file.media, "vary": "accept-encoding"}
    takes_gzip = any("gzip" in accepted for accepted in arrival.all(b"accept-encoding"))
    if file.gzipped and takes_gzip:
        return Response(file.gzipped, headers={**headers, "content-encoding": "gzip"})
    return Response(file.content, headers=headers)
