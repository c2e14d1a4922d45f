from html.parser import HTMLParser

import pytest

from motia.workbench.login_page import STYLE, again_page, login_page, not_built_page

HOSTILE = '"><script>alert(1)</script><img onerror=x>'
PAGES = [
    login_page(base="/x", problem=HOSTILE, takes_tokens=True, is_production=True, after=HOSTILE),
    login_page(base="", problem="", takes_tokens=False, is_production=False),
    again_page(base="/x", address="/runs?text=" + HOSTILE),
    not_built_page(base="/x"),
]


class Tags(HTMLParser):
    def __init__(self):
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []

    def handle_starttag(self, tag, attrs):
        self.tags.append((tag, dict(attrs)))


@pytest.mark.parametrize("page", PAGES, ids=["token", "link", "again", "not built"])
def test_no_page_has_a_script_or_a_style_of_its_own(page):
    found = Tags()
    found.feed(page.decode())

    assert not {tag for tag, _ in found.tags} & {"script", "style", "img", "iframe", "object"}
    assert not [
        name for _, attributes in found.tags for name in attributes if name.startswith(("on", "style"))
    ]


def test_the_form_is_there_when_a_token_would_do():
    assert b'action="/x/login"' in PAGES[0]
    assert b"<form" not in PAGES[1]
    assert b"motia dev" in PAGES[1]
    assert b"motia dev" not in PAGES[0]


def test_the_second_try_leads_to_the_same_address():
    assert b'content="0; url=/runs?a=1&amp;b=2"' in again_page(base="", address="/runs?a=1&b=2")


def test_the_style_reads_nothing_from_elsewhere():
    assert b"url(" not in STYLE
    assert b"@import" not in STYLE
