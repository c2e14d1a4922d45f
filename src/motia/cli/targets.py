"""Finds the names closest to one that nothing has."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

from motia.cli.client import Control
from motia.cli.errors import CommandError

CLOSE_MAX = 3


def step_ids(control: Control, *, kind: str | None = None) -> tuple[str, ...]:
    """Ids of the project's steps, of one kind when it is named."""
    found = control.request("GET", "/v1/steps")["steps"]
    return tuple(step["id"] for step in found if kind in (None, step["kind"]))


def why_unhandled(control: Control, target: str) -> str | None:
    """What to say of an event for `target` that nothing would handle; None when something would."""
    steps = control.request("GET", "/v1/steps")["steps"]
    handlers = [step for step in steps if step["kind"] != "api"]
    known = {name for step in handlers for name in (step["id"], *step["topics"])}
    if target in known:
        return None
    for step in steps:
        if step["id"] == target:
            return f"{target!r} is an api step, which only a request can run: {step['method']} {step['path']}"
    return f"nothing handles {target!r} yet; the event waits for it ({closest_hint(target, known)})"


def require_step(control: Control, step: str, *, kind: str | None = None) -> None:
    """Refuse the id of a step that is not there.

    Raises:
        CommandError: With the closest ids.
    """
    known = step_ids(control, kind=kind)
    if step not in known:
        raise CommandError(
            f"there is no {f'{kind} ' if kind else ''}step {step!r}", hint=closest_hint(step, known)
        )


def closest_hint(
    name: str, known: Iterable[str], *, otherwise: str = "`motia steps` lists what there is"
) -> str:
    """What to do about a name that is not in `known`; `otherwise` when none is close."""
    close = get_close_matches(name, list(known), n=CLOSE_MAX, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else otherwise
