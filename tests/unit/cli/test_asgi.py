"""Asking an app inside the process."""

from __future__ import annotations

import pytest

from motia.cli.asgi import ask


async def echo(scope, receive, send) -> None:
    message = await receive()
    text = f"{scope['method']} {scope['path']} {scope['raw_path'].decode()} {scope['query_string'].decode()} ".encode()
    await send({"type": "http.response.start", "status": 201, "headers": []})
    await send({"type": "http.response.body", "body": text, "more_body": True})
    await send({"type": "http.response.body", "body": message["body"]})


async def test_a_request_arrives_whole_and_so_does_the_answer():
    answer = await ask(echo, "PUT", "/v1/a%2Fb?x=1", b"{}")

    assert answer == (201, b"PUT /v1/a/b /v1/a%2Fb x=1 {}")


async def test_an_error_behind_an_answer_is_not_raised_again():
    async def fails_late(scope, receive, send) -> None:
        await send({"type": "http.response.start", "status": 500, "headers": []})
        await send({"type": "http.response.body", "body": b"{}"})
        raise RuntimeError("told already")

    assert await ask(fails_late, "GET", "/") == (500, b"{}")


async def test_an_error_instead_of_an_answer_is_raised():
    async def fails(scope, receive, send) -> None:
        raise RuntimeError("no answer")

    with pytest.raises(RuntimeError, match="no answer"):
        await ask(fails, "GET", "/")
