"""The reference pages are those that the code makes."""

from __future__ import annotations

from pathlib import Path

import pytest
from tools.docs import Page, pages, write_pages

ROOT = Path(__file__).parents[4]


@pytest.mark.parametrize("page", pages(), ids=lambda page: page.name)
def test_a_page_is_as_the_code_makes_it(page: Page):
    there = (ROOT / page.folder / page.name).read_text("utf-8")

    assert there == page.make(), "run: make docs"


def test_only_pages_that_changed_are_written(tmp_path: Path):
    first = write_pages(tmp_path)
    first[0].write_text("changed")

    assert len(first) == len(pages())
    assert write_pages(tmp_path) == [first[0]]
