"""Says what a library of models found in the words that the engine has for the same fault.

msgspec and pydantic have words of their own. The engine's validator is asked about the same value only
after they refused it, and only its problems at the places that they named are taken: pydantic accepts
more than its JSON Schema does ("7" for a number), and what it accepted is no fault.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, Final

from motia.model import Problem, problems_of_errors

PROBLEMS_MAX: Final = 100
_CHOICES: Final = ("anyOf", "oneOf", "type")


class Wording:
    """The words for one schema, compiled when something first does not fit."""

    def __init__(self, schema: Callable[[], dict[str, Any]], *, where: str) -> None:
        """`schema`: the JSON Schema of the part; `where`: body, query, params, headers or payload."""
        self._schema = schema
        self._where = where
        self._validator: Any = None

    def problems(self, value: Any) -> list[Problem]:
        """Everything that the engine would say of `value`; nothing when the schema cannot be compiled."""
        if self._validator is None:
            self._validator = _compiled(self._schema())
        if self._validator is False:
            return []
        errors = self._validator.iter_errors(value)
        return problems_of_errors(errors, value, where=self._where, most=PROBLEMS_MAX)

    def of(self, found: Sequence[Problem], value: Any) -> tuple[Problem, ...]:
        """`found` in the engine's words where it sees the fault too, else as they are."""
        theirs = self.problems(value)
        said: dict[int, Problem] = {}
        for number, problem in enumerate(found):
            same = {index: one for index, one in enumerate(theirs) if _is_same(problem.path, one)}
            said.update(same or {-1 - number: problem})
        return tuple(said.values())


def _compiled(schema: dict[str, Any]) -> Any:
    import jsonschema_rs  # only who gets a value that does not fit pays for it

    try:
        return jsonschema_rs.validator_for(schema, validate_formats=True)
    except (jsonschema_rs.ValidationError, jsonschema_rs.ReferencingError, ValueError):
        return False


def _is_same(path: str, theirs: Problem) -> bool:
    """Whether a library's path is the place of an engine's problem.

    msgspec writes `...` for the key of a mapping; pydantic adds the alternative it tried to the path of
    a union.
    """
    own, other = path.split("/"), theirs.path.split("/")
    if theirs.keyword in _CHOICES:
        own = own[: len(other)]
    return len(own) == len(other) and all(a in (b, "...") for a, b in zip(own, other, strict=True))
