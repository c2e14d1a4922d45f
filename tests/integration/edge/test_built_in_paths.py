"""Health, OpenAPI, the reference page, cross-origin requests and the files of web/."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

ORIGIN = {"origin": "http://localhost:5173"}


async def unused(invocation: Any) -> Any:
    raise AssertionError("not invoked")


async def test_health_and_readiness(app: Any) -> None:
    health = await app.client.get("/health")
    ready = await app.client.get("/ready")
    app.is_ready = False
    unready = await app.client.get("/ready")

    assert (health.status_code, ready.status_code, unready.status_code) == (200, 200, 503)


async def test_a_step_wins_over_a_built_in_path(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({"mine": True})

    app.step("GET", "/health", handler)

    assert (await app.client.get("/health")).json() == {"mine": True}


async def test_the_openapi_document_describes_the_steps(app: Any) -> None:
    app.step(
        "POST",
        "/items/:id",
        unused,
        step="make-item",
        description="Makes an item",
        flows=("shop",),
        schema={"body": {"$ref": "#/$defs/Item", "$defs": {"Item": {"type": "object"}}}},
    )

    document = (await app.client.get("/openapi.json")).json()

    operation = document["paths"]["/items/{id}"]["post"]
    assert document["openapi"] == "3.1.0"
    assert (operation["operationId"], operation["summary"], operation["tags"]) == (
        "make-item",
        "Makes an item",
        ["shop"],
    )
    reference = operation["requestBody"]["content"]["application/json"]["schema"]["$ref"]
    assert document["components"]["schemas"][reference.rpartition("/")[2]] == {"type": "object"}
    assert {"200", "422", "500"} <= set(operation["responses"])


async def test_the_reference_page_loads_only_from_here(app: Any) -> None:
    page = await app.client.get("/docs")
    style = await app.client.get("/docs/docs.css")
    script = await app.client.get("/docs/docs.js")

    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert "default-src 'none'" in page.headers["content-security-policy"]
    assert "unsafe" not in page.headers["content-security-policy"]
    assert "http://" not in page.text
    assert "https://" not in page.text + style.text + script.text
    assert (style.status_code, script.status_code) == (200, 200)


async def test_without_configured_origins_there_is_no_cors(app: Any) -> None:
    app.step("GET", "/a", unused)

    response = await app.client.options("/a", headers={**ORIGIN, "access-control-request-method": "GET"})

    assert not [name for name in response.headers if name.startswith("access-control")]


async def test_an_allowed_origin_passes_the_preflight(make_app: Any) -> None:
    app = await make_app(cors_origins=("localhost",))
    app.step("PUT", "/a", unused)
    asked = {"access-control-request-method": "PUT", "access-control-request-headers": "content-type, x-a"}

    response = await app.client.options("/a", headers={**ORIGIN, **asked})

    assert response.status_code == 204
    assert response.headers["access-control-allow-origin"] == ORIGIN["origin"]
    assert response.headers["access-control-allow-methods"] == "OPTIONS, PUT"
    assert response.headers["access-control-allow-headers"] == "content-type, x-a"
    assert response.headers["vary"] == "Origin"


async def test_a_foreign_origin_gets_no_cors_header(make_app: Any) -> None:
    app = await make_app(cors_origins=("localhost",))

    async def handler(invocation: Any) -> Any:
        return app.answer({})

    app.step("GET", "/a", handler)

    own = await app.client.get("/a", headers=ORIGIN)
    foreign = await app.client.get("/a", headers={"origin": "http://localhost.evil.example"})

    assert own.headers["access-control-allow-origin"] == ORIGIN["origin"]
    assert not [name for name in foreign.headers if name.startswith("access-control")]
    assert foreign.headers["vary"] == "Origin"


@pytest.fixture
async def site(make_app: Any, tmp_path: Path) -> Any:
    web = tmp_path / "web"
    (web / "sub").mkdir(parents=True)
    (web / ".git").mkdir()
    (web / "index.html").write_text("<h1>home</h1>")
    (web / "sub" / "index.html").write_text("sub")
    (web / "app.mjs").write_text("export {}")
    (web / "big.bin").write_bytes(bytes(range(256)) * 8_192)
    (web / ".env").write_text("SECRET=1")
    (web / ".git" / "config").write_text("secret")
    (tmp_path / "outside.txt").write_text("secret")
    (web / "link.txt").symlink_to(tmp_path / "outside.txt")
    return await make_app()


async def test_files_have_types_and_validators(site: Any) -> None:
    page = await site.client.get("/")
    script = await site.client.get("/app.mjs")
    again = await site.client.get("/", headers={"if-none-match": page.headers["etag"]})
    since = await site.client.get("/", headers={"if-modified-since": page.headers["last-modified"]})

    assert page.text == "<h1>home</h1>"
    assert page.headers["content-type"] == "text/html; charset=utf-8"
    assert script.headers["content-type"] == "text/javascript; charset=utf-8"
    assert (again.status_code, again.content, since.status_code) == (304, b"", 304)


async def test_a_large_file_arrives_whole_and_in_ranges(site: Any) -> None:
    whole = await site.client.get("/big.bin")
    part = await site.client.get("/big.bin", headers={"range": "bytes=10-19"})
    tail = await site.client.get("/big.bin", headers={"range": "bytes=-5"})
    outside = await site.client.get("/big.bin", headers={"range": "bytes=9999999-"})

    assert whole.content == bytes(range(256)) * 8_192
    assert (part.status_code, part.content) == (206, bytes(range(10, 20)))
    assert part.headers["content-range"] == "bytes 10-19/2097152"
    assert tail.content == bytes(range(251, 256))
    assert outside.status_code == 416


async def test_a_directory_is_redirected_to_its_slash(site: Any) -> None:
    redirect = await site.client.get("/sub")
    page = await site.client.get("/sub/")

    assert (redirect.status_code, redirect.headers["location"]) == (308, "/sub/")
    assert page.text == "sub"


async def test_steps_win_over_files_and_others_are_not_written(site: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return site.answer({"step": True})

    site.step("GET", "/app.mjs", handler)
    site.step("POST", "/sub/", handler)

    assert (await site.client.get("/app.mjs")).json() == {"step": True}
    assert (await site.client.get("/sub/")).text == "sub"
    assert (await site.client.put("/index.html")).status_code == 404


@pytest.mark.parametrize(
    "path",
    [
        "/../outside.txt",
        "/%2e%2e/outside.txt",
        "/sub/..%2f..%2foutside.txt",
        "/sub/%2e%2e/%2e%2e/outside.txt",
        "/..\\outside.txt",
        "//outside.txt",
        "/link.txt",
        "/.env",
        "/%2eenv",
        "/.git/config",
        "/sub/../.env",
        "//etc/passwd",
        "/%2fetc/passwd",
        "/index.html/",
    ],
)
async def test_nothing_outside_the_directory_is_served(site: Any, path: str) -> None:
    response = await site.raw(f"GET {path} HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n\r\n".encode())

    assert response.startswith(b"HTTP/1.1 404")
    assert b"secret" not in response.lower().replace(b"secret=", b"secret")
