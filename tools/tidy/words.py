"""Words: docstrings, names that say nothing, SQL out of its room, paths of somebody's machine."""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator

from tools.tidy.finding import Finding
from tools.tidy.repository import Repository, SourceFile

EMPTY_NAMES = frozenset(
    {"util", "utils", "common", "helper", "helpers", "manager", "managers", "misc", "stuff"}
)
SQL = re.compile(
    r"^\s*(SELECT\s|INSERT\s+(OR\s+\w+\s+)?INTO\s|UPDATE\s+\w+\s+SET\s|DELETE\s+FROM\s"
    r"|CREATE\s+(UNIQUE\s+)?(TABLE|INDEX)\s|PRAGMA\s|BEGIN\s+IMMEDIATE|WITH\s+\w+\s+AS\s)"
)
# After a `#!` line and Ruby's magic comments.
OPENING_COMMENT = re.compile(r"(?:#!.*\n|# [\w-]+: \w+\n|\s)*+(?:/\*\*|// |# )")
SQL_OWNERS = ("src/motia/ledger/", "src/motia/telemetry/")
# Put together from parts, so that this file does not offend itself.
MACHINE_PATH = re.compile("(?<![\\w.~$}/-])/" + "(?:home|Users|root|work)" + "/[a-z][\\w.-]*")


def check_docstrings(repository: Repository) -> Iterator[Finding]:
    """Every module says what it owns; every public class and function of the package has a docstring."""
    for file in repository.python:
        if not file.path.startswith(("src/", "tools/")):
            continue
        if ast.get_docstring(file.tree) is None and file.text.strip():
            yield Finding("docstrings", file.path, 1, "the module does not say what it owns", "module")
        yield from _undocumented(file, file.tree.body, "")


def check_first_lines(repository: Repository) -> Iterator[Finding]:
    """Every file of the SDKs says what it owns before its first line of code."""
    for file in (*repository.typescript, *repository.ruby):
        if not OPENING_COMMENT.match(file.text):
            yield Finding("docstrings", file.path, 1, "the module does not say what it owns", "module")


def _undocumented(file: SourceFile, body: list[ast.stmt], owner: str) -> Iterator[Finding]:
    for node in body:
        if not isinstance(node, ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        if node.name.startswith("_") or _is_exempt(node):
            continue
        name = f"{owner}{node.name}"
        if ast.get_docstring(node) is None:
            yield Finding("docstrings", file.path, node.lineno, f"{name} has no docstring", name)
        if isinstance(node, ast.ClassDef):
            yield from _undocumented(file, node.body, f"{name}.")


def _is_exempt(node: ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    decorators = {ast.unparse(decorator).rpartition(".")[2] for decorator in node.decorator_list}
    return bool(decorators & {"override", "overload", "setter"})


def check_names(repository: Repository) -> Iterator[Finding]:
    """No module or folder has a name that fits anything."""
    for file in (*repository.python, *repository.typescript, *repository.ruby):
        for part in file.path.rpartition(".")[0].split("/"):
            if part.removeprefix("test_") in EMPTY_NAMES:
                yield Finding("names", file.path, 1, f"{part} says nothing: name what it does", part)


def check_sql(repository: Repository) -> Iterator[Finding]:
    """SQL lives in the ledger and in telemetry's store."""
    for file in repository.package:
        if file.path.startswith(SQL_OWNERS):
            continue
        for node in file.nodes:
            if isinstance(node, ast.Constant) and isinstance(node.value, str) and SQL.match(node.value):
                yield Finding("sql", file.path, node.lineno, "SQL outside ledger and telemetry")


def check_paths(repository: Repository) -> Iterator[Finding]:
    """No file names a path of the machine it was written on."""
    for path, text in repository.texts:
        for number, line in enumerate(text.splitlines(), 1):
            found = MACHINE_PATH.search(line)
            if found:
                yield Finding("paths", path, number, f"a path of somebody's machine: {found[0]}")
