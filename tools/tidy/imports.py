"""Imports: the direction of the room table, rooms entered by their `__init__`, no cycles.

The table is the one in ARCHITECTURE.md; there is no second copy. `X and below` stands for X and
all that X may import, `all of the above` for every room in the rows above.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.tidy.finding import Finding
from tools.tidy.repository import Repository, SourceFile

TABLE_ROW = re.compile(r"^\| `(?P<room>[\w.]+)/?` \| (?P<owns>[^|]*) \|(?P<may>[^|]*)\|\s*$", re.MULTILINE)


def room_table(text: str) -> dict[str, frozenset[str]]:
    """Room to the rooms it may import, from the table in ARCHITECTURE.md.

    Raises:
        ValueError: A cell names a room that no row above it has.
    """
    table: dict[str, frozenset[str]] = {}
    for row in TABLE_ROW.finditer(text):
        table[row["room"]] = _allowed(row["may"].strip(), table)
    return table


def _allowed(cell: str, above: dict[str, frozenset[str]]) -> frozenset[str]:
    if cell == "all of the above":
        return frozenset(above)
    with_below = cell.endswith(" and below")
    allowed: set[str] = set()
    for name in filter(None, re.split(r",\s*", cell.removesuffix(" and below"))):
        room = name if name in above else f"{name}.py"
        if room not in above:
            raise ValueError(f"ARCHITECTURE.md: the room table names {name!r} before its row")
        allowed.add(room)
        if with_below:
            allowed |= above[room]
    return frozenset(allowed)


def imported_modules(node: ast.AST) -> tuple[str, ...]:
    """Dotted names below `motia` that an import statement names; relative imports are not used here."""
    if isinstance(node, ast.Import):
        return tuple(alias.name for alias in node.names if alias.name.split(".")[0] == "motia")
    if isinstance(node, ast.ImportFrom) and node.module and node.module.split(".")[0] == "motia":
        if node.module == "motia":
            return tuple(f"motia.{alias.name}" for alias in node.names)
        return (node.module,)
    return ()


def check_direction(repository: Repository) -> Iterator[Finding]:
    """A room imports only what the table allows, and enters another by its `__init__`."""
    table = room_table(repository.read("ARCHITECTURE.md"))
    for file in repository.package:
        if not file.room:
            continue
        if file.room not in table:
            yield Finding("imports", file.path, 1, f"room {file.room} is not in ARCHITECTURE.md", file.room)
            continue
        yield from _offences(file, table)


def _offences(file: SourceFile, table: dict[str, frozenset[str]]) -> Iterator[Finding]:
    for node in file.nodes:
        for module in imported_modules(node):
            parts = module.split(".")
            room = (
                parts[1]
                if len(parts) > 1 and parts[1] in table
                else f"{parts[1] if len(parts) > 1 else ''}.py"
            )
            if room not in table or room == file.room:
                continue
            line = getattr(node, "lineno", 1)
            if room not in table[file.room]:
                yield Finding("imports", file.path, line, f"{file.room} may not import {room}", module)
            elif len(parts) > 2:
                message = f"enter {room} by its __init__, not {module}"
                yield Finding("rooms", file.path, line, message, module)


def check_cycles(repository: Repository) -> Iterator[Finding]:
    """No module imports itself by way of others when it is loaded (imports inside functions do not count)."""
    modules = {file.module: file for file in repository.package}
    graph = {name: _loads(file, modules) for name, file in modules.items()}
    for cycle in _cycles(graph):
        first = modules[cycle[0]]
        yield Finding("cycles", first.path, 1, " -> ".join([*cycle, cycle[0]]), "+".join(cycle))


def _loads(file: SourceFile, modules: dict[str, SourceFile]) -> set[str]:
    """Modules of the package that `file` needs to be loaded before itself.

    A submodule taken from its package is the submodule alone: the package is always there first.
    """
    loaded: set[str] = set()
    for node in _top_level(file.tree.body):
        for name in imported_modules(node):
            names = [alias.name for alias in node.names] if isinstance(node, ast.ImportFrom) else []
            below = {f"{name}.{inner}" for inner in names} & modules.keys()
            loaded |= below
            if len(below) < len(names) or not names:
                loaded.add(name if name in modules else name.rpartition(".")[0])
    return {name for name in loaded if name in modules and name != file.module}


def _top_level(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    for node in body:
        if isinstance(node, ast.If):
            if "TYPE_CHECKING" not in ast.unparse(node.test):
                yield from _top_level(node.body)
            yield from _top_level(node.orelse)
        elif isinstance(node, ast.Try):
            yield from _top_level(node.body)
        else:
            yield node


def _cycles(graph: dict[str, set[str]]) -> list[list[str]]:
    """Strongly connected components of more than one module (Tarjan), each sorted."""
    index: dict[str, int] = {}
    low: dict[str, int] = {}
    stack: list[str] = []
    found: list[list[str]] = []

    def visit(name: str) -> None:
        index[name] = low[name] = len(index)
        stack.append(name)
        for other in sorted(graph[name]):
            if other not in index:
                visit(other)
                low[name] = min(low[name], low[other])
            elif other in stack:
                low[name] = min(low[name], index[other])
        if low[name] == index[name]:
            component = stack[stack.index(name) :]
            del stack[stack.index(name) :]
            if len(component) > 1:
                found.append(sorted(component))

    for name in sorted(graph):
        if name not in index:
            visit(name)
    return found
