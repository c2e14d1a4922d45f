from __future__ import annotations

import asyncio

import pytest

from motia.authoring import Cancelled
from motia.python_worker.streams import CREDIT_BYTES_FIRST, Outflow


async def test_pieces_leave_while_there_is_any_credit_and_wait_for_more() -> None:
    sent: list[bytes] = []
    outflow = Outflow(sent.append)

    await outflow.write(b"x" * (CREDIT_BYTES_FIRST - 1))
    await outflow.write(b"yy")
    waiting = asyncio.ensure_future(outflow.write(b"z"))
    await asyncio.sleep(0)
    assert [len(piece) for piece in sent] == [CREDIT_BYTES_FIRST - 1, 2]
    outflow.grant(1)
    await asyncio.sleep(0)
    assert not waiting.done()
    outflow.grant(1)
    await asyncio.wait_for(waiting, 5)

    assert sent[-1] == b"z"


async def test_an_empty_piece_is_not_sent_and_waits_for_nothing() -> None:
    sent: list[bytes] = []
    outflow = Outflow(sent.append)
    await outflow.write(b"x" * CREDIT_BYTES_FIRST)

    await asyncio.wait_for(outflow.write(b""), 5)

    assert len(sent) == 1


async def test_whoever_writes_to_a_stream_that_nobody_takes_is_cancelled() -> None:
    outflow = Outflow(lambda piece: None)
    await outflow.write(b"x" * CREDIT_BYTES_FIRST)
    waiting = asyncio.ensure_future(outflow.write(b"y"))
    await asyncio.sleep(0)

    outflow.abort("disconnect")

    with pytest.raises(Cancelled, match="disconnect"):
        await asyncio.wait_for(waiting, 5)
    with pytest.raises(Cancelled):
        await outflow.write(b"z")


async def test_a_write_that_is_cancelled_while_it_waits_sends_nothing() -> None:
    sent: list[bytes] = []
    outflow = Outflow(sent.append)
    await outflow.write(b"x" * CREDIT_BYTES_FIRST)
    waiting = asyncio.ensure_future(outflow.write(b"y"))
    await asyncio.sleep(0)

    waiting.cancel()
    await asyncio.gather(waiting, return_exceptions=True)
    outflow.grant(10)

    assert len(sent) == 1
