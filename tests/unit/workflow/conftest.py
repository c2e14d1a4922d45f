from __future__ import annotations

import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path
from typing import Any

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "doubles"))

from dispatch_world import World
from order_world import Order


@pytest.fixture
async def make_world() -> AsyncIterator[Callable[..., World]]:
    """Worlds that are stopped at the end."""
    worlds: list[World] = []

    def make(**options: Any) -> World:
        worlds.append(World(**options))
        return worlds[-1]

    yield make
    for world in worlds:
        await world.close()


@pytest.fixture
async def world(make_world: Callable[..., World]) -> World:
    """A world, not booted."""
    return make_world()


@pytest.fixture
async def order(world: World) -> Order:
    """The workflow of an order, on a node that is started."""
    made = Order(world)
    await world.boot()
    return made
