"""The pytest plugin: the fixture `motia_app`. Loaded by pytest in every project that has Motia installed.

It imports nothing of the engine until the fixture is used.
"""

from __future__ import annotations

from collections.abc import AsyncIterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from motia.testing.embedded import AppClient


def _async_fixture() -> Any:
    try:
        import pytest_asyncio
    except ImportError:
        return pytest.fixture
    return pytest_asyncio.fixture


@_async_fixture()
async def motia_app(request: pytest.FixtureRequest) -> AsyncIterator[AppClient]:
    """A running engine for the project that the test file belongs to; see `motia.testing.embedded`."""
    from motia.project import find_project
    from motia.testing.embedded import app

    async with app(find_project(Path(str(request.path)).parent)) as client:
        yield client
