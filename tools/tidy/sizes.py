"""Sizes: no file over 500 lines, no function over 70."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tools.tidy.finding import Finding
from tools.tidy.functions import ruby_functions, typescript_functions
from tools.tidy.repository import Repository

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70


def check_files(repository: Repository) -> Iterator[Finding]:
    """No file is longer than `FILE_LINES_MAX` lines."""
    for file in (*repository.python, *repository.typescript, *repository.ruby):
        if file.lines > FILE_LINES_MAX:
            message = f"{file.lines} lines, at most {FILE_LINES_MAX}"
            yield Finding("file-lines", file.path, 1, message, amount=file.lines)


def check_functions(repository: Repository) -> Iterator[Finding]:
    """No function is longer than `FUNCTION_LINES_MAX` lines, docstring not counted."""
    for file in repository.python:
        for node in file.nodes:
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lines = _body_lines(node)
                if lines > FUNCTION_LINES_MAX:
                    message = f"{node.name} has {lines} lines, at most {FUNCTION_LINES_MAX}"
                    yield Finding("function-lines", file.path, node.lineno, message, node.name, lines)


def check_sdk_functions(repository: Repository) -> Iterator[Finding]:
    """No function of the SDKs is longer than `FUNCTION_LINES_MAX` lines."""
    for files, functions in (
        (repository.typescript, typescript_functions),
        (repository.ruby, ruby_functions),
    ):
        for file in files:
            for function in functions(file.text):
                if function.lines > FUNCTION_LINES_MAX:
                    message = f"{function.name} has {function.lines} lines, at most {FUNCTION_LINES_MAX}"
                    yield Finding(
                        "function-lines", file.path, function.line, message, function.name, function.lines
                    )


def _body_lines(node: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    lines = (node.end_lineno or node.lineno) - node.lineno + 1
    first = node.body[0]
    if ast.get_docstring(node, clean=False) is not None:
        lines -= (first.end_lineno or first.lineno) - first.lineno + 1
    return lines
