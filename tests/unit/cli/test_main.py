"""Finding commands by name."""

from __future__ import annotations

import subprocess
import sys

import click
import pytest
from click.testing import CliRunner

from motia import __version__
from motia.cli.main import COMMANDS, cli


def test_the_version_imports_nothing_but_click():
    probe = (
        "import sys; sys.argv = ['motia', '--version']\n"
        "from motia.cli.main import main\n"
        "try: main()\n"
        "except SystemExit: pass\n"
        "print(sorted({name.partition('.')[0] for name in sys.modules} & "
        "{'msgspec', 'rich', 'uvicorn', 'starlette', 'apsw', 'asyncio', 'questionary', 'psutil'}))"
    )

    done = subprocess.run([sys.executable, "-c", probe], capture_output=True, text=True, check=True)

    assert done.stdout.splitlines() == [f"motia {__version__}", "[]"]


def test_the_help_lists_every_command_of_the_contract():
    done = CliRunner().invoke(cli, ["--help"])

    assert done.exit_code == 0
    for name in ("create", "dev", "start", "check", "test", "install", "steps", "trigger", "runs", "dead"):
        assert f"\n  {name} " in done.output
    for name in ("cron", "workflows", "logs", "state", "openapi", "config", "doctor"):
        assert f"\n  {name} " in done.output


@pytest.mark.parametrize("name", list(COMMANDS))
def test_the_listed_summary_is_the_commands_own(name):
    command = cli.get_command(click.Context(cli), name)

    assert command is not None
    assert command.get_short_help_str(200) == COMMANDS[name].summary


@pytest.mark.parametrize("name", list(COMMANDS))
def test_every_command_has_an_example_and_the_common_options(name):
    command = cli.get_command(click.Context(cli), name)
    assert command is not None
    leaves = list(command.commands.values()) if isinstance(command, click.Group) else [command]

    for leaf in leaves:
        done = CliRunner().invoke(leaf, ["--help"])
        assert done.exit_code == 0
        assert f"Example:\n  motia {name}" in done.output
        assert "--project DIR" in done.output
        assert "--json" in done.output


def test_an_unknown_command_names_the_closest():
    done = CliRunner().invoke(cli, ["triger"])

    assert done.exit_code == 2
    assert "There is no command 'triger'. Did you mean trigger?" in done.output
