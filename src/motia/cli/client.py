"""Talks to the engine's control API: to the running engine, else to the project's files.

Invariants
1. Commands see one interface, `Control`; whether an engine runs changes no answer's shape.
2. A record of an engine that is gone (its process ended, its socket refuses) counts as no engine.
3. Nothing waits without a limit, except `follow`, which ends when its reader does or the engine does.
"""

from __future__ import annotations

import http.client
import json
import os
import re
import socket
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import quote, urlencode

import msgspec

from motia.cli.errors import CommandError, ControlError
from motia.model import WorldError
from motia.places import EngineRecord, record_path

ANSWER_LIMIT_S = 30.0
CONNECT_LIMIT_S = 2.0
PAGE_MAX = 1_000
_DOTS = re.compile(r"~*\.{1,2}")


class EngineGone(WorldError):
    """The engine stopped answering; what was asked may or may not have been done."""

    code = "engine-gone"


class Control(Protocol):
    """The control API, wherever it is served. Every method may raise `ControlError`."""

    is_online: bool
    """Whether an engine answers (else: the project's files)."""

    def request(
        self,
        method: str,
        path: str,
        *,
        query: Mapping[str, Any] | None = None,
        body: Any = None,
        limit_s: float = ANSWER_LIMIT_S,
    ) -> Any:
        """Send a request and return the answer's JSON; None values are left out of the query.

        Raises:
            ControlError: The engine refused; the message is its own.
            EngineGone: It did not answer within `limit_s` seconds.
        """
        ...

    def follow(self, path: str, *, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """Yield the JSON of each server-sent event as it comes.

        Raises:
            ControlError: There is no engine to follow.
        """
        ...

    def close(self) -> None:
        """Give back what is open."""


class ControlClient:
    """The control API of a running engine, over its Unix socket."""

    is_online = True

    def __init__(self, socket_path: str) -> None:
        """Remember where; nothing is connected yet."""
        self._socket_path = socket_path

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
        connection = _UnixConnection(self._socket_path, limit_s)
        try:
            response = self._send(connection, method, path, query, body)
            return decode(response.status, response.read())
        except (OSError, http.client.HTTPException) as error:
            raise _gone(error) from error
        finally:
            connection.close()

    def follow(self, path: str, *, query: Mapping[str, Any] | None = None) -> Iterator[Any]:
        """See `Control.follow`."""
        connection = _UnixConnection(self._socket_path, None)
        try:
            response = self._send(connection, "GET", path, query, None, accept="text/event-stream")
            if response.status >= 400:
                decode(response.status, response.read())
            for data in event_data(response):
                yield json.loads(data)
        except (OSError, http.client.HTTPException) as error:
            raise _gone(error) from error
        finally:
            connection.close()

    def close(self) -> None:
        """Nothing stays open between requests."""

    def _send(
        self,
        connection: _UnixConnection,
        method: str,
        path: str,
        query: Mapping[str, Any] | None,
        body: Any,
        *,
        accept: str = "application/json",
    ) -> http.client.HTTPResponse:
        text = None if body is None else json.dumps(body, allow_nan=False).encode()
        headers = {"accept": accept} | ({"content-type": "application/json"} if text is not None else {})
        connection.request(method, url_of(path, query), text, headers)
        return connection.getresponse()


class _UnixConnection(http.client.HTTPConnection):
    """HTTP over a Unix stream socket. `limit_s` None: an answer may take for ever (a followed stream)."""

    def __init__(self, socket_path: str, limit_s: float | None) -> None:
        super().__init__("localhost", timeout=limit_s)
        self._socket_path = socket_path
        self._limit_s = limit_s

    def connect(self) -> None:
        sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        try:
            sock.settimeout(CONNECT_LIMIT_S)
            sock.connect(self._socket_path)
            sock.settimeout(self._limit_s)
        except BaseException:
            sock.close()
            raise
        self.sock = sock


@contextmanager
def connect(root: Path) -> Iterator[Control]:
    """The control API of the project at `root`, closed at the end of the `with` block.

    Asks the running engine when there is one, else opens the project's own files; these are owned
    by this process until the block ends.

    Raises:
        StartError: No engine answers, and the files cannot be opened (another process owns them).
    """
    record = running_engine(root)
    control: Control
    if record is not None:
        control = ControlClient(record.control)
    else:
        from motia.cli.offline import OfflineControl

        control = OfflineControl.of_project(root)
    try:
        yield control
    finally:
        control.close()


def running_engine(root: Path) -> EngineRecord | None:
    """The record of the engine that runs this project and answers; None when none does."""
    record = read_record(root)
    if record is None or not _is_alive(record.pid):
        return None
    sock = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    try:
        sock.settimeout(CONNECT_LIMIT_S)
        sock.connect(record.control)
    except OSError:
        return None
    finally:
        sock.close()
    return record


def read_record(root: Path) -> EngineRecord | None:
    """What `.motia/engine.json` says, whether true or stale; None when it is missing or cannot be read."""
    try:
        return msgspec.json.decode(record_path(root / ".motia").read_bytes(), type=EngineRecord)
    except (OSError, msgspec.MsgspecError):
        return None


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True


def url_of(path: str, query: Mapping[str, Any] | None) -> str:
    """`path` with `query`; None values are left out, lists repeat their name, booleans are true and false."""
    pairs = [
        (name, str(item).lower() if isinstance(item, bool) else str(item))
        for name, value in (query or {}).items()
        for item in (value if isinstance(value, list | tuple) else (value,))
        if item is not None
    ]
    return f"{path}?{urlencode(pairs)}" if pairs else path


def collect(
    control: Control, path: str, name: str, query: dict[str, Any], *, limit: int
) -> list[dict[str, Any]]:
    """Up to `limit` items of the list `name` of `GET path`, newest first, page after page.

    A page may be short where the engine had to search for long: its cursor goes on.
    """
    found: list[dict[str, Any]] = []
    cursor: dict[str, Any] = {}
    while True:
        part = min(limit - len(found), PAGE_MAX)
        page = control.request("GET", path, query=query | {"limit": part} | cursor)
        found += page[name]
        if len(found) >= limit or not page.get("cursor"):
            return found
        cursor = {"cursor": page["cursor"]}


def segment(text: str) -> str:
    """`text` as one segment of a path, slashes included; dots as `name_in` of the control API takes them.

    Raises:
        CommandError: It is empty: the path would name something else, a list for one of its items.
    """
    if not text:
        raise CommandError(
            "an id or name is empty",
            hint="is a variable of the shell not set? an id has at least one character",
        )
    return quote(f"~{text}" if _DOTS.fullmatch(text) else text, safe="")


def decode(status: int, content: bytes) -> Any:
    """The JSON of an answer; None when it has no content.

    Raises:
        ControlError: The status is 400 or more, or the content is not JSON.
    """
    try:
        value = json.loads(content) if content.strip() else None
    except ValueError:
        shown = content[:200].decode("utf-8", errors="replace")
        raise ControlError(
            f"the engine answered {status} with {shown!r}", code="not-json", status=status
        ) from None
    if status < 400:
        return value
    error = value.get("error") if isinstance(value, dict) else None
    if not isinstance(error, dict):
        raise ControlError(f"the engine answered {status}: {value}", code="refused", status=status)
    raise ControlError(
        str(error.get("message", f"the engine answered {status}")),
        code=str(error.get("code", "refused")),
        status=status,
        hint=str(error.get("hint") or ""),
        details=error.get("details"),
    )


def event_data(stream: Iterator[bytes] | http.client.HTTPResponse) -> Iterator[str]:
    """The data of each server-sent event of a stream of lines; comments and other fields are passed over."""
    data: list[str] = []
    for raw in stream:
        line = raw.decode("utf-8", errors="replace").rstrip("\r\n")
        if not line:
            if data:
                yield "\n".join(data)
            data = []
        elif line.startswith("data:"):
            data.append(line.removeprefix("data:").removeprefix(" "))


def _gone(error: Exception) -> EngineGone:
    reason = str(error) or type(error).__name__
    return EngineGone(
        f"the engine does not answer: {reason}", hint="is it still running? `motia doctor` looks"
    )
