import stat
import tempfile
from pathlib import Path

import pytest

from motia.model import StartError
from motia.workbench import bind_control_socket


@pytest.fixture
def place():
    # A socket's path must be short; pytest's own directories are long.
    with tempfile.TemporaryDirectory(prefix="mt") as name:
        yield Path(name)


def test_the_socket_is_its_owner_s_alone(place):
    path = place / "data" / "control.sock"

    with bind_control_socket(path):
        assert stat.S_IMODE(path.stat().st_mode) == 0o600
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_path_that_is_too_long_is_refused_with_a_hint(place):
    with pytest.raises(StartError, match="too long") as caught:
        bind_control_socket(place / ("x" * 120))

    assert "100 bytes" in caught.value.hint


def test_a_place_that_cannot_be_written_is_a_start_error(place):
    (place / "control.sock").mkdir()

    with pytest.raises(StartError, match="cannot be made"):
        bind_control_socket(place / "control.sock")
