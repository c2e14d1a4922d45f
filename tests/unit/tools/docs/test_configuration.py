"""The page of configuration keys."""

from __future__ import annotations

import pytest
from tools.docs.configuration import MEANINGS, configuration_page, value_text

from motia.project import KEYS


def test_every_key_has_a_meaning_and_no_meaning_is_left_over():
    assert set(MEANINGS) == {key.name for key in KEYS}
    assert all(f"| `{key.name}` | `{key.variable}` |" in configuration_page() for key in KEYS)


@pytest.mark.parametrize(
    ("name", "value", "text"),
    [
        ("limits.body_bytes", 10 * 1024**2, "10 MiB"),
        ("retention.runs", 604_800.0, "7 days"),
        ("shutdown.grace", 30.0, "30 s"),
        ("port", 3001, "3001"),
        ("workers.slots", 1_000, "1,000"),
        ("cors.origins", ("localhost",), "`localhost`"),
        ("redis.url", None, "none"),
        ("workbench.enabled", True, "`true`"),
    ],
)
def test_a_default_is_shown_with_its_unit(name, value, text):
    assert value_text(name, value) == text
