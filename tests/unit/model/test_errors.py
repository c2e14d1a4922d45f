from __future__ import annotations

import re
from collections.abc import Iterator

import pytest

from motia.model import MotiaError, PayloadInvalid, Problem, RunError, RunFailed, errors


def classes(root: type[MotiaError] = MotiaError) -> Iterator[type[MotiaError]]:
    for kind in root.__subclasses__():
        if kind.__module__ == errors.__name__:
            yield kind
        yield from classes(kind)


def test_the_tree_at_the_head_of_the_file_names_every_error_of_it() -> None:
    drawn = set(
        re.findall(r"[A-Z]\w+", (errors.__doc__ or "").split("Each has")[0].split("MotiaError", 1)[1])
    )

    assert {kind.__name__ for kind in classes()} <= drawn


def test_codes_are_words_and_no_two_errors_share_one() -> None:
    found = list(dict.fromkeys(classes()))
    codes = [kind.code for kind in found]

    assert all(re.fullmatch(r"[a-z]+(-[a-z]+)*", code) for code in codes), codes
    assert len(set(codes)) == len(codes), sorted(codes)


@pytest.mark.parametrize("kind", sorted(set(classes()), key=lambda kind: kind.__name__))
def test_who_can_act_shows_in_the_status(kind: type[MotiaError]) -> None:
    if issubclass(kind, errors.CallerError):
        assert 400 <= kind.status < 500
    else:
        assert 500 <= kind.status < 600 or kind.status == 429


def test_an_invalid_payload_carries_every_problem() -> None:
    problem = Problem(path="/a", message="is required", where="body", keyword="required")

    error = PayloadInvalid("no", (problem,), hint="send a")

    assert error.problems == (problem,)
    assert error.details == [{"path": "/a", "message": "is required", "where": "body", "keyword": "required"}]
    assert (str(error), error.hint) == ("no", "send a")


def test_a_failed_run_carries_its_final_error() -> None:
    final = RunError(name="ValueError", message="no such user")

    error = RunFailed("the run is dead", final, hint="see the run")

    assert error.error == final
    assert error.details["name"] == "ValueError"
