"""Static reading: which targets the source of a step triggers, as far as text alone can tell.

Python is read as a syntax tree; other languages by a conservative pattern. Only literal targets
(in Python also module-level constants) are found; nothing is executed and nothing is guessed.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

import msgspec

from motia.model import StepId, StepSpec

SOURCE_BYTES_MAX: Final = 2 * 1024 * 1024
_OPS: Final = frozenset({"trigger", "call"})
_CONTEXT_NAMES: Final = frozenset({"motia", "ctx", "context"})
_PLAIN_CALL = re.compile(
    r"""(?:(?<![\w.$])|(?<![\w$])(?:motia|ctx|context)\s*\.\s*)(?P<op>trigger)\s*\(\s*(?P<quote>['"`])(?P<target>[^'"`$#{}\\\n]+)(?P=quote)"""
    r"""|(?<![\w$])(?:motia|ctx|context)\s*\.\s*(?P<op2>call)\s*\(\s*(?P<quote2>['"`])(?P<target2>[^'"`$#{}\\\n]+)(?P=quote2)"""
)
_COMMENTS: Final = {
    ".rb": re.compile(r"^\s*#.*$", re.MULTILINE),
    "": re.compile(r"/\*.*?\*/|^\s*//[^\n]*", re.MULTILINE | re.DOTALL),
}


class TriggerSite(msgspec.Struct, frozen=True, kw_only=True):
    """A place in the source that triggers `target`. `steps` are those whose code reaches it, if known."""

    file: str
    line: int
    op: str
    """trigger or call"""
    target: str
    steps: tuple[StepId, ...] = ()


def read_sites(root: Path, files: Iterable[str], *, steps: Iterable[StepSpec]) -> tuple[TriggerSite, ...]:
    """Trigger sites of `files` (relative to `root`), in order. Files that cannot be read have none."""
    by_file: dict[str, list[StepSpec]] = {}
    for step in steps:
        by_file.setdefault(step.source.file, []).append(step)
    sites: list[TriggerSite] = []
    for file in dict.fromkeys(files):
        try:
            raw = (root / file).read_bytes()
        except OSError:
            continue
        if len(raw) <= SOURCE_BYTES_MAX:
            sites += read_source(raw.decode("utf-8", "replace"), file=file, steps=by_file.get(file, []))
    return tuple(sites)


def read_source(text: str, *, file: str, steps: Iterable[StepSpec]) -> list[TriggerSite]:
    """Trigger sites of one file, in order of their lines."""
    own = sorted(steps, key=lambda step: step.source.line)
    if not file.endswith(".py"):
        return list(_read_plain(text, file, own))
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return sorted(_PythonReader(tree, file, own).sites(), key=lambda site: site.line)


def _read_plain(text: str, file: str, steps: list[StepSpec]) -> Iterator[TriggerSite]:
    comments = _COMMENTS[".rb" if file.endswith(".rb") else ""]
    text = comments.sub(lambda found: re.sub(r"[^\n]", " ", found[0]), text)
    for match in _PLAIN_CALL.finditer(text):
        line = text.count("\n", 0, match.start()) + 1
        owner = [step for step in steps if step.source.line <= line][-1:] or steps[:1]
        yield TriggerSite(
            file=file,
            line=line,
            op=match["op"] or match["op2"],
            target=match["target"] or match["target2"],
            steps=tuple(step.id for step in owner),
        )


class _PythonReader:
    """Reads one module; calls made through functions of the same module count for their callers."""

    def __init__(self, tree: ast.Module, file: str, steps: list[StepSpec]) -> None:
        self._tree = tree
        self._file = file
        self._steps = steps
        self._modules: set[str] = set(_CONTEXT_NAMES)
        self._names: dict[str, str] = {}
        self._constants: dict[str, str] = {}
        self._read_names()

    def sites(self) -> Iterator[TriggerSite]:
        functions = [n for n in self._tree.body if isinstance(n, ast.FunctionDef | ast.AsyncFunctionDef)]
        reached = self._reached_by(functions)
        inside: set[int] = set()
        for function in functions:
            inside.update(id(node) for node in ast.walk(function))
            contexts = _context_parameters(function)
            for node in ast.walk(function):
                yield from self._site(node, contexts, reached.get(function.name, ()))
        for node in ast.walk(self._tree):
            if id(node) not in inside:
                yield from self._site(node, frozenset(), ())

    def _read_names(self) -> None:
        for node in ast.walk(self._tree):
            if isinstance(node, ast.Import):
                self._modules.update(a.asname or a.name for a in node.names if a.name == "motia")
            elif isinstance(node, ast.ImportFrom) and node.module == "motia" and not node.level:
                for alias in node.names:
                    if alias.name in _OPS:
                        self._names[alias.asname or alias.name] = alias.name
                    elif alias.name == "motia":
                        self._modules.add(alias.asname or "motia")
        for node in self._tree.body:
            if isinstance(node, ast.Assign) and isinstance(node.value, ast.Constant):
                self._constants.update(
                    (name.id, node.value.value)
                    for name in node.targets
                    if isinstance(name, ast.Name) and isinstance(node.value.value, str)
                )

    def _reached_by(
        self, functions: list[ast.FunctionDef | ast.AsyncFunctionDef]
    ) -> Mapping[str, tuple[StepId, ...]]:
        """Function name to the steps whose handlers call it, directly or through others."""
        names = {function.name for function in functions}
        uses = {
            function.name: {n.id for n in ast.walk(function) if isinstance(n, ast.Name)} & names
            for function in functions
        }
        reached: dict[str, list[StepId]] = {}
        for step in self._steps:
            todo = [f.name for f in functions if _is_handler(f, step)]
            seen: set[str] = set()
            while todo:
                name = todo.pop()
                if name not in seen:
                    seen.add(name)
                    reached.setdefault(name, []).append(step.id)
                    todo += uses[name]
        return {name: tuple(ids) for name, ids in reached.items()}

    def _site(
        self, node: ast.AST, contexts: frozenset[str], steps: tuple[StepId, ...]
    ) -> Iterator[TriggerSite]:
        if not isinstance(node, ast.Call):
            return
        op = self._op(node.func, contexts)
        target = self._target(node)
        if op and target:
            yield TriggerSite(file=self._file, line=node.lineno, op=op, target=target, steps=steps)

    def _op(self, function: ast.expr, contexts: frozenset[str]) -> str:
        if isinstance(function, ast.Name):
            return self._names.get(function.id, "")
        if not isinstance(function, ast.Attribute) or function.attr not in _OPS:
            return ""
        base = function.value
        is_ours = (isinstance(base, ast.Name) and (base.id in self._modules or base.id in contexts)) or (
            isinstance(base, ast.Attribute) and base.attr == "motia"
        )
        return function.attr if is_ours else ""

    def _target(self, call: ast.Call) -> str:
        named = [word.value for word in call.keywords if word.arg in ("id", "target")]
        first = call.args[0] if call.args else named[0] if named else None
        if isinstance(first, ast.Constant) and isinstance(first.value, str):
            return first.value
        return self._constants.get(first.id, "") if isinstance(first, ast.Name) else ""


def _is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef, step: StepSpec) -> bool:
    if step.source.function:
        return function.name == step.source.function
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return first <= step.source.line <= (function.end_lineno or first)


def _context_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return frozenset(
        a.arg for a in arguments if a.annotation is not None and ast.unparse(a.annotation).endswith("Context")
    )
