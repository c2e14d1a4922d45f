"""`motia create`: makes a new project."""

from __future__ import annotations

import sys
from pathlib import Path

import click

from motia.cli.blueprint import LANGUAGES, TEMPLATES, uses_node
from motia.cli.command import Scope, command
from motia.cli.errors import CommandError
from motia.cli.scaffold import check_language, check_name, write_project


@command("create", example="motia create demo --template tutorial --language python", is_data=False)
@click.argument("name", required=False)
@click.option(
    "-i", "--interactive", is_flag=True, help="Ask for what is not given; never without a terminal."
)
@click.option("--template", type=click.Choice(list(TEMPLATES)), help="What to start from; default: minimal.")
@click.option(
    "--language",
    metavar="LANGUAGE",
    help=f"Language of the steps: {', '.join(LANGUAGES)}; default: python.",
)
@click.option("--force", is_flag=True, help="Add to a folder that is not empty; its files are kept.")
def create(
    scope: Scope, name: str | None, interactive: bool, template: str | None, language: str | None, force: bool
) -> None:
    """Make a new project.

    NAME is the folder to make, inside --project or the current folder; `.` is that folder itself.
    """
    if interactive and sys.stdin.isatty():
        name, template, language = _ask(name, template, language)
    if name is None:
        raise CommandError(
            "the project has no name", hint="give one: motia create my-app (or -i to be asked)"
        )
    template, language = template or "minimal", language or "python"
    target = scope.folder / name
    if name != ".":
        check_name(target)
    check_language(language)
    written = write_project(target, template=template, language=language, into_existing=force)

    record = {"folder": str(target.resolve()), "template": template, "language": language}
    for kept in written.kept:
        scope.out.note(f"kept    {kept}")
    scope.out.done(
        _next(name, target, len(written.made), language),
        record | {"made": written.made, "kept": written.kept},
    )


def _next(name: str, target: Path, count: int, language: str) -> str:
    enter = "" if name == "." else f"  cd {target}\n"
    install = "  motia install      install what its steps and tests import\n"
    optional = "" if uses_node(language) else " (after motia install)" if language == "python" else ""
    return (
        f"{click.style('Made', fg='green')} {target} ({count} files). Next:\n\n{enter}"
        f"{install if uses_node(language) else ''}"
        "  motia dev          run it, and reload what you edit\n"
        f"  motia test         run its tests{optional}\n\n"
        "Its README says what to try."
    )


def _ask(name: str | None, template: str | None, language: str | None) -> tuple[str, str, str]:
    """Ask for what is missing; what was given is not asked again."""
    import questionary

    if name is None:
        name = questionary.text("Name of the project (my-app):").unsafe_ask().strip()
    if template is None:
        choices = [questionary.Choice(f"{title}: {about}", value=title) for title, about in TEMPLATES.items()]
        template = questionary.select("Start from:", choices=choices).unsafe_ask()
    if language is None:
        choices = [
            questionary.Choice(f"{title}: {own.about}", value=title) for title, own in LANGUAGES.items()
        ]
        language = questionary.select("Language:", choices=choices).unsafe_ask()
    return name or "my-app", template or "minimal", language or "python"
