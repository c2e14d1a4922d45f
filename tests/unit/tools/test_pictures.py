from __future__ import annotations

import re

from tools.demo import ROOT
from tools.pictures import IMAGES, PICTURES, main

PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def test_each_picture_has_a_name_of_its_own():
    assert len({picture.name for picture in PICTURES}) == len(PICTURES)


def test_the_pictures_that_pages_show_are_those_that_can_be_taken_anew():
    shown = {name for page in PAGES for name in re.findall(r"images/([\w-]+)\.png", page.read_text())}

    assert shown == {picture.name for picture in PICTURES}
    assert {path.stem for path in IMAGES.glob("*.png")} == shown


def test_without_a_browser_the_way_to_get_one_is_said(monkeypatch, capsys):
    monkeypatch.setattr("tools.pictures.shutil.which", lambda _: None)

    assert main([]) == 1
    assert "apt-get install chromium" in capsys.readouterr().err
