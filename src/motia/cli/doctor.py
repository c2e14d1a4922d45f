"""`motia doctor`: looks for what commonly goes wrong on a machine and in a project."""

from __future__ import annotations

from pathlib import Path

import click

from motia.cli.command import Scope, command
from motia.cli.diagnosis import OK, diagnose
from motia.model import StartError


@command("doctor", example="motia doctor --project demo")
def doctor(scope: Scope) -> None:
    """Check this machine and project for what commonly goes wrong.

    Fails when a check fails; warnings do not.
    """
    findings = diagnose(_root_or_none(scope))
    rows = [finding._asdict() for finding in findings]
    scope.out.rows(rows, {"status": "", "check": "CHECK", "found": "FOUND"}, empty="nothing was checked")
    if not scope.out.is_json:
        for finding in findings:
            if finding.hint and finding.status != OK:
                click.echo(f"{click.style(finding.check, bold=True)}: {finding.hint}")
    if any(finding.status == "fail" for finding in findings):
        raise click.exceptions.Exit(1)


def _root_or_none(scope: Scope) -> Path | None:
    """The project, if there is one: a machine can be looked at without."""
    try:
        return scope.root
    except StartError:
        return None
