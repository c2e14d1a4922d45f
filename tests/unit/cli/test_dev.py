"""What `motia dev` decides before the engine starts."""

from __future__ import annotations

import socket
from pathlib import Path

from motia.cli.dev import with_free_port
from motia.cli.screen import Screen
from motia.project import Config


def test_a_port_that_is_taken_is_replaced_and_said(capsys, tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server:
        taken = server.getsockname()[1]

        config = with_free_port(Config(root=tmp_path, port=taken), Screen())

    assert config.port > taken
    assert f"port {taken} is taken" in capsys.readouterr().out


def test_a_port_that_is_free_stays_and_nothing_is_said(capsys, tmp_path: Path):
    config = with_free_port(Config(root=tmp_path, port=0), Screen())

    assert config.port == 0
    assert capsys.readouterr().out == ""
