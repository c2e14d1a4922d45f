"""Every path of the router, attacked from other pages, as an upgrade and with traversals."""

import pytest
from tests.doubles.browser import METHODS, OURS, PATHS, TRAVERSALS, changed, filled


@pytest.mark.parametrize("path", PATHS)
async def test_no_method_reaches_a_route_from_another_page(browser, path):
    before = changed(browser.world)
    async with browser.logged_in() as client:
        for method in METHODS:
            for elsewhere in (
                {"origin": "https://evil.example", "sec-fetch-site": "cross-site", "sec-fetch-mode": "cors"},
                {"origin": "null", "sec-fetch-site": "cross-site", "sec-fetch-mode": "no-cors"},
                {"origin": "http://localhost:8080", "sec-fetch-site": "same-site", "sec-fetch-mode": "cors"},
            ):
                answer = await client.request(method, filled(path), headers=elsewhere)
                assert answer.status_code == 403, (method, elsewhere)

    assert changed(browser.world) == before
    assert browser.world.dispatcher.asked == []


@pytest.mark.parametrize("path", PATHS)
async def test_no_route_is_upgraded_from_another_page(browser, path):
    upgrade = {"connection": "upgrade", "upgrade": "websocket", "sec-websocket-version": "13"}
    async with browser.logged_in() as client:
        for origin in ("https://evil.example", "null", "http://localhost:8080"):
            answer = await client.get(filled(path), headers={**upgrade, "origin": origin})
            assert answer.status_code == 403


@pytest.mark.parametrize("path", [path for path in PATHS if "{" in path])
async def test_no_parameter_leads_into_a_file(browser, path):
    (browser.world.root / "secret").write_text("top secret")
    head, _, tail = path.partition("{")
    rest = tail.partition("}")[2].replace("{", "").replace("}", "")
    async with browser.logged_in() as client:
        for raw in TRAVERSALS:
            browser.raw = head.encode() + raw.removeprefix(b"/") + rest.encode()
            answer = await client.get("/", headers=OURS)
            assert "top secret" not in answer.text
            assert "root:" not in answer.text
            assert answer.status_code < 500
