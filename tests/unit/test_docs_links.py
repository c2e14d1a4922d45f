"""Every link of the documentation leads somewhere: to a file of the repository, and to a heading that it has."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    page.relative_to(ROOT)
    for page in [*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md"), *(ROOT / "protocol").glob("*.md")]
)
LINK = re.compile(r"\]\((?!https?:|mailto:)([^)\s#]*)(?:#([^)\s]+))?\)")
CODE = re.compile(r"^```.*?^```$|`[^`\n]*`", re.DOTALL | re.MULTILINE)
HEADING = re.compile(r"^#+ (.+)$", re.MULTILINE)


def anchors(text: str) -> set[str]:
    """What headings are called in links: lower case, no marks, blanks as dashes."""
    prose = re.sub(r"^```.*?^```$", "", text, flags=re.DOTALL | re.MULTILINE)
    return {re.sub(r"[^\w\- ]", "", title.lower()).replace(" ", "-") for title in HEADING.findall(prose)}


def broken(page: Path) -> Iterator[str]:
    for target, anchor in LINK.findall(CODE.sub("", page.read_text())):
        there = (page.parent / target).resolve() if target else page
        if not there.exists():
            yield target
        elif anchor and anchor not in anchors(there.read_text()):
            yield f"{target}#{anchor}"


@pytest.mark.parametrize("page", PAGES, ids=str)
def test_every_link_of_a_page_leads_somewhere(page: Path):
    assert list(broken(ROOT / page)) == []


def test_every_page_of_the_documentation_is_linked():
    linked = {
        ((ROOT / page).parent / target).resolve()
        for page in PAGES
        for target, _ in LINK.findall((ROOT / page).read_text())
        if target
    }
    pages = {page.resolve() for page in (ROOT / "docs").rglob("*.md")}

    assert pages - linked == set()
