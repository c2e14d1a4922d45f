import gzip
import os

import pytest

from motia.workbench.screens import Screens, screens_dir

INDEX = '<html><head><base href="/" /></head></html>'


@pytest.fixture
def built(tmp_path):
    folder = tmp_path / "dist"
    (folder / "assets").mkdir(parents=True)
    (folder / "index.html").write_text(INDEX)
    (folder / "assets" / "a-1.js").write_text("x" * 5_000)
    (folder / "assets" / "f.woff2").write_bytes(b"font")
    return folder


async def test_the_page_knows_under_which_path_it_is_served(built):
    page = await Screens(built, base="/ops").find("index.html")

    assert page is not None
    assert b'<base href="/ops/" />' in page.content
    assert not page.is_immutable


async def test_assets_are_immutable_typed_and_compressed(built):
    screens = Screens(built, base="")

    script, font = await screens.find("assets/a-1.js"), await screens.find("assets/f.woff2")

    assert script is not None
    assert font is not None
    assert (script.is_immutable, script.media) == (True, "text/javascript; charset=utf-8")
    assert gzip.decompress(script.gzipped) == script.content
    assert (font.media, font.gzipped) == ("font/woff2", b"")


@pytest.mark.parametrize(
    "path", ["../secret", "assets/../../secret", "/etc/passwd", "assets", "link", "", ".", "assets/a-1.js\0"]
)
async def test_a_path_that_is_not_listed_is_nothing(built, path):
    (built.parent / "secret").write_text("secret")
    (built / "link").symlink_to(built.parent / "secret")

    assert await Screens(built, base="").find(path) is None


async def test_a_new_build_is_seen_and_none_is_none(built):
    screens = Screens(built, base="")
    await screens.find("index.html")
    (built / "assets" / "b-2.js").write_text("new")
    (built / "index.html").write_text(INDEX + "new")
    os.utime(built / "index.html", ns=(1, 2))

    page = await screens.find("index.html")
    assert page is not None
    assert page.content.endswith(b"new")
    assert await screens.find("assets/b-2.js") is not None
    (built / "index.html").unlink()
    assert await screens.find("index.html") is None


async def test_no_build_is_no_fault(tmp_path):
    assert await Screens(tmp_path / "missing", base="").find("index.html") is None


def test_a_checkout_has_its_screens_beside_the_package():
    assert screens_dir().name in ("static", "dist")
