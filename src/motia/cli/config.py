"""`motia config`: shows each setting and where it came from."""

from __future__ import annotations

import click

from motia.cli.command import Scope, command
from motia.cli.settings import load_settings


@command("config", example="motia config\nmotia config --env production --json")
@click.option("--env", metavar="NAME", help="Environment; default: as `motia dev` chooses it.")
def config(scope: Scope, env: str | None) -> None:
    """Show each setting and where it came from.

    Secrets are masked.
    """
    settings = load_settings(scope.root, mode="config", env=env)
    rows = [
        {"key": key, "value": list(value) if isinstance(value, tuple) else value, "from": origin}
        for key, (value, origin) in settings.origins.items()
    ]
    scope.out.note(f"Environment {settings.config.environment}, project {settings.config.root}")
    scope.out.rows(rows, {"key": "KEY", "value": "VALUE", "from": "FROM"}, empty="No settings.")
    for warning in settings.warnings:
        scope.out.note(f"{click.style('warning:', fg='yellow')} {warning}")
