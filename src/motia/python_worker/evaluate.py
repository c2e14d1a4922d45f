"""`python -P -m motia.python_worker.evaluate ROOT OUT FILE…`: what Python files of events and workflows define.

A file defines the topic of its name by `schema = …`, and others by `events = {"topic": schema, …}`;
a schema has any form that a step's schema may have. Of a file below motia/workflows only the calls of
`workflow` count. The answer is the one of every language:
`{files: {file: {exports: {name: {schema | map | other, line}}, error}}, workflows: [{file, line, options}], read}`.

Invariant: one file that fails costs no other file its answer.
"""

from __future__ import annotations

import ast
import contextlib
import os
import sys
from collections.abc import Mapping
from types import ModuleType
from typing import Any

import msgspec

from motia.authoring import SchemaUnreadable, collect_workflows, form_of
from motia.model import LoadFault
from motia.python_worker.faults import fault_of
from motia.python_worker.importer import Importer
from motia.python_worker.stacks import is_authored

SINGLE = "schema"
SEVERAL = "events"
WORKFLOWS_DIR = "motia/workflows"


def evaluate(root: str, files: list[str]) -> dict[str, Any]:
    """Import `files` (relative to `root`) one after another and say what each defines."""
    root = os.path.realpath(root)
    importer = Importer(root)
    importer.install()
    declared = collect_workflows()
    answers = {file: _answer(importer, root, file) for file in files}
    read = {os.path.relpath(path, root) for path in importer.files if is_authored(path, root)}
    workflows = [msgspec.structs.replace(one, file=_shown(root, one.file)) for one in declared]
    return {"files": answers, "workflows": workflows, "read": sorted(read | set(files))}


def main() -> None:
    """Write the answer to the file that the second argument names."""
    root, out, *files = sys.argv[1:]
    answer = msgspec.json.encode(evaluate(root, files))
    with open(out, "wb") as stream:
        stream.write(answer)
    with contextlib.suppress(BaseException):
        sys.stdout.flush()
    os._exit(0)  # threads that a file started must not hold the engine up


def _answer(importer: Importer, root: str, file: str) -> dict[str, Any]:
    path = os.path.realpath(os.path.join(root, file))
    try:
        module = importer.load(path)
    except BaseException as error:  # a file may raise anything, SystemExit too
        fault = fault_of(error, file=path, root=root)
        return {"error": msgspec.structs.replace(fault, hint=_hint(fault))}
    if file.startswith(WORKFLOWS_DIR + "/"):
        return {}
    try:
        return {"exports": _exports(module, path)}
    except _Unreadable as error:
        fault = LoadFault(
            code="invalid-schema", file=file, line=error.line, message=error.message, hint=error.hint
        )
        return {"error": fault}


def _shown(root: str, file: str) -> str:
    real = os.path.realpath(file)
    return os.path.relpath(real, root) if real.startswith(root + os.sep) else file


def _hint(fault: LoadFault) -> str:
    is_ours = fault.code == "load-error" and "handler" in fault.hint
    return "the line raises while the file is loaded; it must only define values" if is_ours else fault.hint


class _Unreadable(Exception):
    def __init__(self, line: int, error: SchemaUnreadable) -> None:
        super().__init__(str(error))
        self.message = str(error)
        self.line = line
        self.hint = error.hint


def _exports(module: ModuleType, path: str) -> dict[str, Any]:
    lines = _lines(path)
    exports: dict[str, Any] = {}
    if SINGLE in vars(module):
        exports["default"] = _schema(getattr(module, SINGLE), SINGLE, lines.get(SINGLE, 1))
    several = vars(module).get(SEVERAL)
    if isinstance(several, Mapping):
        exports[SEVERAL] = {"line": lines.get(SEVERAL, 1), "map": {}}
        for topic, form in several.items():
            line = lines.get((SEVERAL, topic), lines.get(SEVERAL, 1))
            exports[SEVERAL]["map"][str(topic)] = _schema(form, f"{SEVERAL}[{topic!r}]", line)
    elif SEVERAL in vars(module) and not isinstance(several, ModuleType):
        exports[SEVERAL] = {"other": type(several).__name__, "line": lines.get(SEVERAL, 1)}
    return exports


def _schema(form: Any, place: str, line: int) -> dict[str, Any]:
    if form is None or isinstance(form, bool):
        return {"other": repr(form), "line": line}
    try:
        schema = form_of(form, place=place).schema()
    except SchemaUnreadable as error:
        raise _Unreadable(line, error) from error
    doc = getattr(form, "__doc__", None) if isinstance(form, type) else None
    if (
        doc
        and "description" not in schema
        and "__doc__" in vars(form)
        and not doc.startswith(f"{form.__name__}(")
    ):
        schema = {**schema, "description": " ".join(doc.split())}
    return {"schema": schema, "line": line}


def _lines(path: str) -> dict[Any, int]:
    """Where `schema`, `events` and each topic of `events` are written."""
    found: dict[Any, int] = {}
    with open(path, "rb") as source:
        tree = ast.parse(source.read(), path)
    for node in tree.body:
        targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
        for target in targets:
            if isinstance(target, ast.Name) and target.id in (SINGLE, SEVERAL):
                found[target.id] = node.lineno
                value = getattr(node, "value", None)
                if target.id == SEVERAL and isinstance(value, ast.Dict):
                    found |= {
                        (SEVERAL, key.value): key.lineno
                        for key in value.keys
                        if isinstance(key, ast.Constant)
                    }
    return found


if __name__ == "__main__":
    main()
