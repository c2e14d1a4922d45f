"""The reference page of steps and the code name the same things."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import motia
from motia.authoring import declared

PAGE = (Path(__file__).resolve().parents[3] / "docs" / "reference" / "steps.md").read_text()
WORDS = {word for code in re.findall(r"`([^`\n]+)`", PAGE) for word in re.findall(r"\w+", code)}


@pytest.mark.parametrize("options", ["ApiOptions", "EventOptions", "CronOptions", "NoopOptions"])
def test_every_option_of_a_step_is_in_the_reference(options: str) -> None:
    assert set(getattr(declared, options).__annotations__) - WORDS == set()


def test_every_public_name_is_in_the_reference() -> None:
    assert set(motia.__all__) - WORDS == set()
