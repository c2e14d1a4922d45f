"""Files of a project, each read in its language."""

from __future__ import annotations

import random
from pathlib import Path

import pytest

from motia.project import read_sites, read_source

SOURCES = {
    "a.py": "from motia import trigger\ntrigger('t')\n",
    "a.js": "motia.trigger('t')\n",
    "a.mjs": "motia.trigger('t')\n",
    "a.cts": "motia.trigger('t')\n",
    "a.rb": "trigger 't'\n",
}
PIECES = (
    *["'", '"', "`", "${", "#{", "}", "{", "(", ")", "[", "]", "/", "/*", "*/", "//", "#", "\\", "\n", " "],
    *["trigger", "motia", ".", "(", "'x'", ",", "<<~A", "A\n", "%w[", ":", "?", "do", "end", "def", "if"],
    *["const", "=", "=>", "import", "from", "'@motia/core'", "event", "|", "::", "class", "<", ">", "é", "\x00"],
)  # fmt: skip


@pytest.mark.parametrize("file", SOURCES)
def test_a_file_is_read_by_its_ending(file: str) -> None:
    assert [site.target for site in read_source(SOURCES[file], file=file, steps=[])] == ["t"]


def test_a_file_of_another_kind_has_no_sites() -> None:
    assert read_source("motia.trigger('t')", file="notes.md", steps=[]) == []


def test_files_that_are_gone_or_twice_do_no_harm(tmp_path: Path) -> None:
    (tmp_path / "a.py").write_text(SOURCES["a.py"])

    sites = read_sites(tmp_path, ["a.py", "gone.py", "a.py"], steps=[])

    assert [site.target for site in sites] == ["t"]


def test_a_file_that_changed_is_read_again(tmp_path: Path) -> None:
    for target in ("t", "u", "t"):
        (tmp_path / "a.rb").write_text(f"trigger '{target}'")

        assert [site.target for site in read_sites(tmp_path, ["a.rb"], steps=[])] == [target]


def test_a_file_too_large_to_read_is_left_out(tmp_path: Path) -> None:
    (tmp_path / "a.js").write_text("motia.trigger('t');" + " " * 2 * 1024 * 1024)

    assert read_sites(tmp_path, ["a.js"], steps=[]) == ()


@pytest.mark.parametrize("file", SOURCES)
def test_text_that_makes_no_sense_is_read_without_an_error(file: str) -> None:
    rng = random.Random(7)
    for _ in range(400):
        read_source("".join(rng.choices(PIECES, k=rng.randint(1, 40))), file=file, steps=[])
