from __future__ import annotations

import pytest

from motia.project.names import close_to, name_reason


@pytest.mark.parametrize(
    ("name", "reason"),
    [
        ("resize-image", ""),
        ("größe", ""),
        ("", "is empty"),
        ("a b", "has white space or control characters in it"),
        ("a\u0000", "has white space or control characters in it"),
        ("x" * 256, "is 256 bytes long; 255 is the limit"),
    ],
)
def test_a_name_that_cannot_be_says_why(name: str, reason: str) -> None:
    assert name_reason(name) == reason


def test_close_names_are_asked_for() -> None:
    assert close_to("resize-imag", ["resize-image", "pay"]) == "did you mean 'resize-image'?"
    assert close_to("zzz", ["resize-image"]) == ""
