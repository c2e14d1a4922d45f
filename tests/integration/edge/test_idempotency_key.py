"""Idempotency-Key on requests that change something."""

from __future__ import annotations

import asyncio
from typing import Any

import pytest

WAIT_S = 5.0
KEY = {"idempotency-key": "order-1"}


def counting(app: Any, make: Any = None) -> list[Any]:
    calls: list[Any] = []

    async def handler(invocation: Any) -> Any:
        calls.append(invocation)
        return make(len(calls)) if make else app.answer({"call": len(calls)}, 201)

    app.step("POST", "/orders", handler)
    app.step("GET", "/orders", handler)
    return calls


async def test_a_repeated_request_gets_the_stored_answer(app: Any) -> None:
    calls = counting(app)

    first = await app.client.post("/orders", json={"a": 1}, headers=KEY)
    second = await app.client.post("/orders", json={"a": 1}, headers=KEY)

    assert len(calls) == 1
    assert (second.status_code, second.content) == (first.status_code, first.content) == (201, b'{"call": 1}')
    assert "idempotency-replayed" not in first.headers
    assert second.headers["idempotency-replayed"] == "true"


async def test_another_body_under_the_same_key_is_422(app: Any) -> None:
    calls = counting(app)

    await app.client.post("/orders", json={"a": 1}, headers=KEY)
    body = await app.client.post("/orders", json={"a": 2}, headers=KEY)
    query = await app.client.post("/orders?b=1", json={"a": 1}, headers=KEY)

    assert (body.status_code, query.status_code) == (422, 422)
    assert body.json()["error"]["code"] == "idempotency-mismatch"
    assert len(calls) == 1


async def test_a_second_request_while_the_first_is_in_flight_is_409(app: Any) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handler(invocation: Any) -> Any:
        entered.set()
        await leave.wait()
        return app.answer({})

    app.step("POST", "/orders", handler)
    first = asyncio.ensure_future(app.client.post("/orders", headers=KEY))
    await asyncio.wait_for(entered.wait(), WAIT_S)
    second = await app.client.post("/orders", headers=KEY)
    leave.set()

    assert second.status_code == 409
    assert (await first).status_code == 200


async def test_a_failed_request_frees_its_key(app: Any) -> None:
    calls = counting(app, lambda number: app.failed() if number == 1 else app.answer({"ok": True}))

    first = await app.client.post("/orders", headers=KEY)
    second = await app.client.post("/orders", headers=KEY)

    assert (first.status_code, second.status_code) == (500, 200)
    assert len(calls) == 2


async def test_an_error_that_the_step_chose_is_stored(app: Any) -> None:
    calls = counting(app, lambda number: app.failed("http", status=409, message="sold out"))

    first = await app.client.post("/orders", headers=KEY)
    second = await app.client.post("/orders", headers=KEY)

    assert first.content == second.content
    assert len(calls) == 1


async def test_a_client_that_leaves_does_not_stop_a_request_with_a_key(app: Any) -> None:
    entered, leave = asyncio.Event(), asyncio.Event()

    async def handler(invocation: Any) -> Any:
        entered.set()
        await leave.wait()
        return app.answer({"paid": True})

    app.step("POST", "/pay", handler)
    _, writer = await app.connect()
    writer.write(b"POST /pay HTTP/1.1\r\nHost: localhost\r\nIdempotency-Key: k\r\n\r\n")
    await asyncio.wait_for(entered.wait(), WAIT_S)
    await app.close(writer)
    while app.edge._listener.connection_count:
        await asyncio.sleep(0)
    leave.set()
    while app.ledger.kept["POST /pay", "k"][1] is None:
        await asyncio.sleep(0)

    again = await app.client.post("/pay", headers={"idempotency-key": "k"})

    assert again.json() == {"paid": True}
    assert app.workers.cancelled.empty()
    assert len(app.workers.seen) == 1


async def test_a_timed_out_request_frees_its_key_when_the_handler_has_ended(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        await asyncio.Event().wait()

    app.step("POST", "/slow", handler, timeout_ms=50)

    response = await app.client.post("/slow", headers=KEY)
    while app.ledger.kept:
        await asyncio.sleep(0)

    assert response.status_code == 504
    assert app.edge.in_flight == 0


async def test_a_key_on_get_means_nothing(app: Any) -> None:
    calls = counting(app)

    await app.client.get("/orders", headers=KEY)
    await app.client.get("/orders", headers=KEY)

    assert len(calls) == 2


async def test_an_invalid_request_takes_no_key(app: Any) -> None:
    async def handler(invocation: Any) -> Any:
        return app.answer({})

    app.step("POST", "/items", handler, schema={"body": {"type": "object"}})

    response = await app.client.post("/items", json=[], headers=KEY)

    assert response.status_code == 422
    assert app.ledger.kept == {}


@pytest.mark.parametrize(("key", "status"), [("", 400), ("k" * 256, 400), ("k" * 255, 201)])
async def test_a_key_has_1_to_255_bytes(app: Any, key: str, status: int) -> None:
    counting(app)

    response = await app.client.post("/orders", headers={"idempotency-key": key})

    assert response.status_code == status


async def test_a_ledger_that_is_away_is_503_and_nothing_runs(app: Any) -> None:
    calls = counting(app)
    app.ledger.is_away = True

    response = await app.client.post("/orders", headers=KEY)

    assert response.status_code == 503
    assert response.headers["retry-after"] == "1"
    assert calls == []
