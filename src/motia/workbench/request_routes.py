"""The endpoint tester: sends a request to the engine's own API, as any client would.

Invariants
1. The connection goes to the address of our own API and nowhere else: the caller chooses a path.
2. What frames a message (Host, Content-Length, connection and transfer headers) is ours; nothing that
   the caller sends can begin a second request.
3. At most `ANSWER_BYTES_MAX` bytes and `LIMIT_S` seconds, a stream `STREAM_S` seconds; more is cut and said so.
4. Who asked and leaves takes the request along: the connection ends, and with it what the step does for it.
"""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import msgspec
from starlette.responses import Response

from motia.model import CallerError, PayloadTooLarge, WorldError
from motia.workbench.deps import NotRunning
from motia.workbench.endpoint import Call, Endpoint, Permission
from motia.workbench.http_client import ask
from motia.workbench.relay import LINES, AnswerLine, Relay, unless_gone

ANSWER_BYTES_MAX = 1024 * 1024
LIMIT_S = 35.0
STREAM_S = 600.0
PATH_CHARS_MAX = 8 * 1024
HEADERS_MAX = 90
HEADERS_CHARS_MAX = 14 * 1024

OURS = frozenset(
    {"host", "content-length", "connection", "keep-alive", "proxy-authenticate", "proxy-authorization"}
    | {"proxy-connection", "te", "trailer", "transfer-encoding", "upgrade", "expect", "http2-settings"}
)
METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\x00-\x08\x0a-\x1f\x7f]*")
_PATH = re.compile(r"/[\x21-\x7e]*")


class NoAnswer(WorldError):
    """The API did not answer, or not in HTTP; the step may have run."""

    code = "no-answer"
    status = 502


class RequestBody(msgspec.Struct, frozen=True, kw_only=True):
    """The request to send. `path` is as on the wire, with its query; `headers` in order, repeats allowed."""

    method: str
    path: str
    headers: tuple[tuple[str, str], ...] = ()
    body: str | None = None


async def send_request(call: Call) -> Response:
    """Send a request to the project's own API and pass on what comes back, when it comes.

    The answer is lines of JSON: first the head, then pieces of the body, last how it ended.
    Closing the connection ends the request too.
    """
    address = call.deps.addresses().get("api")
    if address is None:
        raise NotRunning("a request needs the running engine", hint="start `motia dev`")
    host, port = urlsplit(address).hostname or "127.0.0.1", urlsplit(address).port or 80
    body = call.body(RequestBody)
    content = (body.body or "").encode()
    _check(body, len(content), limit=call.deps.config.limits.payload_bytes)
    clock = call.deps.clock
    started_mono = clock.mono()
    asking = ask(
        host,
        port,
        _head(body, len(content), host=f"{host}:{port}") + content,
        is_head=body.method == "HEAD",
        bytes_max=ANSWER_BYTES_MAX,
        limit_s=LIMIT_S,
        stream_s=STREAM_S,
    )
    try:
        exchange = await unless_gone(call.request.receive, asking)
    except (OSError, TimeoutError, ValueError) as error:
        raise NoAnswer(
            f"the API did not answer: {str(error) or type(error).__name__}",
            hint="its trace, if one was made, says how far it came",
        ) from error
    # Nobody is there any more: what is answered is read by nobody.
    return Relay(exchange, clock, started_mono) if exchange is not None else Response(status_code=499)


def _check(body: RequestBody, length: int, *, limit: int) -> None:
    if body.method not in METHODS:
        raise CallerError(f"{body.method[:40]!r} is no method", hint=", ".join(sorted(METHODS)))
    if len(body.path) > PATH_CHARS_MAX or _PATH.fullmatch(body.path) is None:
        raise CallerError(
            "the path must begin with / and be escaped as on the wire",
            hint="a space is %20; at most 8 KiB",
        )
    if length > limit:
        raise PayloadTooLarge(f"the body has {length:,} bytes, {limit:,} are the most")
    if len(body.headers) > HEADERS_MAX or sum(len(n) + len(v) for n, v in body.headers) > HEADERS_CHARS_MAX:
        raise CallerError("there are too many headers", hint=f"at most {HEADERS_MAX}, 14 KiB together")
    for name, value in body.headers:
        if name.lower() in OURS:
            raise CallerError(f"the header {name} is set by the engine", hint="leave it out")
        if _NAME.fullmatch(name) is None or _VALUE.fullmatch(value) is None:
            raise CallerError(f"the header {name[:80]!r} cannot be sent", hint="no control characters")
        if not value.isascii():
            raise CallerError(f"the header {name} holds characters beyond ASCII", hint="escape them")


def _head(body: RequestBody, length: int, *, host: str) -> bytes:
    lines = [f"{body.method} {body.path} HTTP/1.1", f"host: {host}", "connection: close"]
    lines += [f"{name}: {value}" for name, value in body.headers]
    if length or body.method in ("POST", "PUT", "PATCH"):
        lines.append(f"content-length: {length}")
    return "\r\n".join([*lines, "", ""]).encode("ascii")


ENDPOINTS = (
    Endpoint(
        method="POST",
        path="/v1/requests",
        permission=Permission.OPERATE,
        summary="Send a request to the project's API",
        handler=send_request,
        body=RequestBody,
        answer=AnswerLine,
        media=LINES,
    ),
)
