from __future__ import annotations

import socket
from pathlib import Path

import pytest

from motia.model import StartError
from motia.places import SOCKET_PATH_BYTES_MAX, bind, control_path, database_path, make_data_dir
from motia.project import Config


def test_the_database_is_the_file_that_the_configuration_names(tmp_path: Path) -> None:
    assert (
        database_path(Config(root=tmp_path, database_url="sqlite://./.motia/x.db"))
        == tmp_path / ".motia/x.db"
    )
    assert database_path(Config(root=tmp_path, database_url="sqlite:///var/x.db")) == Path("/var/x.db")
    for url in ("postgres://localhost/x", "sqlite://", "x.db"):
        with pytest.raises(StartError, match=r"database\.url"):
            database_path(Config(root=tmp_path, database_url=url))


def test_the_data_directory_is_its_owners_alone(tmp_path: Path) -> None:
    made = tmp_path / "a" / ".motia"

    for _ in range(2):
        make_data_dir(made)
        assert made.stat().st_mode & 0o777 == 0o700
        made.chmod(0o755)

    (tmp_path / "file").write_text("")
    with pytest.raises(StartError, match="data directory"):
        make_data_dir(tmp_path / "file" / ".motia")


def test_a_port_that_is_taken_is_said_with_what_to_do() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]

        with pytest.raises(StartError, match=f"cannot listen on 127.0.0.1:{port}") as caught:
            bind("127.0.0.1", port)

    assert "--port" in caught.value.hint


def test_a_bound_socket_listens() -> None:
    with bind("127.0.0.1", 0) as sock, socket.create_connection(sock.getsockname(), timeout=5):
        assert not sock.getblocking()


def test_a_control_socket_whose_path_would_be_too_long_is_elsewhere(tmp_path: Path) -> None:
    assert control_path(Path("/p/.motia")) == Path("/p/.motia/control.sock")

    elsewhere = control_path(tmp_path / ("x" * SOCKET_PATH_BYTES_MAX))

    assert len(str(elsewhere)) <= SOCKET_PATH_BYTES_MAX
    assert elsewhere.parent.stat().st_mode & 0o777 == 0o700
    elsewhere.parent.rmdir()
