"""The Workbench's port in-process: every route of the router, every way in, in development and in production."""

import msgspec
import pytest
from tests.doubles.browser import (
    CHANGES,
    HTML,
    OURS,
    ROUTES,
    TOKEN,
    TRAVERSALS,
    VIEW_TOKEN,
    Browser,
    changed,
    cookie_of,
    filled,
)

from motia.workbench import ENDPOINTS, Permission
from motia.workbench.headers import SECURITY


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=" ".join)
async def test_without_a_session_every_route_is_401(browser, method, path):
    async with browser.client() as client:
        answer = await client.request(method, filled(path))

    assert answer.status_code == 401
    assert method == "HEAD" or answer.json()["error"]["code"] == "unauthenticated"
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(("method", "path"), ROUTES, ids=" ".join)
async def test_a_session_that_may_look_operates_nothing(browser, method, path):
    declared = "GET" if method == "HEAD" else method
    permission = next(e.permission for e in ENDPOINTS if (e.method, e.path) == (declared, path))
    before = changed(browser.world)
    if path == "/v1/feed" and method in ("GET", "HEAD"):
        return  # a stream without an end; that it is open to view is tested with it
    async with browser.logged_in(VIEW_TOKEN) as client:
        answer = await client.request(method, filled(path), headers=OURS)

    is_denied = answer.status_code == 403 and answer.json()["error"]["code"] == "permission-denied"
    assert is_denied is (permission is Permission.OPERATE)
    assert changed(browser.world) == before


@pytest.mark.parametrize(("method", "path"), CHANGES, ids=" ".join)
@pytest.mark.parametrize(
    "elsewhere",
    [
        {"origin": "https://evil.example", "sec-fetch-site": "cross-site"},
        {"origin": "null", "sec-fetch-site": "cross-site"},
        {"origin": "http://localhost:8080", "sec-fetch-site": "same-site"},
        {"sec-fetch-site": "cross-site"},
        {},
    ],
    ids=["site", "null", "port", "no origin", "silent"],
)
async def test_another_page_changes_nothing_with_our_cookie(browser, method, path, elsewhere):
    before = changed(browser.world)
    async with browser.logged_in() as client:
        answer = await client.request(method, filled(path), headers=elsewhere, content=b"{}")

    assert (answer.status_code, answer.json()["error"]["code"]) == (403, "cross-site")
    assert changed(browser.world) == before


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "FROB"])
@pytest.mark.parametrize(
    "kind", ["text/plain", "application/x-www-form-urlencoded", "multipart/form-data; boundary=x"]
)
async def test_a_form_on_another_site_is_refused_in_every_method(browser, method, kind):
    headers = {"origin": "https://evil.example", "content-type": kind}
    async with browser.logged_in() as client:
        for path in ("/v1/trigger", "/login", "/logout", "/", "/assets/a-1.js"):
            answer = await client.request(method, path, headers=headers, content=b'{"target": "send-mail"}')
            assert answer.status_code == 403

    assert browser.world.dispatcher.asked == []


@pytest.mark.parametrize(
    ("method", "path"), [*ROUTES, ("GET", "/"), ("GET", "/login"), ("POST", "/login")], ids=" ".join
)
async def test_a_rebound_name_reaches_nothing(browser, method, path):
    async with browser.client(authorization=f"Bearer {TOKEN}") as client:
        answer = await client.request(method, filled(path), headers={"host": "rebound.evil.example:3000"})

    assert answer.status_code == 421
    assert method == "HEAD" or answer.json()["error"]["code"] == "unknown-host"


async def test_there_are_no_websockets(browser):
    sent = []

    async def send(message):
        sent.append(message)

    await browser.site({"type": "websocket", "path": "/v1/feed", "headers": []}, None, send)

    assert sent == [{"type": "websocket.close", "code": 1008, "reason": "there are no WebSockets here"}]


async def test_no_answer_has_a_cors_header_and_each_has_the_security_headers(browser):
    async with browser.logged_in() as client:
        elsewhere = {"origin": "https://evil.example"}
        answers = [
            await client.get(path, headers=headers)
            for path in ("/", "/v1/status", "/v1/none", "/login.css", "/assets/a-1.js", "/assets/none.js")
            for headers in (HTML, elsewhere)
        ]
        answers.append(await client.options("/v1/status", headers=elsewhere))
        client.cookies.clear()
        answers += [await client.get("/", headers=HTML), await client.get("/v1/status")]

    for answer in answers:
        assert not [name for name in answer.headers if name.startswith("access-control")]
        for name, value in SECURITY:
            if name != b"referrer-policy":
                assert answer.headers[name.decode()] == value.decode(), answer.url
        assert answer.headers["referrer-policy"] in ("no-referrer", "same-origin")


async def test_a_code_becomes_a_cookie_and_a_clean_address(browser):
    code = browser.access.issue_code()
    async with browser.client() as client:
        answer = await client.get("/", params={"code": code}, headers=HTML)
        cookie = answer.headers["set-cookie"]
        session = await client.get("/v1/session")
        again = await client.get("/", params={"code": code}, headers=HTML)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    assert {"HttpOnly", "SameSite=Strict", "Path=/"} <= set(cookie.split("; "))
    assert code not in cookie
    assert session.json()["permission"] == "operate"
    assert again.status_code == 401
    assert "used already" in again.text


@pytest.mark.parametrize(
    ("asked", "led"),
    [
        ("/runs?code={}", "/runs"),
        ("/runs?state=dead&code={}&text=%2541", "/runs?state=dead&text=%2541"),
        ("/steps/a%2Fb?c%6Fde={}&code=again", "/steps/a%2Fb"),
        ("/?code={}&" + "&".join(f"f{number}=1" for number in range(30)), None),
    ],
)
async def test_a_code_logs_in_at_any_screen_and_leaves_its_address(browser, asked, led):
    code = browser.access.issue_code()
    async with browser.client() as client:
        answer = await client.get(asked.format(code), headers=HTML)
        session = await client.get("/v1/session")

    assert answer.status_code == 303
    assert answer.headers["location"] == (led or asked.replace("code={}&", ""))
    assert session.json()["permission"] == "operate"


@pytest.mark.parametrize(
    "path", ["/v1/status", "/assets/a-1.js", "/login", "//evil.example", "/..%2fx", "/%5cevil.example"]
)
async def test_a_code_elsewhere_is_not_looked_at(browser, path):
    code = browser.access.issue_code()
    async with browser.client() as client:
        browser.raw = path.encode()
        answer = await client.get("/", params={"code": code}, headers=HTML)
        browser.raw = None
        later = await client.get("/", params={"code": code}, headers=HTML)

    assert "set-cookie" not in answer.headers
    assert code not in answer.headers.get("location", "")
    assert later.status_code == 303


async def test_a_token_after_a_used_code_leads_to_the_screen_without_it(browser):
    async with browser.client() as client:
        refused = await client.get("/runs?code=used&state=dead", headers=HTML)

    assert refused.status_code == 401
    assert 'name="after" value="runs?state=dead"' in refused.text


async def test_an_old_code_is_refused(browser):
    code = browser.access.issue_code()
    await browser.world.clock.advance(601)
    async with browser.client() as client:
        assert (await client.get("/", params={"code": code})).json()["error"]["code"] == "code-refused"


async def test_looking_with_head_does_not_spend_a_code(browser):
    code = browser.access.issue_code()
    async with browser.client() as client:
        await client.head("/", params={"code": code})
        assert (await client.get("/", params={"code": code})).status_code == 303


async def test_guessing_ends_soon(browser):
    async with browser.client() as client:
        statuses = [
            (await client.get("/", params={"code": f"guess-{number}"}, headers=HTML)).status_code
            for number in range(15)
        ]
        form = await client.post("/login", data={"token": TOKEN}, headers={**OURS, **HTML})
        bearer = await client.get("/v1/status", headers={"authorization": f"Bearer {TOKEN}"})

    assert statuses == [401] * 10 + [429] * 5
    assert (form.status_code, bearer.status_code) == (429, 429)
    assert bearer.headers["retry-after"] == "6"
    assert "too many" in form.text


async def test_a_wrong_token_is_told_on_the_page(browser):
    async with browser.client() as client:
        answer = await client.post("/login", data={"token": "<script>"}, headers={**OURS, **HTML})

    assert answer.status_code == 401
    assert "no token" in answer.text
    assert "<script>" not in answer.text
    assert answer.headers["referrer-policy"] == "same-origin"


async def test_who_logs_in_gets_to_the_screen_that_they_came_for(browser):
    async with browser.client() as client:
        asked = await client.get("/logs?text=%2541&level=warn", headers=HTML)
        field = 'name="after" value="logs?text=%2541&amp;level=warn"'
        form = {"after": "logs?text=%2541&level=warn"}
        wrong = await client.post("/login", data={"token": "x", **form}, headers={**OURS, **HTML})
        right = await client.post("/login", data={"token": TOKEN, **form}, headers=OURS)

    assert (asked.status_code, wrong.status_code) == (401, 401)
    assert field in asked.text
    assert field in wrong.text
    assert (right.status_code, right.headers["location"]) == (303, "/logs?text=%2541&level=warn")


@pytest.mark.parametrize(
    "after",
    ["/evil.example", "//evil.example", "\\evil.example", "a\r\nset-cookie: x=1", "é", "logout", "x" * 5_000],
)
async def test_a_form_leads_nowhere_but_below_our_path(browser, after):
    async with browser.client() as client:
        answer = await client.post("/login", data={"token": TOKEN, "after": after}, headers=OURS)

    assert (answer.status_code, answer.headers["location"]) == (303, "/")


async def test_the_log_in_takes_a_small_form_only(browser):
    async with browser.client(**OURS) as client:
        large = await client.post("/login", data={"token": "x" * 9_000})
        other = await client.post("/login", json={"token": TOKEN})

    assert (large.status_code, other.status_code) == (413, 400)


async def test_logging_out_ends_the_session_and_takes_the_cookie_away(browser):
    async with browser.logged_in() as client:
        kept = dict(client.cookies)
        answer = await client.post("/logout", headers=OURS)
        stolen = await client.get("/v1/status", headers=cookie_of(kept))

    assert answer.headers["location"] == "/login"
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert stolen.status_code == 401


async def test_a_token_in_the_header_needs_no_page(browser):
    async with browser.client(authorization=f"Bearer {TOKEN}") as client:
        answer = await client.post("/v1/steps/send-mail/pause", json={})
        elsewhere = await client.post("/v1/stop", headers={"origin": "https://evil.example"})

    assert answer.status_code == 200
    assert elsewhere.status_code == 403


async def test_raw_values_are_not_shown_to_who_may_only_look(browser, a_run):
    browser.world.ledger.runs = [a_run(1)]
    path = f"/v1/runs/{a_run(1).id}"
    async with browser.logged_in(VIEW_TOKEN) as viewer, browser.logged_in() as operator:
        hidden = await viewer.get(path)
        refused = await viewer.get(path, params={"raw": "true"})
        shown = await operator.get(path, params={"raw": "true"})

    assert "hunter2" not in hidden.text
    assert refused.status_code == 403
    assert "hunter2" in shown.text


async def test_only_the_log_in_is_there_for_strangers(browser):
    async with browser.client(**HTML) as client:
        open_to_all = [
            path
            for path in ("/login", "/login.css", "/icon.svg")
            if (await client.get(path)).status_code == 200
        ]
        closed = [
            await client.get(path) for path in ("/", "/runs", "/assets/a-1.js", "/index.html", "/x.css")
        ]

    assert open_to_all == ["/login", "/login.css", "/icon.svg"]
    assert {answer.status_code for answer in closed} == {401}
    assert all("the screens" not in answer.text and "// script" not in answer.text for answer in closed)


async def test_a_link_on_another_site_is_followed_a_second_time_with_the_cookie(browser):
    elsewhere = {**HTML, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    async with browser.client() as client:
        first = await client.get("/runs?text=%22%3E%3Cscript%3E", headers=elsewhere)
        second = await client.get("/runs", headers={**HTML, "sec-fetch-site": "same-origin"})

    assert first.status_code == 200
    assert 'content="0; url=/runs?text=%22%3E%3Cscript%3E"' in first.text
    assert second.status_code == 401


async def test_the_second_try_stays_on_this_host(browser):
    elsewhere = {**HTML, "sec-fetch-site": "cross-site", "sec-fetch-mode": "navigate"}
    async with browser.client() as client:
        browser.raw = b"//evil.example/x"
        answer = await client.get("/", headers=elsewhere)

    assert 'url=/evil.example/x"' in answer.text


async def test_screens_are_served_and_kept_as_they_should_be(browser):
    async with browser.logged_in() as client:
        page = await client.get("/", headers=HTML)
        deep = await client.get("/runs/0123456789abcdef?x=1", headers=HTML)
        script = await client.get("/assets/a-1.js", headers={"accept-encoding": "gzip"})
        gone = await client.get("/assets/old-9.js", headers=HTML)
        put = await client.put("/", headers=OURS)

    assert page.text == deep.text
    assert page.headers["cache-control"] == "no-store"
    assert script.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert script.headers["content-encoding"] == "gzip"
    assert script.headers["content-type"].startswith("text/javascript")
    assert script.text.startswith("// script")
    assert (gone.status_code, put.status_code) == (404, 405)


@pytest.mark.parametrize("raw", TRAVERSALS, ids=repr)
async def test_no_path_leads_out_of_the_screens(browser, raw):
    (browser.world.root / "secret").write_text("top secret")
    async with browser.logged_in() as client:
        browser.raw = raw
        answer = await client.get("/", headers=HTML)

    assert answer.status_code == 404
    assert "secret" not in answer.text
    assert "root:" not in answer.text


async def test_stored_markup_stays_text_in_json(browser, a_run, failed):
    markup = "<img src=x onerror=alert(1)></script>"
    world = browser.world
    error = msgspec.structs.replace(failed, message=markup, stack=markup, name=markup)
    world.ledger.runs = [
        a_run(1, step=markup, key=markup, payload=msgspec.json.encode({markup: markup}), error=error)
    ]
    world.telemetry.log(
        level="info", message=markup, at=1, step=markup, fields=msgspec.json.encode({"h": markup})
    )
    async with browser.logged_in() as client:
        for path in (
            f"/v1/runs/{a_run(1).id}",
            "/v1/runs",
            "/v1/logs",
            "/v1/audit",
            f"/v1/steps/{markup}",
            f"/{markup}",
        ):
            answer = await client.get(
                path, headers={"accept": "text/html" if path.startswith("/v1") else "*/*"}
            )
            assert answer.headers["content-type"] == "application/json", path
            assert answer.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize("asked", ["/ops/motia", ""], ids=["kept by the proxy", "taken off by the proxy"])
async def test_it_works_below_a_path(world, asked):
    (world.root / "dist").mkdir()
    (world.root / "dist" / "index.html").write_text('<base href="/">')
    browser = Browser(world, "production", base="/ops/motia")
    async with browser.client() as client:
        answer = await client.post(f"{asked}/login", data={"token": TOKEN}, headers=OURS)
        cookie = answer.headers["set-cookie"]
        session = {"cookie": cookie.partition(";")[0]}
        page = await client.get(f"{asked}/", headers={**HTML, **session})
        status = await client.get(f"{asked}/v1/status", headers=session)
        client.cookies.clear()
        stranger = await client.get(f"{asked}/", headers=HTML)
        deep = await client.get(f"{asked}/runs?step=a", headers=HTML)

    assert answer.headers["location"] == "/ops/motia/"
    assert "Path=/ops/motia/" in cookie
    assert '<base href="/ops/motia/">' in page.text
    assert status.status_code == 200
    assert 'href="/ops/motia/login.css"' in stranger.text
    assert 'name="after" value="runs?step=a"' in deep.text


async def test_screens_that_were_not_built_are_told(world):
    browser = Browser(world, "development", folder="missing")
    async with browser.logged_in() as client:
        answer = await client.get("/", headers=HTML)

    assert answer.status_code == 503
    assert "make setup" in answer.text
