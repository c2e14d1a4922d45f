"""Workflow configurations: what the files below motia/workflows say, in YAML and in every language.

A YAML file holds one workflow (or several, parted by `---`); a file of another language calls
`workflow({…})` and is evaluated apart. Folders only group.

Invariants
1. Never raises for a fault of the project; a file that cannot be read costs no other its workflows.
2. A file that cannot be read now keeps the workflows that it had.
"""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Final

import msgspec

from motia.model import LoadFault, WorkflowSpec
from motia.project.discovery import language_of
from motia.project.evaluation import DeclaredWorkflow, Evaluated
from motia.project.evaluator import Evaluator
from motia.project.workflow_form import Read, read_workflow
from motia.project.workflow_text import YamlInvalid, read_yaml, written_at

YAML: Final = "yaml"
YAML_ENDS: Final = (".yaml", ".yml")
_FOREIGN: Final = (".json", ".json5", ".jsonc", ".toml", ".jsx", ".tsx")
_WAYS: Final = {
    YAML: "write id: …, start: … and steps: …",
    "python": "write workflow(id=…, start=…, steps={…})",
    "node": "write workflow({ id: …, start: …, steps: { … } })",
    "ruby": "write workflow id: …, start: …, steps: { … }",
}


class Workflows(msgspec.Struct, frozen=True, kw_only=True):
    """What motia/workflows configures."""

    workflows: tuple[WorkflowSpec, ...] = ()
    """By id; of two with one id the first."""
    drafts: tuple[WorkflowSpec, ...] = ()
    """Those with a fault: they are not used, but the names in them can be checked."""
    faults: tuple[LoadFault, ...] = ()
    modules: tuple[str, ...] = ()
    """Project files that were read: a change of one means to read again."""


class WorkflowReader:
    """Reads configurations again and again, evaluating only what changed. One per engine."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Read for the project at `root`; `environ` is what evaluated files get."""
        self._root = root
        self._evaluator = Evaluator(root, environ, code="workflows-not-read", what="workflows")
        self._good: tuple[WorkflowSpec, ...] = ()

    def use_environ(self, environ: Mapping[str, str]) -> None:
        """Give evaluated files this environment from now on; all are evaluated again."""
        self._evaluator.use_environ(environ)

    def read(self, files: Sequence[str]) -> Workflows:
        """The workflows that `files` (below motia/workflows, relative to the root) configure. Blocks."""
        faults: list[LoadFault] = []
        found: list[Read] = []
        modules: set[str] = set()
        by_language: dict[str, list[str]] = {}
        for file in files:
            language = YAML if file.endswith(YAML_ENDS) else language_of(file)
            if language == YAML:
                found += self._read_yaml(file, faults)
            elif language is not None:
                by_language.setdefault(language, []).append(file)
            elif file.endswith(_FOREIGN):
                faults.append(_foreign(file))
        for language, names in by_language.items():
            evaluated = self._evaluator.evaluate(language, names, faults)
            modules.update(evaluated.read)
            found += _read_declared(language, names, evaluated, faults)
        for one in found:
            faults += one.faults
        sound = _unique((one.spec for one in found if one.spec and not one.faults), faults)
        workflows = self._good = self._with_last_good(sound, files, faults)
        return Workflows(
            workflows=workflows,
            drafts=tuple(one.spec for one in found if one.spec and one.faults),
            faults=tuple(faults),
            modules=tuple(sorted(modules)),
        )

    def _read_yaml(self, file: str, faults: list[LoadFault]) -> list[Read]:
        try:
            documents = read_yaml((self._root / file).read_bytes())
        except OSError as error:
            faults.append(_unread(file, 0, f"{file} cannot be read: {error.strerror}", "make it readable"))
        except YamlInvalid as error:
            faults.append(_unread(file, error.line, error.message, error.hint))
        else:
            if not documents and not _is_helper(file):
                faults.append(_configures_nothing(file, YAML))
            return [read_workflow(one, file=file, language=YAML) for one in documents]
        return []

    def _with_last_good(
        self, workflows: tuple[WorkflowSpec, ...], files: Sequence[str], faults: list[LoadFault]
    ) -> tuple[WorkflowSpec, ...]:
        faulty = {fault.file for fault in faults if fault.severity == "error"}
        if any(fault.code == "workflows-not-read" for fault in faults):
            # A runtime that is missing is one fault, at the first of its files.
            faulty |= {file for file in files if language_of(file) in _unread_languages(faults)}
        ids = {workflow.id for workflow in workflows}
        kept = [one for one in self._good if one.source.file in faulty & set(files) and one.id not in ids]
        return tuple(sorted((*workflows, *kept), key=lambda workflow: workflow.id))


def _unread_languages(faults: Iterable[LoadFault]) -> set[str | None]:
    return {language_of(fault.file) for fault in faults if fault.code == "workflows-not-read"}


def _read_declared(
    language: str, files: list[str], evaluated: Evaluated, faults: list[LoadFault]
) -> list[Read]:
    failed: set[str] = set()
    for file in files:
        answer = evaluated.files.get(file)
        if answer is not None and answer.error is not None:
            failed.add(file)
            faults.append(msgspec.structs.replace(answer.error, file=answer.error.file or file))
    # Half a file is no file.
    found = [_of_call(declared, language) for declared in evaluated.workflows if declared.file not in failed]
    telling = failed | {declared.file for declared in evaluated.workflows}
    silent = [file for file in files if file in evaluated.files and file not in telling]
    faults += [_configures_nothing(file, language) for file in silent if not _is_helper(file)]
    return found


def _of_call(declared: DeclaredWorkflow, language: str) -> Read:
    if declared.options is None:
        fault = LoadFault(
            code="invalid-workflow",
            file=declared.file,
            line=declared.line,
            message=f"the options of a workflow are JSON, and {declared.problem}",
            hint=_WAYS[language],
        )
        return Read(spec=None, faults=(fault,))
    options = written_at(msgspec.json.decode(declared.options), declared.line)
    return read_workflow(options, file=declared.file, language=language)


def _unique(found: Iterable[WorkflowSpec], faults: list[LoadFault]) -> tuple[WorkflowSpec, ...]:
    workflows: dict[str, WorkflowSpec] = {}
    for workflow in sorted(found, key=lambda one: (one.source.file, one.source.line)):
        other = workflows.setdefault(workflow.id, workflow)
        if other is not workflow:
            place = f"{other.source.file}:{other.source.line}"
            faults.append(
                LoadFault(
                    code="duplicate-workflow",
                    file=workflow.source.file,
                    line=workflow.source.line,
                    message=f"the workflow id {workflow.id!r} is taken: {place} has it too, and that one is used",
                    hint="give one of the two another id",
                    also=place,
                )
            )
    return tuple(workflows[name] for name in sorted(workflows))


def _is_helper(file: str) -> bool:
    return os.path.basename(file).startswith("_")


def _unread(file: str, line: int, message: str, hint: str) -> LoadFault:
    return LoadFault(code="syntax-error", file=file, line=line, message=message, hint=hint)


def _configures_nothing(file: str, language: str) -> LoadFault:
    return LoadFault(
        code="no-workflow",
        file=file,
        message=f"{file} configures no workflow",
        hint=f"{_WAYS[language]}; a file that only helps others begins with _ or lies elsewhere",
        severity="warning",
    )


def _foreign(file: str) -> LoadFault:
    return LoadFault(
        code="unknown-workflow-file",
        file=file,
        message=f"{file} is no workflow configuration that can be read",
        hint="write it in a .yaml file, or as workflow({…}) in a .py, .ts, .js or .rb file",
        severity="warning",
    )
