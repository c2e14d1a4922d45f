"""The list of generated pages."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tools.docs.command_line import command_line_page
from tools.docs.configuration import configuration_page
from tools.docs.control_api import control_api_document, control_api_page
from tools.docs.errors import errors_page

FOLDER = Path("docs/reference")


class Page(NamedTuple):
    """A page: its file's name, what makes its text, and its folder."""

    name: str
    make: Callable[[], str]
    folder: Path = FOLDER


def pages() -> tuple[Page, ...]:
    """Every generated page."""
    return (
        Page("cli.md", command_line_page),
        Page("configuration.md", configuration_page),
        Page("control-api.md", control_api_page),
        Page("errors.md", errors_page),
        Page("openapi.json", control_api_document, Path("workbench")),
    )


def write_pages(root: Path) -> list[Path]:
    """Write every page below `root`; returns the files that changed."""
    changed: list[Path] = []
    for page in pages():
        path, text = root / page.folder / page.name, page.make()
        if not path.exists() or path.read_text("utf-8") != text:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, "utf-8")
            changed.append(path)
    return changed
