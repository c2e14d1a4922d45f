"""Writes the generated reference pages again."""

from __future__ import annotations

from pathlib import Path

from tools.docs.pages import write_pages

for written in write_pages(Path.cwd()):
    print(f"wrote {written.relative_to(Path.cwd())}")
