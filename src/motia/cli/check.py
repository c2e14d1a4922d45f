"""`motia check`: loads every step and reports all faults at once."""

from __future__ import annotations

import click
import msgspec

from motia.cli.command import Scope, command
from motia.cli.output import clean
from motia.cli.screen import counts, fault_text
from motia.cli.serve import run_loop
from motia.cli.settings import load_settings


@command("check", example="motia check\nmotia check --env production --json", is_data=False)
@click.option("--env", metavar="NAME", help="Environment of the configuration file.")
@click.option("--strict", is_flag=True, help="Warnings fail too.")
def check(scope: Scope, env: str | None, strict: bool) -> None:
    """Load every step and report all faults at once.

    Loads the files as `motia dev` does, without serving anything or running a step. Fails when
    there is an error.
    """
    from motia.cli.loading import load_project

    settings = load_settings(scope.root, mode="check", env=env)
    loaded = run_loop(load_project(settings))
    warnings = len(loaded.faults) - loaded.errors
    is_failed = loaded.errors > 0 or (strict and warnings > 0)
    if scope.out.is_json:
        faults = [msgspec.to_builtins(fault) | {"severity": fault.severity} for fault in loaded.faults]
        scope.out.value({"ok": not is_failed, "steps": len(loaded.steps), "faults": faults})
    else:
        for line in loaded.output if loaded.errors else ():
            click.echo(clean(line), err=True)
        for fault in loaded.faults:
            click.echo(fault_text(fault))
        click.echo(summary(loaded.errors, warnings, f"steps {counts(loaded.steps)}"))
    if is_failed:
        raise click.exceptions.Exit(1)


def summary(errors: int, warnings: int, steps: str) -> str:
    """The last line: how bad it is, and what is there."""
    if not errors and not warnings:
        return f"{click.style('✓', fg='green', bold=True)} no faults; {steps}"
    told = [
        f"{count} {word}{'s' if count > 1 else ''}"
        for count, word in ((errors, "error"), (warnings, "warning"))
        if count
    ]
    sign, colour = ("✗", "red") if errors else ("!", "yellow")
    return f"{click.style(sign, fg=colour, bold=True)} {', '.join(told)}; {steps}"
