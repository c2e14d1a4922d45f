"""Reads the repository's sources once for all checks, Python parsed."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from functools import cached_property
from pathlib import Path

CODE_FOLDERS = ("src", "tools", "tests", "examples", "benchmarks")
TEXT_SUFFIXES = frozenset(
    {".py", ".md", ".toml", ".json", ".yml", ".yaml", ".sh", ".js", ".ts", ".tsx", ".rb"}
)
SKIPPED_FOLDERS = frozenset(
    {".git", ".venv", ".motia", "__pycache__", "node_modules", "dist", "build", ".rivals", "data"}
    | {".pytest_cache", ".ruff_cache", ".hypothesis"}
)
PACKAGE = "src/motia/"
AUTHORS_CODE = ("src/motia/cli/templates/", "tests/conformance/worker/steps/")
"""Projects as an author has them, some of them broken on purpose."""
TYPESCRIPT, TYPESCRIPT_TESTS = "sdk/node/src", "sdk/node/tests"
RUBY, RUBY_TESTS = "sdk/ruby/lib", "sdk/ruby/test"


class SourceFile:
    """A source file. `path` is relative to the repository, with forward slashes; trees and modules are Python's."""

    def __init__(self, path: str, text: str) -> None:
        """Take the text; it is parsed when first asked for."""
        self.path = path
        self.text = text

    @cached_property
    def tree(self) -> ast.Module:
        """The syntax tree."""
        return ast.parse(self.text, self.path)

    @cached_property
    def nodes(self) -> tuple[ast.AST, ...]:
        """Every node, walked once for all checks."""
        return tuple(ast.walk(self.tree))

    @property
    def lines(self) -> int:
        """Number of lines."""
        return self.text.count("\n")

    @property
    def module(self) -> str:
        """Dotted name for files of the package (`motia.ledger.seam`), else an empty text."""
        if not self.path.startswith(PACKAGE):
            return ""
        parts = self.path.removeprefix("src/").removesuffix(".py").split("/")
        return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)

    @property
    def room(self) -> str:
        """Room of the package (`ledger`, `engine.py`); empty for `motia/__init__.py` and outside."""
        rest = self.path.removeprefix(PACKAGE)
        if rest == self.path or rest == "__init__.py":
            return ""
        return rest.split("/")[0]


class Repository:
    """The files below `root`. `AUTHORS_CODE` is left out."""

    def __init__(self, root: Path) -> None:
        """Read nothing yet."""
        self.root = root

    @cached_property
    def python(self) -> tuple[SourceFile, ...]:
        """All Python files of the code folders, sorted by path."""
        found = [path for folder in CODE_FOLDERS for path in self._walk(self.root / folder, {".py"})]
        files = [SourceFile(self._relative(path), path.read_text("utf-8")) for path in found]
        ours = (file for file in files if not file.path.startswith(AUTHORS_CODE))
        return tuple(sorted(ours, key=lambda file: file.path))

    @cached_property
    def package(self) -> tuple[SourceFile, ...]:
        """Files of `src/motia`."""
        return tuple(file for file in self.python if file.path.startswith(PACKAGE))

    @cached_property
    def typescript(self) -> tuple[SourceFile, ...]:
        """Sources of the Node SDK."""
        return self._sources(TYPESCRIPT, ".ts")

    @cached_property
    def ruby(self) -> tuple[SourceFile, ...]:
        """Sources of the Ruby SDK."""
        return self._sources(RUBY, ".rb")

    @cached_property
    def sdk_tests(self) -> frozenset[str]:
        """Paths of the SDKs' test files."""
        folders = ((TYPESCRIPT_TESTS, ".ts"), (RUBY_TESTS, ".rb"))
        return frozenset(
            self._relative(path)
            for folder, suffix in folders
            for path in self._walk(self.root / folder, {suffix})
        )

    @cached_property
    def texts(self) -> tuple[tuple[str, str], ...]:
        """Path and text of every text file."""
        found = [(self._relative(path), path) for path in self._walk(self.root, TEXT_SUFFIXES)]
        return tuple((name, path.read_text("utf-8", errors="replace")) for name, path in sorted(found))

    def read(self, path: str) -> str:
        """The text of a file that must be there."""
        return (self.root / path).read_text("utf-8")

    def _sources(self, folder: str, suffix: str) -> tuple[SourceFile, ...]:
        found = self._walk(self.root / folder, {suffix})
        files = (SourceFile(self._relative(path), path.read_text("utf-8")) for path in found)
        return tuple(sorted(files, key=lambda file: file.path))

    def _relative(self, path: Path) -> str:
        return path.relative_to(self.root).as_posix()

    def _walk(self, folder: Path, suffixes: frozenset[str] | set[str]) -> Iterator[Path]:
        if not folder.is_dir():
            return
        for path in folder.iterdir():
            if path.is_dir():
                if path.name not in SKIPPED_FOLDERS:
                    yield from self._walk(path, suffixes)
            elif path.suffix in suffixes:
                yield path
