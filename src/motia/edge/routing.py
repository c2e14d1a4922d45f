"""Which step a method and path belong to: a tree of path segments, compiled once per catalog.

Invariants
1. A fixed segment wins over a parameter at the same place, whatever the order of the steps.
2. A parameter takes exactly one segment and is never empty; `%2F` inside it stays part of it.
3. A router never changes once made: a reload makes a new one and swaps it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable
from typing import Generic, TypeVar
from urllib.parse import unquote_to_bytes

from motia.edge.faults import HttpFault

T = TypeVar("T")


class Leaf(Generic[T]):
    """What is registered for one path shape, by method."""

    __slots__ = ("methods", "paths")

    def __init__(self) -> None:
        self.methods: dict[str, tuple[T, tuple[str, ...]]] = {}
        """Method to (what serves it, names of its parameters in order)."""
        self.paths: list[str] = []

    def find(self, method: str) -> tuple[T, tuple[str, ...]] | None:
        """What serves `method`; HEAD falls back to GET."""
        found = self.methods.get(method)
        if found is None and method == "HEAD":
            return self.methods.get("GET")
        return found

    def allow(self) -> str:
        """Value of the Allow header."""
        names = {*self.methods, "OPTIONS"}
        if "GET" in names:
            names.add("HEAD")
        return ", ".join(sorted(names))


class _Node(Generic[T]):
    __slots__ = ("fixed", "leaf", "parameter")

    def __init__(self) -> None:
        self.fixed: dict[str, _Node[T]] = {}
        self.parameter: _Node[T] | None = None
        self.leaf: Leaf[T] | None = None


class Router(Generic[T]):
    """See the head of this file."""

    def __init__(self) -> None:
        self._root: _Node[T] = _Node()
        self._plain: dict[str, Leaf[T]] = {}
        self._paths: list[str] = []

    def add(self, method: str, path: str, serves: T) -> None:
        """Register `serves`; the first of two with one method and path stays."""
        node, names = self._root, []
        for segment in path.split("/")[1:]:
            if segment.startswith(":") and len(segment) > 1:
                names.append(segment[1:])
                node.parameter = node.parameter or _Node()
                node = node.parameter
            else:
                node = node.fixed.setdefault(segment, _Node())
        if node.leaf is None:
            node.leaf = Leaf()
        node.leaf.methods.setdefault(method.upper(), (serves, tuple(names)))
        node.leaf.paths.append(path)
        self._paths.append(path)
        if not names:
            self._plain[path] = node.leaf

    def match(self, path: str) -> tuple[Leaf[T], list[str]] | None:
        """The leaf of `path` (as received) and the decoded values of its parameters; None: unknown.

        A trailing slash is ignored when nothing is registered with it.

        Raises:
            HttpFault: 400, the path's percent-encoding is not UTF-8 or hides a control character.
        """
        leaf = self._plain.get(path)
        if leaf is not None:
            return leaf, []
        segments = decode_segments(path)
        found = self._walk(segments)
        if found is None and len(segments) > 1 and not segments[-1]:
            found = self._walk(segments[:-1])
        return found

    def closest(self, path: str) -> str | None:
        """A registered path that looks like `path`, for the hint of a 404."""
        close = difflib.get_close_matches(path, self._paths, n=1, cutoff=0.6)
        return close[0] if close else None

    def _walk(self, segments: list[str]) -> tuple[Leaf[T], list[str]] | None:
        values: list[str] = []
        leaf = _descend(self._root, segments, at=0, values=values)
        return None if leaf is None else (leaf, values)


def _descend(node: _Node[T], segments: list[str], *, at: int, values: list[str]) -> Leaf[T] | None:
    if at == len(segments):
        return node.leaf
    segment = segments[at]
    child = node.fixed.get(segment)
    if child is not None:
        leaf = _descend(child, segments, at=at + 1, values=values)
        if leaf is not None:
            return leaf
    if node.parameter is None or not segment:
        return None
    values.append(segment)
    leaf = _descend(node.parameter, segments, at=at + 1, values=values)
    if leaf is None:
        values.pop()
    return leaf


def decode_segments(path: str) -> list[str]:
    """The segments of a path (`/a/b%20c` → `["a", "b c"]`), percent-decoded one by one.

    Raises:
        HttpFault: 400, the bytes are not UTF-8 or a segment holds NUL or another control character.
    """
    if "%" not in path:
        return path.split("/")[1:]
    segments = []
    for raw in path.split("/")[1:]:
        try:
            segment = unquote_to_bytes(raw).decode("utf-8") if "%" in raw else raw
        except UnicodeDecodeError:
            raise HttpFault(
                400, "bad-request", message="the path is not UTF-8 when percent-decoded"
            ) from None
        if not segment.isprintable() and any(ord(char) < 32 or ord(char) == 127 for char in segment):
            raise HttpFault(400, "bad-request", message="the path holds a control character")
        segments.append(segment)
    return segments


def routed(pairs: Iterable[tuple[str, str, T]]) -> Router[T]:
    """A router of (method, path, what serves it)."""
    router: Router[T] = Router()
    for method, path, serves in pairs:
        router.add(method, path, serves)
    return router
