"""The project's settings with the command line's flags over them."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from motia.project import Settings


Mode = Literal["dev", "start", "check", "config"]


def load_settings(root: Path, *, mode: Mode, env: str | None = None, **flags: Any) -> Settings:
    """Read the project's configuration.

    Args:
        root: The project.
        mode: The command that asks: `start` means production when nothing else says what.
        env: `--env`.
        flags: Values of the command line by key (`host`, `port`, `workbench_port`); None is left out.

    Raises:
        StartError: The configuration is wrong; the message names the key and its place.
    """
    from motia.project import load_config

    return load_config(root, command=mode, environment=env, flags=flags, environ=os.environ)
