"""`workflow`: a workflow configuration written in Python, in a file below motia/workflows.

Nothing is checked here but that it is JSON: the engine reads configurations of all languages alike.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import msgspec

from motia.authoring.encoding import encode_json
from motia.authoring.errors import ValueNotJson
from motia.authoring.registry import add_faults, is_collecting, relative
from motia.model import LoadFault

if TYPE_CHECKING:
    from typing import Unpack

    from motia.authoring.declared import WorkflowOptions

WORKFLOWS_DIR = "motia/workflows"


class Declared(msgspec.Struct, frozen=True, omit_defaults=True):
    """One call of `workflow`: `options` as JSON, or why they are none."""

    file: str
    line: int
    options: msgspec.Raw | msgspec.UnsetType = msgspec.UNSET
    problem: str = ""


_declared: list[Declared] | None = None


def collect_workflows() -> list[Declared]:
    """The list that every call is added to from now on."""
    global _declared
    _declared = []
    return _declared


def workflow(options: Mapping[str, Any] | None = None, /, **named: Unpack[WorkflowOptions]) -> dict[str, Any]:
    """Configure a workflow: which step runs after which. Only in files below `motia/workflows`.

    Args:
        options: All options in one mapping, instead of by name.
        **named: `id`, `start` (the step whose run opens an instance), `steps` (the id of each further
            step to `{"after": [ids], "with": {…}}`), `description`, `on_failure`, `timeout`.

    Returns:
        The options. What is wrong with them is told when the project is loaded.
    """
    given: dict[str, Any] = {**(options or {}), **named}
    frame = sys._getframe(1)
    file, line = frame.f_code.co_filename, frame.f_lineno
    if _declared is not None:
        _declared.append(_read(given, file, line))
    elif is_collecting() and f"/{WORKFLOWS_DIR}/" not in os.path.realpath(file).replace(os.sep, "/"):
        add_faults([_misplaced(given.get("id"), file, line)])
    return given


def _read(given: dict[str, Any], file: str, line: int) -> Declared:
    timeout = given.get("timeout")
    options = {**given, "timeout": timeout.total_seconds()} if isinstance(timeout, timedelta) else given
    try:
        return Declared(file, line, options=msgspec.Raw(encode_json(options, what="the value")))
    except ValueNotJson as error:
        return Declared(file, line, problem=str(error))


def _misplaced(name: Any, file: str, line: int) -> LoadFault:
    return LoadFault(
        code="workflow-misplaced",
        file=relative(file),
        line=line,
        message=f"the workflow {name!r} is configured in a step file, where nobody reads it",
        hint=f"move it to a file below {WORKFLOWS_DIR}",
    )
