"""Free and taken ports."""

from __future__ import annotations

import os
import socket
from collections.abc import Iterator

import pytest

from motia.cli.ports import is_free, next_free, owner_hint
from motia.model import StartError

HOST = "127.0.0.1"


@pytest.fixture
def taken() -> Iterator[int]:
    with socket.create_server((HOST, 0)) as server:
        yield server.getsockname()[1]


def test_a_port_that_somebody_listens_on_is_not_free(taken: int):
    assert not is_free(HOST, taken)
    assert is_free(HOST, 0)


def test_the_next_free_port_is_above_one_that_is_taken(taken: int):
    assert next_free(HOST, taken) > taken


def test_an_address_that_is_not_ours_is_said():
    with pytest.raises(StartError) as refused:
        is_free("192.0.2.1", 3001)

    assert "192.0.2.1:3001" in refused.value.message
    assert "--host" in refused.value.hint


def test_the_owner_of_a_port_is_named(taken: int):
    assert f"process {os.getpid()} " in owner_hint(taken)
