"""`motia dev`: runs the project with hot reload and shows what happens."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from motia.cli.command import Scope, command, engine_options
from motia.cli.ports import next_free, owner_hint
from motia.cli.screen import Screen
from motia.cli.serve import addresses_of, project_name, run_loop, serve
from motia.cli.settings import load_settings
from motia.project import Config

if TYPE_CHECKING:
    from motia.cli.finding import Finding
    from motia.project import Settings


@command("dev", example="motia dev\nmotia dev --port 4000 --project demo", is_data=False)
@engine_options
def dev(
    scope: Scope, host: str | None, port: int | None, workbench_port: int | None, env: str | None
) -> None:
    """Run the project and reload what you edit.

    A port that is taken is replaced by the next free one. Ctrl-C finishes what is in flight, a
    second one stops at once.
    """
    root = scope.root
    screen = Screen()
    settings = load_settings(root, mode="dev", env=env, host=host, port=port, workbench_port=workbench_port)
    settings = msgspec.structs.replace(settings, config=with_free_port(settings.config, screen))
    code = run_loop(_run(settings, screen, root))
    if code:
        raise click.exceptions.Exit(code)


def with_free_port(config: Config, screen: Screen) -> Config:
    """The configuration with the next free port in place of one that is taken, and said so.

    Raises:
        StartError: No port near the wanted one is free.
    """
    port = next_free(config.host, config.port)
    if port != config.port:
        screen.notice(f"port {config.port} is taken ({owner_hint(config.port)}): the API is on {port}")
    return msgspec.structs.replace(config, port=port)


async def _run(settings: Settings, screen: Screen, root: Path) -> int:
    from motia import __version__
    from motia.cli.types import TypesKeeper
    from motia.engine import Engine

    engine = Engine(settings, mode="dev", on_log=screen.log, diagnose=lambda: _diagnose(root))
    keeper = TypesKeeper(engine, screen)

    def on_reload(files: tuple[str, ...], took_ms: float) -> None:
        screen.reloaded(files, took_ms=took_ms, steps=tuple(engine.catalog.steps.values()))
        keeper.refresh()

    engine.on_reload = on_reload
    engine.on_faults = screen.faults

    def on_ready() -> None:
        screen.banner(
            version=__version__,
            name=project_name(root),
            addresses=addresses_of(engine, invites=True),
            steps=tuple(engine.catalog.steps.values()),
            faults=engine.faults,
        )
        screen.faults(engine.faults)
        keeper.refresh()

    return await serve(engine, screen, on_ready=on_ready)


def _diagnose(root: Path) -> list[Finding]:
    from motia.cli.diagnosis import diagnose

    return diagnose(root)
