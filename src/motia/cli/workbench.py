"""`motia workbench`: prints an address that opens the Workbench of the running engine."""

from __future__ import annotations

import click

from motia.cli.command import Scope, command
from motia.model import StartError


@command("workbench", example="motia workbench")
def workbench(scope: Scope) -> None:
    """Print an address that opens the running engine's Workbench.

    It logs in whoever opens it first, within ten minutes.
    """
    from motia.cli.client import connect

    with connect(scope.root) as control:
        if not control.is_online:
            raise StartError("no engine runs here", hint="start one with `motia dev`")
        url = control.request("POST", "/v1/invitations", body={})["url"]
    if scope.out.is_json:
        scope.out.value({"url": url})
    else:
        click.echo(url)
