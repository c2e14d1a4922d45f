"""`motia openapi`: prints the OpenAPI document of the api steps."""

from __future__ import annotations

import json
from pathlib import Path

import click

from motia.cli.command import Scope, command


@command("openapi", example="motia openapi > openapi.json\nmotia openapi -o openapi.json")
@click.option(
    "-o", "--output", type=click.Path(path_type=Path, dir_okay=False), help="Write it to this file."
)
def openapi(scope: Scope, output: Path | None) -> None:
    """Print the OpenAPI document of the api steps.

    It is always JSON. Without a running engine: of the steps as the last one loaded them.
    """
    from motia.cli.client import connect

    with connect(scope.root) as control:
        document = control.request("GET", "/v1/openapi")
    if output is None:
        click.echo(json.dumps(document, indent=2, ensure_ascii=False))
        return
    output.write_text(json.dumps(document, indent=2, ensure_ascii=False) + "\n", "utf-8")
    scope.out.done(f"Wrote {output}", {"file": str(output)})
