"""Evaluates files of a project again and again, only what changed.

Invariants
1. Nothing is evaluated twice while the files that were read are the same on disk.
2. A file that cannot be evaluated costs no other its answer.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Final

from motia.model import LoadFault
from motia.project.evaluation import (
    EVALUATION_LIMIT_S,
    DeclaredWorkflow,
    Evaluated,
    EvaluationFailed,
    FileExports,
    RuntimeMissing,
    evaluate,
)

SINGLE_LIMIT_S: Final = 3.0
_Mark = tuple[int, int] | None


class Evaluator:
    """Evaluates one kind of files, in whatever language they are. Blocks; one at a time."""

    def __init__(self, root: Path, environ: Mapping[str, str], *, code: str, what: str) -> None:
        """Evaluate for the project at `root`.

        Args:
            root: The project's directory.
            environ: What evaluated files get.
            code: The code of the fault of a file that cannot be evaluated.
            what: What the files hold, for its message.
        """
        self._root = root
        self._environ = environ
        self._code = code
        self._what = what
        self._known: dict[str, tuple[dict[str, _Mark], Evaluated]] = {}

    def use_environ(self, environ: Mapping[str, str]) -> None:
        """Give evaluated files this environment from now on; all are evaluated again."""
        self._environ = environ
        self._known = {}

    def evaluate(self, language: str, files: list[str], faults: list[LoadFault]) -> Evaluated:
        """What `files` of one language answer; a fault in `faults` when its runtime is missing."""
        known = self._known.get(language)
        if known is not None and known[0].keys() >= set(files) and known[1].files.keys() == set(files):
            marks, evaluated = known
            if marks == self._marks(marks):
                return evaluated
        evaluated = self._evaluate_apart(language, files, faults)
        self._known[language] = (self._marks({*files, *evaluated.read}), evaluated)
        return evaluated

    def _evaluate_apart(self, language: str, files: list[str], faults: list[LoadFault]) -> Evaluated:
        """All files in one process; when that fails each in its own, so that one does not cost the others."""
        limit_s = EVALUATION_LIMIT_S
        try:
            return evaluate(language, self._root, files, environ=self._environ, limit_s=limit_s)
        except RuntimeMissing as error:
            faults.append(self._not_read(files[0], error))
            return Evaluated()
        except EvaluationFailed as error:
            if len(files) == 1:
                return Evaluated(files={files[0]: FileExports(error=self._not_read(files[0], error))})
        answers: dict[str, FileExports] = {}
        read: set[str] = set()
        workflows: list[DeclaredWorkflow] = []
        for file in files:
            try:
                one = evaluate(language, self._root, [file], environ=self._environ, limit_s=SINGLE_LIMIT_S)
            except EvaluationFailed as error:
                answers[file] = FileExports(error=self._not_read(file, error))
            else:
                answers |= one.files
                read.update(one.read)
                workflows += one.workflows
        return Evaluated(files=answers, read=tuple(sorted(read)), workflows=tuple(workflows))

    def _marks(self, files: Iterable[str]) -> dict[str, _Mark]:
        return {file: _mark(self._root / file) for file in files}

    def _not_read(self, file: str, error: EvaluationFailed) -> LoadFault:
        return LoadFault(
            code=self._code,
            file=file,
            message=f"{self._what} cannot be read: {error.message}",
            hint=error.hint,
        )


def _mark(path: Path) -> _Mark:
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size
