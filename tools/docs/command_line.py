"""The page of the command line, from the click parser."""

from __future__ import annotations

import inspect
from collections.abc import Iterator

import click

from motia.cli.command import ExampleCommand
from motia.cli.main import cli

INTRODUCTION = """# Command line

<!-- Written by `python -m tools.docs`; do not edit. -->

Every command takes `--project DIR` and `--json`.
Without `--project` the current folder is taken, or the nearest one above that holds a project.
Commands that print data print a table on a terminal and JSON elsewhere; `--json` and `--no-json` decide it.
Commands that do something (`create`, `dev`, `start`, `check`, `test`, `install`) print text unless `--json` is given.
A command that fails says what happened, where and what to do on standard error, and exits with a code other than 0.
With `MOTIA_DEBUG=1` it prints the traceback too.
Commands that read or change runs, logs and state ask the running engine; without one they work on the project's files.
"""


def command_line_page() -> str:
    """The page: each command with its arguments, options and example."""
    parts = [INTRODUCTION]
    for path, command in walk(cli, ()):
        parts.append(section(path, command))
    return "\n".join(parts)


def walk(command: click.Command, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Every command that is not a group, with the words that name it, in the order of the help."""
    if not isinstance(command, click.Group):
        yield path, command
        return
    context = click.Context(command)
    for name in command.list_commands(context):
        inner = command.get_command(context, name)
        assert inner is not None, name
        yield from walk(inner, (*path, name))


def section(path: tuple[str, ...], command: click.Command) -> str:
    """One command."""
    name = " ".join(("motia", *path))
    context = click.Context(command, info_name=name)
    usage = " ".join([name, *command.collect_usage_pieces(context)])
    lines = [f"## `{name}`", "", inspect.cleandoc(command.help or ""), "", "```text", usage, "```", ""]
    rows = list(option_rows(command, context))
    if rows:
        lines += ["| option | meaning |", "|---|---|", *rows, ""]
    if isinstance(command, ExampleCommand):
        lines += ["```sh", command.example, "```", ""]
    return "\n".join(lines)


def option_rows(command: click.Command, context: click.Context) -> Iterator[str]:
    """Options of the command's own; those of every command are in the introduction."""
    for parameter in command.params:
        if not isinstance(parameter, click.Option) or parameter.name in ("project", "as_json"):
            continue
        record = parameter.get_help_record(context)
        if record is not None:
            names, meaning = (text.replace("|", "\\|") for text in record)
            yield f"| `{names}` | {meaning} |"
