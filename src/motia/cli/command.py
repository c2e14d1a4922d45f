"""What every command has: `--project`, `--json`, an example in its help, errors without tracebacks."""

from __future__ import annotations

import functools
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any, NamedTuple

import click

from motia.cli.output import Output


class Scope(NamedTuple):
    """What a command is run on and where its output goes."""

    folder: Path
    """`--project`, or the current folder; not yet known to be a project."""
    out: Output

    @property
    def root(self) -> Path:
        """The project's root: `folder` or the nearest folder above it that holds a project.

        Raises:
            StartError: There is none.
        """
        from motia.project import find_project

        return find_project(self.folder)


class ExampleCommand(click.Command):
    """A command whose help ends with examples."""

    def __init__(self, *args: Any, example: str = "", **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.example = example

    def format_epilog(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write the examples as they are typed, unwrapped."""
        with formatter.section("Example"):
            for line in self.example.splitlines():
                formatter.write(f"{' ' * formatter.current_indent}{line}\n")


def command(
    name: str, *, example: str, group: click.Group | None = None, is_data: bool = True
) -> Callable[[Callable[..., None]], click.Command]:
    """Make a function a command; it gets a `Scope` first and its click options by name.

    Args:
        name: As typed.
        example: One command line, or several lines.
        group: The group it belongs to; None for a command of its own.
        is_data: What it prints is data: JSON when the output is no terminal. Otherwise its plain
            text is for people wherever it goes, and `--json` asks for JSON.
    """

    def decorate(function: Callable[..., None]) -> click.Command:
        @functools.wraps(function)
        def run(project: Path, as_json: bool | None, **options: Any) -> None:
            out = Output(as_json=as_json, is_data=is_data)
            try:
                function(Scope(project, out), **options)
            except (click.ClickException, click.exceptions.Exit, click.Abort):
                raise
            except BrokenPipeError:
                _silence_standard_output()
                raise click.exceptions.Exit(1) from None
            except Exception as error:
                from motia.cli.errors import report

                report(error, as_json=out.is_json)
                raise click.exceptions.Exit(1) from None

        run = click.option(
            "--json/--no-json",
            "as_json",
            default=None,
            help="JSON, or text; without either it depends on the output.",
        )(run)
        run = click.option(
            "--project",
            type=click.Path(path_type=Path),
            default=Path("."),
            metavar="DIR",
            help="The project's folder; default: the current one or the nearest above.",
        )(run)
        made = click.command(name, cls=ExampleCommand, example=example)(run)
        if group is not None:
            group.add_command(made)
        return made

    return decorate


def _silence_standard_output() -> None:
    """Whoever read our output left: keep the interpreter from complaining when it flushes at exit."""
    import os

    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def engine_options(function: Callable[..., None]) -> Callable[..., None]:
    """The options of `dev` and `start`."""
    for decorate in (
        click.option("--env", metavar="NAME", help="Environment of the configuration file."),
        click.option("--workbench-port", type=click.IntRange(0, 65_535), help="Port of the Workbench."),
        click.option("--port", type=click.IntRange(0, 65_535), help="Port of the API; 0 takes a free one."),
        click.option("--host", metavar="ADDRESS", help="Address to listen on."),
    ):
        function = decorate(function)
    return function
