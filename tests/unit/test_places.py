from __future__ import annotations

import stat
from pathlib import Path

import pytest

from motia.model import StartError
from motia.places import (
    SOCKET_PATH_BYTES_MAX,
    bind,
    bind_workbench,
    control_path,
    database_path,
    make_data_dir,
)
from motia.project import Config, Workbench


def test_the_database_is_a_file_of_the_project(tmp_path: Path) -> None:
    assert database_path(Config(root=tmp_path)) == tmp_path / ".motia" / "motia.db"


def test_a_database_that_is_no_sqlite_is_refused_with_what_to_write(tmp_path: Path) -> None:
    with pytest.raises(StartError, match="not postgresql") as caught:
        database_path(Config(root=tmp_path, database_url="postgresql://localhost/shop"))

    assert "sqlite://" in caught.value.hint


def test_the_data_directory_is_for_its_owner_only(tmp_path: Path) -> None:
    make_data_dir(tmp_path / ".motia")

    assert stat.S_IMODE((tmp_path / ".motia").stat().st_mode) == 0o700


def test_a_data_directory_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StartError, match="cannot be used"):
        make_data_dir(tmp_path / "file" / ".motia")


def test_a_taken_port_is_named_with_the_way_to_another() -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(StartError, match=f"127.0.0.1:{port}") as caught:
            bind("127.0.0.1", port)

    assert "--port" in caught.value.hint


def test_the_workbench_does_not_move_on_to_the_port_of_the_api(tmp_path: Path) -> None:
    with bind("127.0.0.1", 0) as taken:
        port = taken.getsockname()[1]
        config = Config(root=tmp_path, port=port + 1, workbench=Workbench(port=port))
        sock = bind_workbench(config, tries_next=True)

    assert sock is not None
    with sock:
        assert sock.getsockname()[1] > port + 1


def test_a_host_that_is_not_of_this_machine_is_an_error_of_the_start() -> None:
    with pytest.raises(StartError, match=r"203\.0\.113\.1"):
        bind("203.0.113.1", 0)


def test_a_control_socket_whose_path_would_be_too_long_goes_elsewhere(tmp_path: Path) -> None:
    deep = tmp_path / ("d" * SOCKET_PATH_BYTES_MAX)

    path = control_path(deep)

    try:
        assert len(bytes(path)) <= SOCKET_PATH_BYTES_MAX
        assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700
    finally:
        path.parent.rmdir()
