"""The request as a handler sees it. Parts are decoded when they are first asked for."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

import msgspec

from motia.authoring.encoding import decode_json
from motia.authoring.errors import InputInvalid
from motia.model import Problem

if TYPE_CHECKING:
    from pathlib import Path


class Headers(dict[str, str]):
    """Headers by name, whatever its case. Repeated ones are joined by `, `."""

    def __init__(self, pairs: tuple[tuple[str, str], ...]) -> None:
        joined: dict[str, str] = {}
        for name, value in pairs:
            joined[name] = f"{joined[name]}, {value}" if name in joined else value
        super().__init__(joined)
        self._pairs = pairs

    def __getitem__(self, name: str) -> str:
        return super().__getitem__(name.lower())

    def __contains__(self, name: object) -> bool:
        return isinstance(name, str) and super().__contains__(name.lower())

    def get(self, name: str, default: Any = None) -> Any:
        """The header, `default` when the request does not have it."""
        return super().get(name.lower(), default)

    def get_all(self, name: str) -> list[str]:
        """Every value of a repeated header, in order of arrival."""
        return [value for key, value in self._pairs if key == name.lower()]


class UploadedFile:
    """A file of a multipart body."""

    __slots__ = ("_body", "_length", "_offset", "content_type", "filename", "name")

    def __init__(
        self, *, name: str, filename: str, content_type: str, body: bytes, offset: int, length: int
    ) -> None:
        self.name = name
        """The form field's name."""
        self.filename = filename
        """As the client named it: never use it as a path."""
        self.content_type = content_type
        self._body = body
        self._offset = offset
        self._length = length

    @property
    def size_bytes(self) -> int:
        """Length of the content."""
        return self._length

    def read(self) -> bytes:
        """The content; a copy each time."""
        return self._body[self._offset : self._offset + self._length]

    def text(self, encoding: str = "utf-8") -> str:
        """The content as text."""
        return self.read().decode(encoding)

    def save(self, path: str | Path) -> None:
        """Write the content to `path`, replacing what is there."""
        with open(path, "wb") as file:
            file.write(memoryview(self._body)[self._offset : self._offset + self._length])

    def __repr__(self) -> str:
        return f"UploadedFile(name={self.name!r}, filename={self.filename!r}, size_bytes={self._length})"


class Request:
    """One HTTP request."""

    __slots__ = (
        "_body",
        "_form",
        "_headers",
        "_params",
        "_query",
        "_raw_files",
        "_raw_form",
        "_raw_headers",
        "_raw_params",
        "_raw_query",
        "client",
        "media",
        "method",
        "path",
        "raw",
        "url",
    )

    def __init__(
        self,
        *,
        method: str,
        url: str,
        path: str,
        params: Mapping[str, msgspec.Raw] | None = None,
        query: Mapping[str, msgspec.Raw] | None = None,
        headers: tuple[tuple[str, str], ...] = (),
        media: str = "none",
        form: msgspec.Raw | None = None,
        files: tuple[UploadedFile, ...] = (),
        client: str = "",
        raw: bytes = b"",
    ) -> None:
        self.method = method
        self.url = url
        """Path and query as received."""
        self.path = path
        self.media = media
        """What the body is: none, json, form, multipart, text, bytes."""
        self.client = client
        """Address of the client."""
        self.raw = raw
        """The body as received, for signatures."""
        self._raw_params = params or {}
        self._raw_query = query or {}
        self._raw_headers = headers
        self._raw_form = form
        self._raw_files = files
        self._params: dict[str, Any] | None = None
        self._query: dict[str, Any] | None = None
        self._headers: Headers | None = None
        self._form: dict[str, Any] | None = None
        self._body: Any = msgspec.UNSET

    @property
    def params(self) -> dict[str, Any]:
        """Path parameters by name, converted by their schema."""
        if self._params is None:
            self._params = {name: decode_json(raw) for name, raw in self._raw_params.items()}
        return self._params

    @property
    def query(self) -> dict[str, Any]:
        """Query fields by name, converted by their schema; repeated ones are lists."""
        if self._query is None:
            self._query = {name: decode_json(raw) for name, raw in self._raw_query.items()}
        return self._query

    @property
    def headers(self) -> Headers:
        """Headers by name, whatever its case."""
        if self._headers is None:
            self._headers = Headers(self._raw_headers)
        return self._headers

    @property
    def cookies(self) -> dict[str, str]:
        """Cookies by name."""
        pairs = (part.split("=", 1) for part in self.headers.get("cookie", "").split(";") if "=" in part)
        return {name.strip(): value.strip().strip('"') for name, value in pairs}

    @property
    def form(self) -> dict[str, Any]:
        """Fields of a form or multipart body, without its files."""
        if self._form is None:
            self._form = decode_json(self._raw_form) if self._raw_form is not None else {}
        return self._form or {}

    @property
    def files(self) -> dict[str, UploadedFile | list[UploadedFile]]:
        """Files of a multipart body by field; several in one field are a list."""
        found: dict[str, Any] = {}
        for file in self._raw_files:
            known = found.get(file.name)
            if known is None:
                found[file.name] = file
            elif isinstance(known, list):
                known.append(file)
            else:
                found[file.name] = [known, file]
        return found

    @property
    def text(self) -> str:
        """The body as UTF-8 text; what is not UTF-8 is replaced."""
        return self.raw.decode("utf-8", "replace")

    @property
    def body(self) -> Any:
        """The body as what it is: JSON value, form fields with files, text, bytes, or None.

        Raises:
            InputInvalid: It says that it is JSON and is not.
        """
        if self._body is msgspec.UNSET:
            self._body = self._decode_body()
        return self._body

    def json(self) -> Any:
        """The body as JSON, whatever its content type says.

        Raises:
            InputInvalid: It is not JSON.
        """
        try:
            return decode_json(self.raw)
        except (msgspec.DecodeError, UnicodeDecodeError) as error:
            problem = Problem(path="", message=f"malformed JSON: {error}", where="body", keyword="json")
            raise InputInvalid((problem,)) from error

    def body_json(self) -> bytes | None:
        """The body as JSON text for a schema to read; None when there is none or it is not JSON."""
        if self.media == "json":
            return self.raw
        if self.media in ("form", "multipart"):
            return bytes(self._raw_form) if self._raw_form is not None else b"{}"
        return None

    def part_json(self, part: str) -> bytes:
        """`params`, `query` or `headers` as the text of one JSON object."""
        if part == "headers":
            return msgspec.json.encode(dict(self.headers))
        raws = self._raw_params if part == "params" else self._raw_query
        return msgspec.json.encode(raws)

    def _decode_body(self) -> Any:
        if self.media == "json":
            return self.json() if self.raw else None
        if self.media in ("form", "multipart"):
            return {**self.form, **self.files}
        if self.media == "text":
            return self.text
        if self.media == "bytes" or self.raw:
            return self.raw
        return None
