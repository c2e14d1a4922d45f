from __future__ import annotations

from collections.abc import AsyncIterator

import pytest
from tests.doubles.schedule_world import ScheduleWorld


@pytest.fixture
async def bench() -> AsyncIterator[ScheduleWorld]:
    made = ScheduleWorld()
    yield made
    await made.scheduler.stop()
