"""Imports of project files: found beside the standard library, compiled from source, and recorded.

Invariants
1. A project file is compiled from its source: no cached bytecode of it is read or written, so that an
   edit within the clock's resolution of the cache cannot run the old code.
2. A file below `motia/steps` is one module, whatever name it is imported by.
3. A module of the standard library or an installed package is never hidden by a step file.
"""

from __future__ import annotations

import ast
import importlib.machinery
import importlib.util
import os
import sys
from collections.abc import Sequence
from importlib.machinery import ModuleSpec, PathFinder, SourceFileLoader
from types import CodeType, ModuleType
from typing import Any

from motia.python_worker.stacks import is_authored

PACKAGE = "steps"


class Importer:
    """Finds, compiles and records the project's modules. One per worker."""

    def __init__(self, root: str) -> None:
        self.root = os.path.realpath(root)
        self.motia_dir = os.path.join(self.root, "motia")
        self.steps_dir = os.path.join(self.motia_dir, "steps")
        self.files: dict[str, set[str]] = {}
        """Absolute file to the absolute project files it imports itself."""
        self._loading: list[str] = []
        self._paths: list[str] = []
        self._modules: set[str] = set()

    def install(self) -> None:
        """Make project files importable."""
        after_stdlib = next((i for i, path in enumerate(sys.path) if "site-packages" in path), len(sys.path))
        for path in (self.motia_dir, self.root):
            if path not in sys.path:
                sys.path.insert(after_stdlib, path)
                self._paths.append(path)
        if self.steps_dir not in sys.path:
            sys.path.append(self.steps_dir)
            self._paths.append(self.steps_dir)
        index = next(
            (i for i, finder in enumerate(sys.meta_path) if finder is PathFinder), len(sys.meta_path)
        )
        sys.meta_path.insert(index, self)  # type: ignore[arg-type]
        self._package(PACKAGE, self.steps_dir)

    def uninstall(self) -> None:
        """Undo `install` and forget the project's modules; for workers inside another process."""
        if self in sys.meta_path:
            sys.meta_path.remove(self)  # type: ignore[arg-type]
        for path in self._paths:
            if path in sys.path:
                sys.path.remove(path)
        for name in self._modules:
            sys.modules.pop(name, None)

    def load(self, file: str) -> ModuleType:
        """Import the step file `file` (absolute); a second time it is the same module.

        Raises:
            BaseException: Whatever the file raises; the module is forgotten then.
        """
        name = self.name_of(file)
        known = sys.modules.get(name)
        if known is not None and getattr(known, "__file__", None) == file:
            return known
        parent = name.rpartition(".")[0]
        self._packages_above(parent)
        spec = importlib.util.spec_from_file_location(name, file, loader=FreshLoader(name, file, self))
        assert spec is not None
        module = importlib.util.module_from_spec(spec)
        sys.modules[name] = module
        self._modules.add(name)
        try:
            assert spec.loader is not None
            spec.loader.exec_module(module)
        except BaseException:
            sys.modules.pop(name, None)
            raise
        module = sys.modules.get(name, module)
        holder = sys.modules.get(parent)
        if holder is not None:
            setattr(holder, name.rpartition(".")[2], module)
        return module

    def name_of(self, file: str) -> str:
        """The module name of a step file: `steps.email.send`; dots in its own name become underscores."""
        base = self.steps_dir if file.startswith(self.steps_dir + os.sep) else self.root
        parts = os.path.relpath(file, base)[: -len(".py")].split(os.sep)
        if parts[-1] == "__init__":
            parts.pop()
        return ".".join([PACKAGE, *(part.replace(".", "_") for part in parts)])

    def find_spec(
        self, name: str, path: Sequence[str] | None = None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """Part of `sys.meta_path`: what the path has, with project files compiled by us."""
        spec = PathFinder.find_spec(name, path, target)
        if spec is None or spec.origin is None or not isinstance(spec.loader, SourceFileLoader):
            return spec
        file = os.path.realpath(spec.origin)
        if not is_authored(file, self.root):
            return spec
        self.note_import(file)
        self._modules.add(name)
        canonical = self.name_of(file)
        if file.startswith(self.steps_dir + os.sep) and name != canonical:
            spec.loader = AliasLoader(self, file)
        else:
            spec.loader = FreshLoader(name, file, self)
        spec.cached = None
        return spec

    def note_import(self, file: str) -> None:
        """The module that is being loaded imports `file`."""
        self.files.setdefault(file, set())
        if self._loading and self._loading[-1] != file:
            self.files[self._loading[-1]].add(file)

    def enter(self, file: str) -> None:
        """`file` starts to load."""
        self.note_import(file)
        self._loading.append(file)

    def leave(self) -> None:
        """What started last has loaded, or failed to."""
        self._loading.pop()

    def note_static_imports(self, file: str, tree: ast.AST, package: str) -> None:
        """Record what the source of `file` imports anywhere, inside functions and behind caches too."""
        for name in imported_names(tree, package):
            found = self._file_of(name)
            if found is not None and found != file:
                self.files.setdefault(file, set()).add(found)
                if found not in self.files:
                    self.files[found] = set()
                    self._scan(found, name)

    def closure_of(self, file: str) -> set[str]:
        """The project files that `file` imports, directly or not."""
        found: set[str] = set()
        todo = [file]
        while todo:
            for one in self.files.get(todo.pop(), ()):
                if one not in found and one != file:
                    found.add(one)
                    todo.append(one)
        return found

    def _scan(self, file: str, name: str) -> None:
        try:
            with open(file, "rb") as source:
                tree = ast.parse(source.read(), file)
        except (OSError, SyntaxError, ValueError):
            return
        is_package = os.path.basename(file) == "__init__.py"
        self.note_static_imports(file, tree, name if is_package else name.rpartition(".")[0])

    def _file_of(self, name: str) -> str | None:
        parts = name.split(".")
        places = [(self.root, parts), (self.motia_dir, parts), (self.steps_dir, parts)]
        if parts[0] == PACKAGE:
            places.insert(0, (self.steps_dir, parts[1:]))
        for base, rest in places:
            stem = os.path.join(base, *rest)
            for candidate in (f"{stem}.py", os.path.join(stem, "__init__.py")):
                if rest and os.path.isfile(candidate):
                    return candidate
        return None

    def _packages_above(self, name: str) -> None:
        parts = name.split(".")
        directory = self.steps_dir
        for depth in range(2, len(parts) + 1):
            directory = self._directory_of(directory, parts[depth - 1])
            self._package(".".join(parts[:depth]), directory)

    def _directory_of(self, parent: str, part: str) -> str:
        exact = os.path.join(parent, part)
        if os.path.isdir(exact) or not os.path.isdir(parent):
            return exact
        for entry in sorted(os.listdir(parent)):
            if entry.replace(".", "_") == part:
                return os.path.join(parent, entry)
        return exact

    def _package(self, name: str, directory: str) -> None:
        known = sys.modules.get(name)
        if known is not None and directory in list(getattr(known, "__path__", ())):
            return
        init = os.path.join(directory, "__init__.py")
        if name != PACKAGE and os.path.isfile(init):
            self.load(init)
            module = sys.modules[name]
            module.__path__ = [directory]
        else:
            module = ModuleType(name)
            module.__path__ = [directory]
            module.__spec__ = ModuleSpec(name, None, is_package=True)
            sys.modules[name] = module
        self._modules.add(name)
        parent, _, last = name.rpartition(".")
        if parent in sys.modules:
            setattr(sys.modules[parent], last, module)


class FreshLoader(SourceFileLoader):
    """Loads a project file from its source, always."""

    def __init__(self, name: str, file: str, importer: Importer) -> None:
        super().__init__(name, file)
        self._importer = importer

    def get_code(self, fullname: str) -> CodeType:
        """Compile the source; recorded imports come from the same text."""
        source = self.get_data(self.path)
        tree: Any = compile(source, self.path, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
        is_package = os.path.basename(self.path) == "__init__.py"
        package = fullname if is_package else fullname.rpartition(".")[0]
        self._importer.note_static_imports(self.path, tree, package)
        return compile(tree, self.path, "exec", dont_inherit=True)

    def exec_module(self, module: ModuleType) -> None:
        """Run the module, recording what it imports."""
        self._importer.enter(self.path)
        try:
            super().exec_module(module)
        finally:
            self._importer.leave()


class AliasLoader(SourceFileLoader):
    """Stands for a step file that is imported by another name than its own."""

    def __init__(self, importer: Importer, file: str) -> None:
        super().__init__(importer.name_of(file), file)
        self._importer = importer

    def get_code(self, fullname: str) -> None:
        """Nothing is compiled here."""

    def exec_module(self, module: ModuleType) -> None:
        """Put the one module of the file in the place of `module`."""
        alias = module.__name__
        sys.modules[alias] = self._importer.load(self.path)


def imported_names(tree: ast.AST, package: str) -> list[str]:
    """Absolute names that the source may import: modules, and names that may be modules."""
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.extend(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            base = node.module or ""
            if node.level:
                above = package.split(".")[: len(package.split(".")) - node.level + 1]
                base = ".".join([*above, base] if base else above)
            names.append(base)
            names.extend(f"{base}.{alias.name}" for alias in node.names if alias.name != "*")
    return [name for name in names if name]
