"""Reads Python by its syntax tree."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping, Sequence

from motia.model import StepId
from motia.project.static.sites import CONTEXT_NAMES, OPS, Declared, TriggerSite, reached_by


def read_python(text: str, *, file: str, steps: Sequence[Declared]) -> list[TriggerSite]:
    """Trigger sites of one module, in order of their lines; none when it cannot be parsed."""
    try:
        tree = ast.parse(text)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return []
    return sorted(_PythonReader(tree, file, steps).sites(), key=lambda site: site.line)


class _PythonReader:
    """Reads one module; calls made through functions of the same module count for their callers."""

    def __init__(self, tree: ast.Module, file: str, steps: Sequence[Declared]) -> None:
        self._tree = tree
        self._file = file
        self._steps = steps
        self._modules: set[str] = set(CONTEXT_NAMES)
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
                    if alias.name in OPS:
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
        starts = {step.id: [f.name for f in functions if _is_handler(f, step)] for step in self._steps}
        return reached_by(starts, uses)

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
        if not isinstance(function, ast.Attribute) or function.attr not in OPS:
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


def _is_handler(function: ast.FunctionDef | ast.AsyncFunctionDef, step: Declared) -> bool:
    if step.source.function:
        return function.name == step.source.function
    first = min([function.lineno, *(decorator.lineno for decorator in function.decorator_list)])
    return first <= step.source.line <= (function.end_lineno or first)


def _context_parameters(function: ast.FunctionDef | ast.AsyncFunctionDef) -> frozenset[str]:
    arguments = [*function.args.posonlyargs, *function.args.args, *function.args.kwonlyargs]
    return frozenset(
        a.arg for a in arguments if a.annotation is not None and ast.unparse(a.annotation).endswith("Context")
    )
