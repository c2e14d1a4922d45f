"""What the engine sends to the steps that a workflow triggers. Pure; numbers stay as they were written."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import msgspec

from motia.model import RunError, StepId, WorkflowMember

_fields = msgspec.json.Decoder(dict[str, msgspec.Raw])


def member_payload(
    member: WorkflowMember, *, start: bytes | None, results: Mapping[StepId, bytes | None]
) -> bytes:
    """The payload of a member that nobody triggered.

    The start payload when it is an object, then the result of each predecessor under its id, then
    what the configuration says `with`; later ones win. A member that names no predecessor comes after
    the start step, and gets its result when there is one.

    Args:
        member: The member.
        start: The payload that the instance began with, JSON.
        results: Results by predecessor, JSON.
    """
    payload = _object(start)
    for step, result in results.items():
        if member.after or result not in (None, b"null"):
            payload[step] = msgspec.Raw(result or b"null")
    if member.constants is not None:
        payload |= _object(bytes(member.constants))
    return msgspec.json.encode(payload)


def failure_payload(
    *,
    workflow: str,
    instance: str,
    step: StepId | None,
    error: RunError | None,
    start: bytes | None,
    results: Mapping[StepId, bytes | None],
    bytes_max: int,
) -> bytes:
    """What `on_failure` gets. Over `bytes_max` the results are left out: a failure is always told."""
    payload: dict[str, Any] = {
        "workflow": workflow,
        "instance": instance,
        "step": step,
        "error": _error(error),
        "payload": msgspec.Raw(start or b"null"),
        "results": {one: msgspec.Raw(result or b"null") for one, result in results.items()},
    }
    data = msgspec.json.encode(payload)
    if len(data) > bytes_max:
        data = msgspec.json.encode(payload | {"results": {}})
    return data


def _object(data: bytes | None) -> dict[str, msgspec.Raw]:
    """The fields of an object; none of anything else."""
    try:
        return _fields.decode(data or b"null")
    except msgspec.MsgspecError:
        return {}


def _error(error: RunError | None) -> dict[str, str] | None:
    if error is None:
        return None
    return {"name": error.name, "message": error.message, "stack": error.stack}
