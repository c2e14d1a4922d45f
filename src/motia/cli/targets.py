"""Finds the names closest to one that nothing has."""

from __future__ import annotations

from collections.abc import Iterable
from difflib import get_close_matches

import click

from motia.cli.client import Control, collect
from motia.cli.errors import CommandError
from motia.cli.output import clean

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


def say_unknown_step(control: Control, step: str | None) -> None:
    """Say on standard error, to programs too, that a list is empty because no step has this id.

    A step that was removed, and that a run or a log line still names, is not unknown.
    """
    if step is None or step in (known := step_ids(control)) or _is_stored(control, step):
        return
    close = get_close_matches(step, known, n=CLOSE_MAX, cutoff=0.5)
    advice = f"closest: {', '.join(close)}" if close else "`motia steps` lists what there is"
    click.echo(clean(f"no step has the id {step!r}; {advice}"), err=True)


def _is_stored(control: Control, step: str) -> bool:
    return any(collect(control, f"/v1/{name}", name, {"step": step}, limit=1) for name in ("runs", "logs"))


def closest_hint(
    name: str, known: Iterable[str], *, otherwise: str = "`motia steps` lists what there is"
) -> str:
    """What to do about a name that is not in `known`; `otherwise` when none is close."""
    close = get_close_matches(name, list(known), n=CLOSE_MAX, cutoff=0.5)
    return f"did you mean {' or '.join(close)}?" if close else otherwise
