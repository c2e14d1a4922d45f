"""The `motia` command: finds a command by name, loads its module, runs it.

Invariant: until a command is known, nothing but click is imported.
"""

from __future__ import annotations

import importlib
from difflib import get_close_matches
from typing import NamedTuple

import click


class Entry(NamedTuple):
    """Where a command lives, and its line in `motia --help` (a test compares it with the command's own)."""

    place: str
    """`module:attribute`"""
    summary: str


COMMANDS: dict[str, Entry] = {
    "create": Entry("motia.cli.create:create", "Make a new project."),
    "dev": Entry("motia.cli.dev:dev", "Run the project and reload what you edit."),
    "start": Entry("motia.cli.start:start", "Run the project in production."),
    "check": Entry("motia.cli.check:check", "Load every step and report all faults at once."),
    "test": Entry("motia.cli.test:test", "Run the project's tests, in each language that has some."),
    "install": Entry("motia.cli.install:install", "Install the dependencies of every language."),
    "steps": Entry("motia.cli.steps:steps", "List the project's steps."),
    "types": Entry("motia.cli.types:types", "Write what type checkers know of the steps."),
    "trigger": Entry("motia.cli.trigger:trigger", "Send an event to a step or topic."),
    "runs": Entry("motia.cli.runs:runs", "List, show, replay and cancel runs."),
    "dead": Entry("motia.cli.dead:dead", "List, replay and purge dead letters."),
    "cron": Entry("motia.cli.cron:cron", "List cron steps and run one by hand."),
    "workflows": Entry(
        "motia.cli.workflows:workflows",
        "List workflows and their instances; show, cancel and replay them.",
    ),
    "logs": Entry("motia.cli.logs:logs", "Show log lines, or follow them."),
    "state": Entry("motia.cli.state:state", "Read and write the state store."),
    "workbench": Entry(
        "motia.cli.workbench:workbench", "Print an address that opens the running engine's Workbench."
    ),
    "openapi": Entry("motia.cli.openapi:openapi", "Print the OpenAPI document of the api steps."),
    "config": Entry("motia.cli.config:config", "Show each setting and where it came from."),
    "doctor": Entry(
        "motia.cli.doctor:doctor", "Check this machine and project for what commonly goes wrong."
    ),
}

HIDDEN: dict[str, Entry] = {
    "serve-test": Entry("motia.cli.serve_test:serve_test", "Run an engine for a test."),
}
"""For programs of ours: in no help, in no list."""


class LazyGroup(click.Group):
    """A group whose commands are imported when they are called."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order of `COMMANDS`."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the command; None when there is none of that name."""
        entry = COMMANDS.get(cmd_name) or HIDDEN.get(cmd_name)
        if entry is None:
            return None
        module, _, attribute = entry.place.partition(":")
        return getattr(importlib.import_module(module), attribute)

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command that `args` names.

        Raises:
            UsageError: There is none; the message has the closest names.
        """
        name = args[0]
        if name not in COMMANDS and name not in HIDDEN and not name.startswith("-"):
            close = get_close_matches(name, COMMANDS, n=3)
            meant = f" Did you mean {' or '.join(close)}?" if close else ""
            ctx.fail(f"There is no command {name!r}.{meant}")
        return super().resolve_command(ctx, args)

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """List the commands without importing them."""
        with formatter.section("Commands"):
            formatter.write_dl([(name, entry.summary) for name, entry in COMMANDS.items()])


def _print_version(ctx: click.Context, _option: click.Parameter, is_wanted: bool) -> None:
    if is_wanted:
        from motia import __version__

        click.echo(f"motia {__version__}")
        ctx.exit()


@click.group(
    cls=LazyGroup,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="Start with: motia create demo --template tutorial",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Print the version.",
)
def cli() -> None:
    """Motia: one backend of steps, with APIs, durable events and schedules in one engine."""


def main() -> None:
    """Entry point of the `motia` command; ends the process with the command's exit code."""
    cli(prog_name="motia")


if __name__ == "__main__":
    main()
