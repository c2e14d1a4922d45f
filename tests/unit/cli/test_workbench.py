"""`motia workbench`."""

from __future__ import annotations

from motia.cli.workbench import workbench


def test_without_an_engine_it_says_what_to_start(project):
    done = project.run(workbench, "--no-json")

    assert done.exit_code == 1
    assert "no engine runs" in done.stderr
    assert "motia dev" in done.stderr
