"""The control API, from its declarations: the page for people, and the OpenAPI document that types are made from."""

from __future__ import annotations

import json

import msgspec

from motia.workbench import ENDPOINTS, Endpoint, describe

VERSION = "1"
"""Of the API, not of the engine: the file does not change with a release."""


INTRODUCTION = """# Control API

<!-- Written by `python -m tools.docs`; do not edit. -->

What the Workbench and the command line use, and what your own programs may: JSON over HTTP.

| where | who |
|---|---|
| `.motia/control.sock`, a Unix socket | whoever owns the engine's files; may everything |
| the Workbench's port | whoever is logged in or sends a [token](../how-to/workbench.md): `Authorization: Bearer …` |

```sh
curl --unix-socket .motia/control.sock http://motia/v1/runs?state=dead
```

- `view` may look; `operate` may change something, and see with `raw=true` what is hidden otherwise.
- Lists answer newest first, `limit` at a time; `cursor` of the answer asks for the next page and is null at the end.
- Instants are text in UTC (RFC 3339); as parameters also milliseconds since the epoch.
- An id in a path is percent-encoded; `.` and `..`, which browsers drop, are `~.` and `~..` (and `~.` is `~~.`).
- A parameter that may be given more than once, as `state=dead&state=cancelled`, means any of them.
- Every error is `{"error": {"code", "message", "hint", "details"}}` ([codes](errors.md)).
- A change from a browser must come from the Workbench's own origin.
- `GET /v1/openapi.json` describes all of it with types.

| request | needs | does | takes |
|---|---|---|---|
"""


def control_api_page() -> str:
    """The page: the routes by what they are about."""
    return INTRODUCTION + "".join(map(_row, sorted(ENDPOINTS, key=lambda one: (one.path, one.method))))


def _row(endpoint: Endpoint) -> str:
    request = f"`{endpoint.method} {endpoint.path}`"
    return f"| {request} | {endpoint.permission} | {endpoint.summary} | {_takes(endpoint)} |\n"


def _takes(endpoint: Endpoint) -> str:
    parts = []
    for kind, mark in ((endpoint.query, "{}"), (endpoint.body, "{} in the body")):
        fields = [] if kind is None else [f"`{field.encode_name}`" for field in msgspec.structs.fields(kind)]
        parts += [mark.format(", ".join(fields))] if fields else []
    return "; ".join(parts)


def control_api_document() -> str:
    """OpenAPI 3.1 as JSON text."""
    document = describe(ENDPOINTS, version=VERSION)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
