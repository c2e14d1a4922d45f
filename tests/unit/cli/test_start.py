"""What `motia start` refuses before the engine starts."""

from __future__ import annotations

import os
import socket
from pathlib import Path

import pytest

from motia.cli.start import check_port
from motia.model import StartError
from motia.project import Config, Workbench


def test_a_port_that_is_taken_is_refused_with_its_owner(tmp_path: Path):
    with socket.create_server(("127.0.0.1", 0)) as server, pytest.raises(StartError) as refused:
        check_port(Config(root=tmp_path, port=server.getsockname()[1]))

    assert f"process {os.getpid()} " in refused.value.hint
    assert "--port" in refused.value.hint


def test_a_free_port_passes(tmp_path: Path):
    check_port(Config(root=tmp_path, port=0, workbench=Workbench(port=0)))
