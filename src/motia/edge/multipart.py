"""Cuts a `multipart/form-data` body (RFC 7578) into fields and files, without copying a file.

The whole body is in memory already (bounded by `body_bytes`); a file is a slice of it.
"""

from __future__ import annotations

import re
from typing import Final
from urllib.parse import unquote

from motia.edge.faults import HttpFault
from motia.protocol import FilePart

PARTS_MAX: Final = 1_000
PART_HEAD_BYTES_MAX: Final = 8 * 1024
FIELD_BYTES_MAX: Final = 1024 * 1024
BOUNDARY_CHARS_MAX: Final = 70

_PARAMETER = re.compile(r';\s*([A-Za-z0-9_*-]+)\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]*))')


def parameters_of(header: str) -> dict[str, str]:
    """Parameters of a header such as `form-data; name="a"`; names in lower case, quotes removed."""
    found: dict[str, str] = {}
    for name, quoted, token in _PARAMETER.findall(header):
        # Browsers send a quote as %22 and leave a backslash alone (RFC 7578, WHATWG).
        found.setdefault(name.lower(), quoted.replace('\\"', '"') if quoted else token)
    return found


def parse_multipart(body: bytes, boundary: str) -> tuple[dict[str, list[str]], tuple[FilePart, ...]]:
    """The fields (text by name) and files (slices of `body`) of a multipart body.

    Raises:
        HttpFault: 400, the body does not follow the format; 413, a part or their number is over its bound.
    """
    if not 0 < len(boundary) <= BOUNDARY_CHARS_MAX or not boundary.isascii():
        raise _malformed("the boundary is missing or too long")
    delimiter = b"--" + boundary.encode("ascii")
    fields: dict[str, list[str]] = {}
    files: list[FilePart] = []
    at = _first(body, delimiter)
    for _ in range(PARTS_MAX + 1):
        if body.startswith(b"--", at):
            return fields, tuple(files)
        at = _line_end(body, at)
        start = body.find(b"\r\n\r\n", max(at - 2, 0))
        if start < 0 or start - at > PART_HEAD_BYTES_MAX:
            raise _malformed("the headers of a part do not end")
        head, start = body[at:start], start + 4
        end = _next_delimiter(body, delimiter, start)
        _take(head, body, start=start, end=end, fields=fields, files=files)
        at = end + 2 + len(delimiter)
    raise HttpFault(413, "body-too-large", message=f"a multipart body has at most {PARTS_MAX} parts")


def _first(body: bytes, delimiter: bytes) -> int:
    if body.startswith(delimiter):
        return len(delimiter)
    at = body.find(b"\r\n" + delimiter)
    if at < 0:
        raise _malformed("the boundary does not occur in the body")
    return at + 2 + len(delimiter)


def _line_end(body: bytes, at: int) -> int:
    end = body.find(b"\r\n", at)
    if end < 0 or body[at:end].strip(b" \t"):
        raise _malformed("a boundary is not on a line of its own")
    return end + 2


def _next_delimiter(body: bytes, delimiter: bytes, start: int) -> int:
    """Where the line break before the next boundary is; a boundary that only begins alike is content."""
    mark = b"\r\n" + delimiter
    at = max(start - 2, 0)  # an empty part: its head's own line break comes before the boundary
    while True:
        at = body.find(mark, at)
        if at < 0:
            raise _malformed("the body ends before its last boundary")
        after = body[at + len(mark) : at + len(mark) + 2]
        if after in (b"--", b"\r\n") or after[:1] in (b" ", b"\t"):
            return at
        at += len(mark)


def _take(
    head: bytes,
    body: bytes,
    *,
    start: int,
    end: int,
    fields: dict[str, list[str]],
    files: list[FilePart],
) -> None:
    try:
        lines = head.decode("utf-8").split("\r\n")
    except UnicodeDecodeError:
        raise _malformed("the headers of a part are not UTF-8") from None
    headers = {
        name.strip().lower(): value.strip() for name, _, value in (line.partition(":") for line in lines)
    }
    disposition = headers.get("content-disposition", "")
    parameters = parameters_of(disposition)
    if not disposition.lower().startswith("form-data") or "name" not in parameters:
        raise _malformed("a part has no content-disposition form-data with a name")
    name = _plain(parameters["name"])
    length = max(end - start, 0)
    filename = _filename(parameters)
    if filename is not None:
        content_type = headers.get("content-type", "application/octet-stream")
        files.append(
            FilePart(name=name, filename=filename, content_type=content_type, offset=start, length=length)
        )
        return
    if length > FIELD_BYTES_MAX:
        raise HttpFault(
            413, "body-too-large", message=f"the field {name!r} takes more than {FIELD_BYTES_MAX} bytes"
        )
    try:
        fields.setdefault(name, []).append(body[start : start + length].decode("utf-8"))
    except UnicodeDecodeError:
        raise _malformed(f"the field {name!r} is not UTF-8") from None


def _filename(parameters: dict[str, str]) -> str | None:
    extended = parameters.get("filename*", "")
    if extended.lower().startswith("utf-8'"):
        return unquote(extended.split("'", 2)[-1], errors="replace")
    filename = parameters.get("filename")
    return None if filename is None else _plain(filename)


def _plain(text: str) -> str:
    return text.replace("%22", '"').replace("%0D", "\r").replace("%0A", "\n")


def _malformed(reason: str) -> HttpFault:
    return HttpFault(400, "malformed-body", message=f"the multipart body cannot be read: {reason}")
