"""Which workers a project needs on this machine: a launcher for each language that it uses, or why there is none.

Invariants
1. Only languages with step files are looked for; a language without any has no launcher and no fault.
2. A language that cannot run is one fault, which names its files and what to do; the others run.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from motia.model import LoadFault
from motia.project import (
    SITE_VARIABLE,
    TITLES,
    Discovery,
    Runtime,
    find_runtime,
    find_venv,
    sdk_dir,
)
from motia.workers.launch import Launcher, NodeLauncher, PythonLauncher, RubyLauncher

NAMED_MAX: Final = 5
"""Files that a fault names; of more it says how many."""
WORKER_FILES: Final = {"node": "dist/worker.mjs", "ruby": "lib/motia/worker/main.rb"}
"""What a launcher starts, in the SDK of a language."""


class Launching(msgspec.Struct, frozen=True):
    """Launchers by language, and a fault for each language that cannot run here."""

    launchers: dict[str, Launcher]
    faults: tuple[LoadFault, ...] = ()

    def files(self, discovery: Discovery) -> dict[str, tuple[str, ...]]:
        """The step files that have a launcher, by language."""
        return {language: files for language, files in discovery.files.items() if language in self.launchers}


def launchers_for(
    environ: Mapping[str, str],
    discovery: Discovery,
    *,
    given: Mapping[str, Launcher] | None = None,
    sdk_of: Callable[[str], Path] = sdk_dir,
) -> Launching:
    """How the workers of the project are started.

    Looks for runtimes on disk and may start `--version` of each, some milliseconds the first time.

    Args:
        environ: The environment of the project: `Settings.environ`.
        discovery: The project's files.
        given: Launchers to use instead, by language.
        sdk_of: Where the worker and library of a language are.
    """
    launchers: dict[str, Launcher] = dict(given or {})
    faults: list[LoadFault] = []
    for language, files in discovery.files.items():
        if language in launchers:
            continue
        if language == "python":
            venv = find_venv(discovery.root, environ)
            site = {SITE_VARIABLE: str(venv.site)} if venv is not None else {}
            launchers[language] = PythonLauncher(environment={**environ, **site})
            continue
        runtime = find_runtime(language, environ, root=discovery.root)
        sdk = sdk_of(language)
        if not runtime.is_usable:
            faults.append(_no_runtime(runtime, files))
        elif not (sdk / WORKER_FILES[language]).is_file():
            faults.append(_no_sdk(language, sdk, files))
        elif language == "node":
            launchers[language] = NodeLauncher(runtime.path, sdk, environment=environ)
        else:
            launchers[language] = RubyLauncher(runtime.path, sdk, root=discovery.root, environment=environ)
    return Launching(launchers, tuple(faults))


def _no_runtime(runtime: Runtime, files: Sequence[str]) -> LoadFault:
    return LoadFault(
        code="no-runtime",
        file=files[0],
        message=f"{TITLES[runtime.language]} steps cannot run: {runtime.problem}; not loaded: {_named(files)}",
        hint=runtime.hint,
    )


def _no_sdk(language: str, sdk: Path, files: Sequence[str]) -> LoadFault:
    is_source = language == "node" and (sdk / "build.mjs").is_file()
    return LoadFault(
        code="no-runtime",
        file=files[0],
        message=f"{TITLES[language]} steps cannot run: this installation has no {sdk / WORKER_FILES[language]}; "
        f"not loaded: {_named(files)}",
        hint=f"npm --prefix {sdk} ci && npm --prefix {sdk} run build"
        if is_source
        else "install motia-engine again, from a wheel that was built where npm is",
    )


def _named(files: Sequence[str]) -> str:
    more = f" and {len(files) - NAMED_MAX} more" if len(files) > NAMED_MAX else ""
    return ", ".join(files[:NAMED_MAX]) + more
