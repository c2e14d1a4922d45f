"""An answer that is still to come."""

from __future__ import annotations

import asyncio

import pytest

from motia.workers.seam import Pending


async def test_a_pending_answer_is_rendered_when_its_work_is_done() -> None:
    work: asyncio.Future[int] = asyncio.get_running_loop().create_future()
    pending = Pending(work, lambda number: b"%d" % number)

    asyncio.get_running_loop().call_soon(work.set_result, 7)

    assert await pending == b"7"


async def test_who_stops_waiting_does_not_stop_the_work() -> None:
    work: asyncio.Future[int] = asyncio.get_running_loop().create_future()

    async def wait() -> bytes:
        return await Pending(work, lambda number: b"%d" % number)

    waiting = asyncio.ensure_future(wait())
    await asyncio.sleep(0)
    waiting.cancel()

    with pytest.raises(asyncio.CancelledError):
        await waiting
    assert not work.done()
    work.set_result(1)
