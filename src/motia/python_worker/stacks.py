"""Stacks as an author wants to see them: only frames of the project, innermost last."""

from __future__ import annotations

import linecache
import os
import traceback
from types import FrameType, TracebackType

NOT_AUTHORED = (f"{os.sep}site-packages{os.sep}", f"{os.sep}dist-packages{os.sep}", f"{os.sep}.venv{os.sep}")
_OURS = os.path.dirname(os.path.dirname(os.path.abspath(__file__))) + os.sep
CAUSES_MAX = 5
FRAMES_MAX = 50


def is_authored(file: str, root: str) -> bool:
    """Whether `file` belongs to the project and not to what is installed in it."""
    return file.startswith(root + os.sep) and not any(part in file for part in NOT_AUTHORED)


def author_stack(error: BaseException, root: str) -> str:
    """The frames of `error` and its causes that lie in the project; all but ours when there is none."""
    parts: list[str] = []
    seen: set[int] = set()
    link: BaseException | None = error
    while link is not None and id(link) not in seen and len(parts) < CAUSES_MAX:
        seen.add(id(link))
        parts.append(_one(link, root))
        link = link.__cause__ or (None if link.__suppress_context__ else link.__context__)
    return "\ncaused by:\n".join(part for part in parts if part)


def frame_stack(frame: FrameType | None, root: str) -> str:
    """The stack of a running thread, as `author_stack`."""
    frames: list[tuple[str, int, str]] = []
    while frame is not None:
        frames.append((frame.f_code.co_filename, frame.f_lineno, frame.f_code.co_qualname))
        frame = frame.f_back
    return _text(_authored(frames[::-1], root), root)


def place_in(trace: TracebackType | None, file: str) -> int:
    """The innermost line of `file` in a traceback; 0 when it is not there."""
    line = 0
    for frame, number in traceback.walk_tb(trace):
        if frame.f_code.co_filename == file:
            line = number
    return line


def cut(text: str, bytes_max: int) -> str:
    """`text` with at most about `bytes_max` bytes of UTF-8, marked when something was cut."""
    if len(text) * 4 <= bytes_max:
        return text
    raw = text.encode("utf-8", "replace")
    if len(raw) <= bytes_max:
        return text
    return f"{raw[:bytes_max].decode('utf-8', 'ignore')}… ({len(raw) - bytes_max} bytes cut)"


def _one(error: BaseException, root: str) -> str:
    frames = [
        (f.f_code.co_filename, line, f.f_code.co_qualname)
        for f, line in traceback.walk_tb(error.__traceback__)
    ]
    body = _text(_authored(frames, root), root)
    head = f"{type(error).__name__}: {_message(error)}"
    return f"{body}{head}" if body else head


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # an author's __str__ may do anything
        return "(its text cannot be read)"


def _authored(frames: list[tuple[str, int, str]], root: str) -> list[tuple[str, int, str]]:
    authored = [frame for frame in frames if is_authored(frame[0], root)]
    if authored:
        return authored
    return [
        f
        for f in frames
        if not f[0].startswith((_OURS, "<frozen")) and f"{os.sep}asyncio{os.sep}" not in f[0]
    ]


def _text(frames: list[tuple[str, int, str]], root: str) -> str:
    if len(frames) > FRAMES_MAX:
        frames = [
            *frames[: FRAMES_MAX // 2],
            ("…", 0, f"{len(frames) - FRAMES_MAX} frames"),
            *frames[-FRAMES_MAX // 2 :],
        ]
    lines = []
    for file, number, name in frames:
        shown = os.path.relpath(file, root) if file.startswith(root + os.sep) else file
        lines.append(f'  File "{shown}", line {number}, in {name}\n')
        source = linecache.getline(file, number).strip()
        if source:
            lines.append(f"    {source}\n")
    return "".join(lines)
