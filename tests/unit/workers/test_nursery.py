"""The worker that stands by, over real processes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from tests.unit.workers.conftest import Bench


async def test_the_standby_is_given_out_first_and_then_a_new_one_is_started(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    nursery = supervisor._fleets["python"].nursery
    nursery.refill()
    await bench.until(lambda: any(info.state == "standby" for info in supervisor.info()))
    standby = next(info for info in supervisor.info() if info.state == "standby")

    first, second = await nursery.hire(lane="alone"), await nursery.hire(lane="alone", restarts=2)

    assert first.pid == standby.pid
    assert second.pid not in (0, standby.pid)
    assert (first.lane, second.restarts) == ("alone", 2)
    first.retire()
    second.retire()


async def test_a_closed_nursery_has_no_standby_any_more(bench: Bench) -> None:
    bench.write("one.json", "a")
    supervisor = await bench.start(production=False)
    nursery = supervisor._fleets["python"].nursery
    nursery.refill()
    await bench.until(lambda: any(info.state == "standby" for info in supervisor.info()))

    await nursery.close()
    nursery.refill()

    await bench.until(lambda: [info.state for info in supervisor.info()] == ["ready"])
