"""`motia start`: runs the project in production; a fault in any file stops it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from motia.cli.command import Scope, command, engine_options
from motia.cli.ports import is_free, owner_hint
from motia.cli.screen import Screen
from motia.cli.serve import addresses_of, project_name, run_loop, serve
from motia.cli.settings import load_settings
from motia.model import StartError
from motia.project import Config

if TYPE_CHECKING:
    from motia.cli.finding import Finding
    from motia.project import Settings


@command("start", example="motia start --host 0.0.0.0 --port 8080", is_data=False)
@engine_options
def start(
    scope: Scope, host: str | None, port: int | None, workbench_port: int | None, env: str | None
) -> None:
    """Run the project in production.

    Every file must load: with one fault nothing is served, and all faults are shown. A port that
    is taken is an error. SIGTERM finishes what is in flight, a second one stops at once.
    """
    root = scope.root
    settings = load_settings(root, mode="start", env=env, host=host, port=port, workbench_port=workbench_port)
    check_port(settings.config)
    code = run_loop(_run(settings, Screen(), root))
    if code:
        raise click.exceptions.Exit(code)


def check_port(config: Config) -> None:
    """Refuse a taken port before anything is started.

    Raises:
        StartError: With the process that has it, as far as this user may see.
    """
    workbench = config.workbench
    wanted = [(config.host, config.port, "--port")]
    wanted += [(workbench.host, workbench.port, "--workbench-port")] if workbench.enabled else []
    for host, port, flag in wanted:
        if not is_free(host, port):
            raise StartError(
                f"port {port} on {host} is taken",
                hint=f"{owner_hint(port)}; stop it or give another {flag}",
            )


async def _run(settings: Settings, screen: Screen, root: Path) -> int:
    from motia import __version__
    from motia.engine import Engine

    engine = Engine(settings, mode="start", on_log=screen.log, diagnose=lambda: _diagnose(root))

    def on_ready() -> None:
        steps = tuple(engine.catalog.steps.values())
        addresses = addresses_of(engine)
        screen.banner(version=__version__, name=project_name(root), addresses=addresses, steps=steps)

    return await serve(engine, screen, on_ready=on_ready)


def _diagnose(root: Path) -> list[Finding]:
    from motia.cli.diagnosis import diagnose

    return diagnose(root)
