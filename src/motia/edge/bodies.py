"""What a request body is and whether it can be read: media types, JSON with its position, forms.

The raw bytes always travel on to the worker as they came; what is decoded here is for checking.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any, Final
from urllib.parse import unquote_to_bytes

import msgspec

from motia.edge.coercion import coerce
from motia.edge.faults import HttpFault
from motia.edge.multipart import parameters_of, parse_multipart
from motia.edge.validation import RequestSchema, Schema, Texts
from motia.model import Problem, half_in
from motia.project import inexact_integers
from motia.protocol import FilePart

JSON_DEPTH_MAX: Final = 64
FIELDS_MAX: Final = 1_000
MEDIA_CACHED: Final = 256

_BYTE = re.compile(r"\(byte (\d+)\)")
_TRUNCATED: Final = "Input data was truncated"
_encode = msgspec.json.Encoder().encode
_decode = msgspec.json.Decoder().decode


class Body(msgspec.Struct, frozen=True, gc=False):
    """A body as the step gets to know it, next to the raw bytes."""

    media: str
    form: msgspec.Raw | None = None
    files: tuple[FilePart, ...] = ()
    problems: tuple[Problem, ...] = ()


NONE: Final = Body("none")
JSON: Final = Body("json")
TEXT: Final = Body("text")
BYTES: Final = Body("bytes")
_KINDS: Final[dict[str, str]] = {
    "application/json": "json",
    "application/x-www-form-urlencoded": "form",
    "multipart/form-data": "multipart",
}


@lru_cache(maxsize=MEDIA_CACHED)
def media_of(content_type: bytes) -> str:
    """json, form, multipart, text or bytes; empty when there is no content type."""
    return _media_of(content_type.decode("latin-1"))


def _media_of(content_type: str) -> str:
    essence = content_type.partition(";")[0].strip().lower()
    if not essence:
        return ""
    kind = _KINDS.get(essence)
    if kind is not None:
        return kind
    if essence.endswith("+json"):
        return "json"
    return "text" if essence.startswith("text/") else "bytes"


def read_body(raw: bytes, index: dict[bytes, bytes], schema: RequestSchema) -> Body:
    """Read and check the body of a request.

    Raises:
        HttpFault: 400, it is malformed (with the position); 413, a part is too large; 415, the step's
            schema needs JSON or a form and something else came, or the body is compressed.
    """
    if not raw:
        return _absent(schema)
    content_type = index.get(b"content-type", b"")
    media = media_of(content_type) or ("json" if schema.body is not None else "bytes")
    if b"content-encoding" in index and index[b"content-encoding"].lower() != b"identity":
        raise HttpFault(415, "unsupported-media-type", message="request bodies are taken uncompressed only")
    enforced = schema.body if schema.is_body_enforced else None
    if media == "json":
        if b"=" in content_type:
            _check_charset(content_type)
        value = decode_json(raw)
        problems = () if enforced is None or enforced.is_valid(value) else enforced.problems(value)
        inexact = inexact_integers(raw, where="body") if schema.is_inexact else ()
        return Body("json", problems=(*problems, *inexact)) if problems or inexact else JSON
    if media in ("form", "multipart"):
        body = (
            _form(raw, enforced)
            if media == "form"
            else _multipart(raw, parameters_of(content_type.decode("latin-1")).get("boundary", ""), enforced)
        )
        inexact = inexact_integers(bytes(body.form or b""), where="body") if schema.is_inexact else ()
        return msgspec.structs.replace(body, problems=(*body.problems, *inexact)) if inexact else body
    if enforced is not None and not enforced.is_open:
        raise HttpFault(
            415,
            "unsupported-media-type",
            message=f"this path takes JSON or a form, not {content_type.partition(b';')[0][:100].decode('latin-1')!r}",
            hint="send content-type: application/json",
        )
    return TEXT if media == "text" else BYTES


def decode_json(raw: bytes) -> Any:
    """Decode JSON text of at most `JSON_DEPTH_MAX` levels.

    Raises:
        HttpFault: 400 with the byte, line and column of what is wrong.
    """
    try:
        value = _decode(raw)
    except UnicodeDecodeError as error:
        raise _malformed("a string is not UTF-8", raw, None) from error
    except RecursionError as error:
        raise _too_deep() from error
    except (msgspec.MsgspecError, ValueError) as error:
        if (half := half_in(raw, error)) is not None:
            raise _malformed(half.reason, raw, half.at) from error
        message = str(error)
        found = _BYTE.search(message)
        at = int(found[1]) if found else len(raw) if message == _TRUNCATED else None
        reason = "it ends too early" if message == _TRUNCATED else _BYTE.sub("", message).strip().lower()
        raise _malformed(reason.removeprefix("json is malformed: "), raw, at) from error
    if raw.count(b"{") + raw.count(b"[") > JSON_DEPTH_MAX and _is_deeper(value, JSON_DEPTH_MAX):
        raise _too_deep()
    return value


def parse_form(text: bytes) -> Texts:
    """The texts by name of `a=1&b=2`: a query, or a urlencoded body.

    Raises:
        HttpFault: 400, it is not UTF-8; 413, it has more than `FIELDS_MAX` fields.
    """
    pieces = text.split(b"&")
    if len(pieces) > FIELDS_MAX:
        raise HttpFault(413, "body-too-large", message=f"a form or query has at most {FIELDS_MAX} fields")
    texts: Texts = {}
    try:
        for piece in pieces:
            if piece:
                name, _, value = piece.partition(b"=")
                texts.setdefault(_text(name), []).append(_text(value))
    except UnicodeDecodeError:
        raise HttpFault(400, "bad-request", message="a form or query is not UTF-8 when decoded") from None
    return texts


def _text(raw: bytes) -> str:
    if b"+" in raw:
        raw = raw.replace(b"+", b" ")
    return (unquote_to_bytes(raw) if b"%" in raw else raw).decode("utf-8")


def _absent(schema: RequestSchema) -> Body:
    body = schema.body
    if not schema.is_body_enforced or body is None or body.is_valid(None):
        return NONE
    problem = Problem(path="", message="a body is required", where="body", keyword="required")
    return Body("none", problems=(problem,))


def _form(raw: bytes, schema: Schema | None) -> Body:
    texts = parse_form(raw)
    values = coerce(texts, schema.converters) if schema else coerce(texts, {})
    problems = schema.problems(values) if schema else []
    if problems and raw.lstrip()[:1] in (b"{", b"["):
        hint = "the body looks like JSON but came as a form: send content-type: application/json"
        problems.insert(0, Problem(path="", message=hint, where="body", keyword="contentType"))
    return Body("form", form=msgspec.Raw(_encode(values)), problems=tuple(problems))


def _multipart(raw: bytes, boundary: str, schema: Schema | None) -> Body:
    texts, files = parse_multipart(raw, boundary)
    values = coerce(texts, schema.converters) if schema else coerce(texts, {})
    problems: list[Problem] = []
    if schema is not None:
        # A file counts as a text here, so that a schema may require it.
        problems = schema.problems({**{file.name: file.filename for file in files}, **values})
    return Body("multipart", form=msgspec.Raw(_encode(values)), files=files, problems=tuple(problems))


def _check_charset(content_type: bytes) -> None:
    charset = parameters_of(content_type.decode("latin-1")).get("charset", "utf-8").lower()
    if charset not in ("utf-8", "utf8", "us-ascii"):
        raise HttpFault(415, "unsupported-media-type", message=f"JSON is UTF-8, not {charset[:40]!r}")


def _is_deeper(value: Any, levels: int) -> bool:
    layer = [value]
    for _ in range(levels):
        layer = [
            inner
            for outer in layer
            for inner in (outer.values() if isinstance(outer, dict) else outer)
            if isinstance(inner, (dict, list))
        ]
        if not layer:
            return False
    return True


def _too_deep() -> HttpFault:
    return HttpFault(400, "malformed-body", message=f"JSON nests at most {JSON_DEPTH_MAX} levels here")


def _malformed(reason: str, raw: bytes, at: int | None) -> HttpFault:
    if at is None:
        return HttpFault(400, "malformed-body", message=f"the body is not JSON: {reason}")
    line = raw.count(b"\n", 0, at) + 1
    column = at - (raw.rfind(b"\n", 0, at) + 1) + 1
    return HttpFault(
        400,
        "malformed-body",
        message=f"the body is not JSON: {reason} (line {line}, column {column})",
        details=[
            {"path": "", "where": "body", "message": reason, "offset": at, "line": line, "column": column}
        ],
    )
