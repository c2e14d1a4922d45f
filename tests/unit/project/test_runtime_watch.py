"""A runtime that comes, goes or is replaced is told once, when two looks agree."""

from __future__ import annotations

import asyncio

from motia.project import RuntimeMark, RuntimeWatch
from motia.runtime import FrozenClock

OLD: RuntimeMark = (("/bin/node", 1, 10),)
NEW: RuntimeMark = (("/bin/node", 2, 10),)
NONE: RuntimeMark = ()
LIMIT_S = 20


class Disk:
    """Answers one look at a time with what the test says is there."""

    def __init__(self) -> None:
        self.marks: dict[str, RuntimeMark] = {"node": OLD, "ruby": OLD}
        self.looks = asyncio.Semaphore(0)
        self._loop = asyncio.get_running_loop()

    def look(self) -> dict[str, RuntimeMark]:
        marks = dict(self.marks)
        self._loop.call_soon_threadsafe(self.looks.release)
        return marks


async def see(disk: Disk, clock: FrozenClock, **marks: RuntimeMark) -> None:
    """Have the watch look once at these marks."""
    disk.marks = {**disk.marks, **marks}
    async with asyncio.timeout(LIMIT_S):
        while not clock.next_timer_s():  # the look before is not taken in yet
            await asyncio.sleep(0)
        await clock.advance(clock.next_timer_s() or 0)
        await disk.looks.acquire()
        while not clock.next_timer_s():
            await asyncio.sleep(0)


async def test_a_runtime_that_comes_goes_or_changes_is_told_once() -> None:
    disk, clock, told = Disk(), FrozenClock(), list[frozenset[str]]()
    watch = RuntimeWatch(disk.look, told.append, clock=clock)
    await watch.start()
    await disk.looks.acquire()

    for marks in ({"node": NEW}, {"node": NEW}, {}, {"ruby": NONE}, {"ruby": NONE}, {"ruby": OLD}, {}):
        await see(disk, clock, **marks)
    await watch.stop()

    assert told == [frozenset({"node"}), frozenset({"ruby"}), frozenset({"ruby"})]


async def test_a_runtime_that_is_missing_for_a_moment_is_no_change() -> None:
    disk, clock, told = Disk(), FrozenClock(), list[frozenset[str]]()
    watch = RuntimeWatch(disk.look, told.append, clock=clock)
    await watch.start()
    await disk.looks.acquire()

    for mark in (NONE, OLD, NEW, NONE, OLD, OLD):
        await see(disk, clock, node=mark)
    await watch.stop()

    assert told == []


async def test_a_language_that_the_project_begins_to_use_is_no_change_of_its_runtime() -> None:
    disk, clock, told = Disk(), FrozenClock(), list[frozenset[str]]()
    del disk.marks["ruby"]
    watch = RuntimeWatch(disk.look, told.append, clock=clock)
    await watch.start()
    await disk.looks.acquire()

    await see(disk, clock, ruby=OLD)
    await see(disk, clock)
    await watch.stop()

    assert told == []
