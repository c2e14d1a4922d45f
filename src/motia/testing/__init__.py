"""What authors import in their tests.

Loaded when it is first used: pytest imports this package, for the plugin, in every project that has
Motia installed, and the engine behind these names takes its time.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from motia.testing.embedded import AppClient, TestRun, app
    from motia.testing.http import Answer
    from motia.testing.remote import serve_remote as serve_remote

__all__ = ["Answer", "AppClient", "TestRun", "app"]


PLACES = {"Answer": "http", "serve_remote": "remote"}
"""`serve_remote` is for the command line alone, so it is not in `__all__`."""


def __getattr__(name: str) -> Any:
    if name not in __all__ and name not in PLACES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"motia.testing.{PLACES.get(name, 'embedded')}"), name)
