"""The routes of the control API as its router has them."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

from starlette.routing import BaseRoute

from motia.project import Config
from motia.workbench import ControlApi, ControlRoute


def walk(routes: list[BaseRoute]) -> Iterator[BaseRoute]:
    """Every route, those below a mount or host included."""
    for route in routes:
        below = getattr(route, "routes", None)
        if below:
            yield from walk(list(below))
        else:
            yield route


def declared_routes() -> list[ControlRoute]:
    """The routes of an API that nothing stands behind; fails when one is not declared."""
    deps: Any = SimpleNamespace(config=Config(root=Path("/nowhere")))
    found = list(walk(ControlApi(deps).app.routes))
    for route in found:
        assert isinstance(route, ControlRoute), f"{route} is not declared: it states no permission"
    return found  # type: ignore[return-value]  # checked above
