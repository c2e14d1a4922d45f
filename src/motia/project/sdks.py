"""Where the workers and libraries of the other languages are: in the package, or in a checkout beside it."""

from __future__ import annotations

from pathlib import Path


def sdk_dir(language: str) -> Path:
    """The folder of the worker and library of `node` or `ruby`.

    It holds `package.json`, `bin` and `dist` for Node, and `lib` for Ruby; it may be missing where
    an installation was made without it.
    """
    package = Path(__file__).resolve().parents[1]
    packed = package / "sdk" / language
    return packed if packed.is_dir() else package.parents[1] / "sdk" / language
