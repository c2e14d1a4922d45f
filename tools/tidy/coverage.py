"""A test file beside each module that has logic."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.tidy.finding import Finding
from tools.tidy.functions import ruby_functions, typescript_functions
from tools.tidy.repository import RUBY, RUBY_TESTS, TYPESCRIPT, TYPESCRIPT_TESTS, Repository, SourceFile


def check_tests(repository: Repository) -> Iterator[Finding]:
    """`src/motia/x/y.py` has `tests/unit/x/test_y.py`, `tools/x/y.py` has `tests/unit/tools/x/test_y.py`."""
    there = {file.path for file in repository.python}
    for file in repository.python:
        expected = path_of_tests(file.path)
        if expected and expected not in there and has_logic(file):
            yield Finding("tests", file.path, 1, f"no {expected}")


def check_sdk_tests(repository: Repository) -> Iterator[Finding]:
    """A file of an SDK has its tests in the same folder of `sdk/node/tests` or `sdk/ruby/test`.

    `sdk/node/src/x/y.ts` ↔ `sdk/node/tests/x/y.test.ts`, `sdk/ruby/lib/motia/x/y.rb` ↔ `sdk/ruby/test/x/test_y.rb`.
    """
    for files, functions in (
        (repository.typescript, typescript_functions),
        (repository.ruby, ruby_functions),
    ):
        for file in files:
            expected = path_of_tests(file.path)
            has_functions = next(iter(functions(file.text)), None) is not None
            if expected and expected not in repository.sdk_tests and has_functions:
                yield Finding("tests", file.path, 1, f"no {expected}")


def path_of_tests(path: str) -> str:
    """Where the tests of a file belong; empty when it needs none."""
    folder, _, name = path.rpartition("/")
    if path.startswith(TYPESCRIPT):
        is_entry = name in ("index.ts", "main.ts")
        return "" if is_entry else f"{TYPESCRIPT_TESTS}{folder.removeprefix(TYPESCRIPT)}/{name[:-3]}.test.ts"
    if path.startswith(RUBY):
        below = folder.removeprefix(RUBY).removeprefix("/motia")
        return "" if name == "main.rb" else f"{RUBY_TESTS}{below}/test_{name}"
    if name in ("__init__.py", "__main__.py"):
        return ""
    if path.startswith("src/motia/"):
        folder = f"tests/unit/{folder.removeprefix('src/motia').removeprefix('/')}".rstrip("/")
    elif path.startswith("tools/"):
        folder = f"tests/unit/{folder}"
    else:
        return ""
    return f"{folder}/test_{name}"


def has_logic(file: SourceFile) -> bool:
    """Whether a function of the file does something (a seam only declares, a noun only holds)."""
    return any(
        isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef) and not _only_declares(node)
        for node in file.nodes
    )


def _only_declares(node: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    return all(
        isinstance(statement, ast.Pass)
        or (isinstance(statement, ast.Expr) and isinstance(statement.value, ast.Constant))
        for statement in node.body
    )
