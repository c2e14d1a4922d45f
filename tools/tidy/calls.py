"""Forbidden calls: wall time and chance come from parameters, output and environment have owners."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.tidy.finding import Finding
from tools.tidy.repository import Repository, SourceFile

RANDOM_ALLOWED = frozenset({"random.Random", "random.SystemRandom"})

WALL_TIME = frozenset(
    {"time.time", "time.time_ns", "time.sleep", "datetime.now", "datetime.utcnow", "datetime.today"}
    | {"datetime.datetime.now", "datetime.datetime.utcnow", "date.today", "datetime.date.today"}
)
ENVIRONMENT = frozenset({"os.environ", "os.getenv", "os.putenv"})

# A worker process is not the engine: it has no injected clock, and its environment is its interface.
WALL_TIME_OWNERS = ("runtime/clock.py", "cli/", "python_worker/", "authoring/", "testing/")
ENVIRONMENT_OWNERS = (
    "project/config.py",
    "project/settings.py",
    "project/dotenv.py",
    "project/environment.py",
)
ENVIRONMENT_OWNERS += ("cli/", "workers/launch", "python_worker/", "testing/")
PRINT_OWNERS = ("cli/",)


def check_calls(repository: Repository) -> Iterator[Finding]:
    """Only the owners named above read the wall clock, the environment, or print; nobody draws unseeded."""
    for file in repository.package:
        place = file.path.removeprefix("src/motia/")
        names = _imported_names(file)
        shadowed = _shadowed(file)
        for node in file.nodes:
            if id(node) in shadowed:
                continue
            offence = _offence(node, place, names)
            if offence:
                name, message = offence
                yield Finding("calls", file.path, getattr(node, "lineno", 1), message, name)


def _offence(node: ast.AST, place: str, names: dict[str, str]) -> tuple[str, str] | None:
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "print":
        return None if place.startswith(PRINT_OWNERS) else ("print", "print belongs to the command line")
    name = _dotted(node, names)
    if name in WALL_TIME and not place.startswith(WALL_TIME_OWNERS):
        return name, f"{name}: take a runtime.Clock"
    if name in ENVIRONMENT and not place.startswith(ENVIRONMENT_OWNERS):
        return name, f"{name}: take the value from the configuration"
    if name.startswith("random.") and name not in RANDOM_ALLOWED and name.count(".") == 1:
        return name, f"{name}: take a random.Random"
    return None


def _dotted(node: ast.AST, names: dict[str, str]) -> str:
    """The dotted name that a name or attribute stands for, by the file's imports; empty otherwise."""
    parts: list[str] = []
    current = node
    while isinstance(current, ast.Attribute):
        parts.append(current.attr)
        current = current.value
    if not isinstance(current, ast.Name) or current.id not in names:
        return ""
    return ".".join([names[current.id], *reversed(parts)])


def _shadowed(file: SourceFile) -> set[int]:
    """Attributes of a function's own parameter (`random: random.Random`), whatever the module is called."""
    found: set[int] = set()
    for function in file.nodes:
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            given = function.args
            own = {argument.arg for argument in (*given.posonlyargs, *given.args, *given.kwonlyargs)}
            body = function.body if isinstance(function.body, list) else [function.body]
            for node in (inner for statement in body for inner in ast.walk(statement)):
                if (
                    isinstance(node, ast.Attribute)
                    and isinstance(node.value, ast.Name)
                    and node.value.id in own
                ):
                    found.add(id(node))
    return found


def _imported_names(file: SourceFile) -> dict[str, str]:
    names: dict[str, str] = {}
    for node in file.nodes:
        if isinstance(node, ast.Import):
            names |= {alias.asname or alias.name.split(".")[0]: alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return names
