"""One rule for a text in log lines, in SQL and without it."""

from __future__ import annotations

import apsw
import pytest

from motia.telemetry.log_text import has_text, in_fields, like

FIELDS = (
    '{"orderId":"O-17","count":12,"note":"a \\"quoted\\" one","query":"?x=y","city":"ÜBER","rate":"50%_"}'
)


@pytest.mark.parametrize(
    ("text", "is_found"),
    [
        ("odd", True),
        ("O-17", True),
        ("orderid=o-1", True),
        ("orderId=17", False),
        ("Id=O-17", False),
        ("count=1", True),
        ("count=3", False),
        ('note=a "quoted" one', True),
        ("note=", True),
        ("x=y", True),
        ("ÜBER", True),
        ("über", False),
        ("rate=50%_", True),
        ("rate=5%", False),
        ("=", True),
        ("nowhere=", False),
    ],
)
def test_a_text_is_found_alike_in_memory_and_in_the_store(text: str, is_found: bool):
    with apsw.Connection(":memory:") as db:
        stored = any(
            db.execute("SELECT ? LIKE ? ESCAPE '\\'", (where, like(part))).fetchone() == (1,)
            for where, part in (("Image is odd", text), *((FIELDS, part) for part in in_fields(text)))
        )

    assert has_text(text, "Image is odd", FIELDS) is stored is is_found
    assert has_text(text, "", None) is False
