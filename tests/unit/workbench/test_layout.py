import stat

import pytest

from motia.model import CallerError
from motia.workbench.layout import (
    LayoutUnavailable,
    Position,
    check_positions,
    read_positions,
    write_positions,
)

SOME = {"a": Position(x=1.5, y=-2)}


def test_positions_are_kept_for_their_owner(tmp_path):
    path = tmp_path / "workbench.json"

    write_positions(path, SOME)

    assert read_positions(path) == SOME
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert [file.name for file in tmp_path.iterdir()] == ["workbench.json"]


@pytest.mark.parametrize("content", [b"", b"{", b'{"positions": 3}', b"\xff"])
def test_a_file_that_cannot_be_read_counts_as_none(tmp_path, content):
    path = tmp_path / "workbench.json"
    path.write_bytes(content)

    assert read_positions(path) == {}
    assert read_positions(tmp_path / "missing") == {}


def test_a_folder_that_cannot_be_written_is_said(tmp_path):
    with pytest.raises(LayoutUnavailable, match="cannot be kept"):
        write_positions(tmp_path / "missing" / "workbench.json", SOME)


@pytest.mark.parametrize(
    "positions",
    [
        {str(number): Position(x=0, y=0) for number in range(5_001)},
        {"": Position(x=0, y=0)},
        {"x" * 256: Position(x=0, y=0)},
        {"a": Position(x=1e7, y=0)},
        {"a": Position(x=0, y=float("inf"))},
    ],
    ids=["many", "empty", "long", "far", "infinite"],
)
def test_positions_out_of_bounds_are_refused(positions):
    with pytest.raises(CallerError):
        check_positions(positions)
