"""Why nothing handles a target, and what may have been meant, in one wording for refusals, logs and runs."""

from __future__ import annotations

import difflib
from typing import NamedTuple

from motia.model import StepId, StepKind
from motia.project import Catalog

CLOSEST_MAX = 3


class Unhandled(NamedTuple):
    """What is known of a target that nothing handles."""

    reason: str
    near: str
    """What may have been meant, or what to do instead."""
    closest: list[str]
    """Known targets that look like it, the closest first."""


def unhandled(target: str, catalog: Catalog) -> Unhandled:
    """Look for `target` among steps that only a request runs, then for names like it."""
    step = catalog.step(StepId(target))
    if step is not None and step.kind is StepKind.API:
        place = f"{step.source.file}:{step.source.line}"
        reason = f"{target!r} is an api step ({place}), which only a request can run"
        return Unhandled(reason, f"a request would be {step.method} {step.path}", [])
    closest = difflib.get_close_matches(target, sorted(catalog.targets()), n=CLOSEST_MAX, cutoff=0.5)
    near = f"closest known: {', '.join(closest)}" if closest else "no known id is close"
    return Unhandled(f"no step has the id {target!r} and none subscribes to it", near, closest)
