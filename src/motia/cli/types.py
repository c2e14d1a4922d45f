"""`motia types`: writes what type checkers know of the project's steps and topics, and keeps it current for `dev`."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from motia.cli.command import Scope, command
from motia.cli.errors import CommandError
from motia.cli.screen import Screen, fault_text
from motia.cli.serve import run_loop
from motia.cli.settings import load_settings
from motia.model import MotiaError

if TYPE_CHECKING:
    from motia.cli.loading import Loaded
    from motia.engine import Engine
    from motia.project import Settings


@command("types", example="motia types\nmotia types --check", is_data=False)
@click.option("--check", "is_check", is_flag=True, help="Write nothing; fail when a file is out of date.")
def types(scope: Scope, is_check: bool) -> None:
    """Write what type checkers know of the steps.

    motia-env.d.ts for TypeScript, when the project has JavaScript or TypeScript files or a package.json;
    typings/motia/__init__.pyi for Python, when it has Python files. `motia dev` and `motia install` do
    the same. Commit what they write.
    """
    settings = load_settings(scope.root, mode="check")
    loaded = _load(settings)
    errors = [fault for fault in loaded.faults if fault.severity == "error"]
    for fault in errors:
        click.echo(fault_text(fault), err=True)
    if is_check:
        stale = _stale(settings, loaded)
        if stale:
            raise CommandError(
                f"out of date: {', '.join(stale)}", hint="run `motia types` and commit what it writes"
            )
    written = () if is_check else write_types(settings, loaded)
    if errors:
        raise CommandError(
            f"the project has {len(errors)} fault{'s' if len(errors) > 1 else ''}: "
            "what does not load is not in the types",
            hint="mend them and run `motia types` again",
        )
    told = f"Wrote {', '.join(written)}." if written else "The types are up to date."
    scope.out.done(told, {"written": list(written)})


def write_types(settings: Settings, loaded: Loaded) -> tuple[str, ...]:
    """Write the types of what was loaded; the files that changed.

    Raises:
        StartError: A file cannot be written.
    """
    from motia.project import Catalog, TypesWriter, discover

    catalog = Catalog(loaded.steps, topics=loaded.topics)
    return TypesWriter(settings.config.root).write(catalog, discover(settings.config.root))


def _load(settings: Settings) -> Loaded:
    from motia.cli.loading import load_project

    return run_loop(load_project(settings))


def _stale(settings: Settings, loaded: Loaded) -> list[str]:
    from motia.project import Catalog, discover, type_files

    root = settings.config.root
    wanted = type_files(Catalog(loaded.steps, topics=loaded.topics), discover(root))
    return [
        name
        for name, text in wanted.items()
        if not (root / name).is_file() or (root / name).read_bytes() != text.encode()
    ]


class TypesKeeper:
    """Writes the types of a running engine's steps whenever they may have changed; one write at a time.

    While a language has no runtime here they are left as they are: they would lose its steps.
    """

    def __init__(self, engine: Engine, screen: Screen) -> None:
        """Write for the project of `engine`, and say so on `screen`."""
        from motia.project import TypesWriter

        self._engine = engine
        self._screen = screen
        self._writer = TypesWriter(engine.config.root)
        self._task: asyncio.Task[None] | None = None
        self._is_stale = False
        self._told: set[str] = set()

    def refresh(self) -> None:
        """Write what changed, soon. Call it on the engine's loop."""
        self._is_stale = True
        if self._task is None or self._task.done():
            self._task = asyncio.get_running_loop().create_task(self._write())

    async def _write(self) -> None:
        while self._is_stale:
            self._is_stale = False
            if any(fault.code == "no-runtime" for fault in self._engine.faults):
                self._tell("the types are left as they are: the steps of a language cannot run here")
                continue
            try:
                written = await asyncio.to_thread(
                    self._writer.write, self._engine.catalog, self._engine.discovery
                )
            except MotiaError as error:
                self._tell(f"{error.message}; {error.hint}")
            else:
                for name in written:
                    self._tell(f"wrote {name}: commit it")

    def _tell(self, text: str) -> None:
        if text not in self._told:
            self._told.add(text)
            self._screen.notice(text)
