"""The page of the command line."""

from __future__ import annotations

from tools.docs.command_line import command_line_page, walk

from motia.cli.main import cli


def test_every_command_of_the_contract_has_a_section():
    found = {" ".join(path) for path, _ in walk(cli, ())}

    assert found >= {
        "create",
        "dev",
        "start",
        "check",
        "test",
        "install",
        "steps",
        "trigger",
        "logs",
        "openapi",
    }
    assert found >= {
        "runs list",
        "runs show",
        "runs replay",
        "runs cancel",
        "dead list",
        "dead replay",
        "dead purge",
    }
    assert found >= {"cron list", "cron run", "state get", "state set", "state list", "config", "doctor"}
    page = command_line_page()
    assert all(f"## `motia {name}`" in page for name in found)


def test_options_and_examples_are_shown():
    page = command_line_page()

    assert "| `--port INTEGER RANGE` | Port of the API; 0 takes a free one." in page
    assert "motia create demo --template tutorial --language python" in page
