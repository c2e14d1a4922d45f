"""What an exception at load becomes for the author: a place, a reason, and what to do."""

from __future__ import annotations

import os
import traceback

from motia.model import LoadFault
from motia.python_worker.stacks import author_stack, cut, is_authored, place_in

STACK_BYTES_MAX = 16_384

DISTRIBUTIONS = {
    "PIL": "pillow",
    "bs4": "beautifulsoup4",
    "cv2": "opencv-python",
    "dateutil": "python-dateutil",
    "dotenv": "python-dotenv",
    "jwt": "pyjwt",
    "psycopg2": "psycopg2-binary",
    "sklearn": "scikit-learn",
    "yaml": "pyyaml",
}


def fault_of(error: BaseException, *, file: str, root: str) -> LoadFault:
    """The fault of the step file `file` (absolute) that raised `error` while it was loaded."""
    shown = os.path.relpath(file, root)
    line = place_in(error.__traceback__, file)
    also = _elsewhere(error, file, root)
    stack = cut(author_stack(error, root), STACK_BYTES_MAX)
    if isinstance(error, SyntaxError):
        return _syntax(error, shown, file, line, root)
    if isinstance(error, ImportError):
        message, hint = _import(error)
        return LoadFault(
            code="import-error", file=shown, line=line, message=message, hint=hint, also=also, stack=stack
        )
    if isinstance(error, SystemExit):
        return LoadFault(
            code="load-error",
            file=shown,
            line=line,
            message=f"the file ends the process while it is loaded: sys.exit({error.code!r})",
            hint="put what runs as a script behind: if __name__ == '__main__':",
            also=also,
            stack=stack,
        )
    if isinstance(error, OSError) and not error.__traceback__:
        return LoadFault(code="unreadable", file=shown, message=f"the file cannot be read: {error.strerror}")
    return LoadFault(
        code="load-error",
        file=shown,
        line=line,
        message=f"{type(error).__name__}: {error}",
        hint="the line raises while the file is loaded; work belongs into a handler or on_start",
        also=also,
        stack=stack,
    )


def _syntax(error: SyntaxError, shown: str, file: str, line: int, root: str) -> LoadFault:
    where = os.path.realpath(error.filename) if error.filename else file
    is_here = where == file
    place = f"{os.path.relpath(where, root) if is_authored(where, root) else where}:{error.lineno}"
    text = f"\n    {error.text.strip()}" if error.text else ""
    return LoadFault(
        code="syntax-error",
        file=shown,
        line=(error.lineno or 0) if is_here else line,
        message=f"{error.msg}" if is_here else f"{place}, which it imports: {error.msg}",
        hint=_look_at(error) if is_here else f"mend {place}",
        also="" if is_here else place,
        stack=f'  File "{place.rpartition(":")[0]}", line {error.lineno}{text}',
    )


def _look_at(error: SyntaxError) -> str:
    text = (error.text or "").strip()
    return f"look at: {text}" if text else "save the file as UTF-8 text of Python"


def _import(error: ImportError) -> tuple[str, str]:
    if not isinstance(error, ModuleNotFoundError) or not error.name:
        return f"{error}", "look whether the name is spelled right and whether two files import each other"
    top = error.name.partition(".")[0]
    if top in ("steps", "motia") or "." in error.name:
        return (
            f"there is no module {error.name!r}",
            "look whether the file is there and the name is spelled right",
        )
    package = DISTRIBUTIONS.get(top, top)
    return (
        f"there is no module {error.name!r}",
        f"pip install {package}, and add it to requirements.txt; for a file of the project, "
        "import it relative to the project, to motia/ or to motia/steps/",
    )


def _elsewhere(error: BaseException, file: str, root: str) -> str:
    """The innermost project line of the error, when it is in another file."""
    found = ""
    for frame, number in traceback.walk_tb(error.__traceback__):
        name = frame.f_code.co_filename
        if is_authored(name, root):
            found = "" if name == file else f"{os.path.relpath(name, root)}:{number}"
    return found
