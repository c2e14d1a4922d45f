"""The page of errors."""

from __future__ import annotations

from tools.docs.errors import errors_page, row, tree

from motia.model import MotiaError, RunNotFound


def test_every_error_has_a_row():
    page = errors_page()

    assert all(f"`{error.__name__}`" in page for error in tree(MotiaError))


def test_a_row_has_code_parent_status_and_meaning():
    assert (
        row(RunNotFound)
        == "| `run-not-found` | `RunNotFound` | `CallerError` | 404 | No run has this id. |\n"
    )


def test_errors_of_tests_are_not_of_the_package():
    class Other(MotiaError):
        """Not ours."""

    assert Other not in tree(MotiaError)
