"""The description of the control API, from its declarations; the Workbench's types are made from it."""

from __future__ import annotations

import json

from motia.workbench import ENDPOINTS, describe

VERSION = "1"
"""Of the API, not of the engine: the file does not change with a release."""


def control_api_document() -> str:
    """OpenAPI 3.1 as JSON text."""
    document = describe(ENDPOINTS, version=VERSION)
    return json.dumps(document, indent=1, ensure_ascii=False) + "\n"
