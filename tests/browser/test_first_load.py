"""What the browser really fetches for the first screen: little, compressed, kept for ever, without the heavy parts."""

from __future__ import annotations

import re

from playwright.async_api import Browser, Response

from .conftest import Shop, new_context

FIRST_LOAD_BYTES_MAX = 350_000
HEAVY = re.compile(r"/assets/(CodeMirror|CodeEditor|flow|endpoints|runs|traces|state)-")
"""The editor, the graph, and screens that are not shown."""


async def first_load(browser: Browser, shop: Shop) -> tuple[list[Response], int]:
    """Every answer of a first visit with an empty cache, and how many bytes came over the wire."""
    answers: list[Response] = []
    context = await new_context(browser, shop.workbench)
    try:
        page = await context.new_page()
        page.on("response", lambda answer: answers.append(answer))
        await page.goto(shop.invitation())
        await page.get_by_role("heading", level=1).wait_for()
        await page.get_by_role("img", name=re.compile("Calls and attempts")).wait_for()
        files = [answer for answer in answers if "/v1/" not in answer.url and answer.status == 200]
        sizes = [await answer.request.sizes() for answer in files]
    finally:
        await context.close()
    return files, sum(size["responseBodySize"] + size["responseHeadersSize"] for size in sizes)


async def test_the_first_screen_with_its_charts_is_within_350_kilobytes(browser: Browser, shop: Shop):
    shop.request("POST", "/orders", {"item": "tea", "cents": 300})

    files, fetched = await first_load(browser, shop)

    assert 50_000 < fetched <= FIRST_LOAD_BYTES_MAX
    assert [file.url for file in files if HEAVY.search(file.url)] == []


async def test_files_come_compressed_and_are_kept_for_ever_but_the_page_itself(browser: Browser, shop: Shop):
    shop.request("POST", "/orders", {"item": "tea", "cents": 300})
    files, _ = await first_load(browser, shop)
    scripts = [file for file in files if re.search(r"/assets/.*\.(js|css)$", file.url)]
    pages = [file for file in files if file.request.resource_type == "document"]

    assert len(scripts) > 3
    for file in scripts:
        assert "immutable" in file.headers["cache-control"], file.url
        size = int(file.headers["content-length"])
        assert file.headers.get("content-encoding") == "gzip" or size < 1_024, file.url
    assert {page.headers["cache-control"] for page in pages} == {"no-store"}
