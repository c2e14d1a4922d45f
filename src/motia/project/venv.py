"""The project's own virtual environment, when it is not the one that the engine runs in.

Its packages are for the steps: `motia install` puts them there, and Python workers look there after
their own. One of another Python version than the engine's cannot be shared: it counts as none.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

import msgspec

FOLDER: Final = ".venv"
SITE_VARIABLE: Final = "MOTIA_PYTHON_SITE"
"""Tells a Python worker where the project's packages are."""


class Venv(msgspec.Struct, frozen=True, kw_only=True):
    """A virtual environment whose packages this Python can import."""

    python: Path
    site: Path


def find_venv(root: Path, environ: Mapping[str, str]) -> Venv | None:
    """The active environment (VIRTUAL_ENV), else `.venv` in the project; None for the engine's own."""
    active = environ.get("VIRTUAL_ENV")
    for folder in (Path(active) if active else root / FOLDER, root / FOLDER):
        site = folder / "lib" / f"python{sys.version_info[0]}.{sys.version_info[1]}" / "site-packages"
        python = folder / "bin" / "python"
        if os.path.realpath(folder) == os.path.realpath(sys.prefix):
            return None
        if site.is_dir() and python.exists():
            return Venv(python=python, site=site)
    return None
