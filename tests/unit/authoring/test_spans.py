from __future__ import annotations

import pytest

from motia import span


def test_a_part_is_told_with_its_fields(port, here):
    with span("parse", {"pages": 2}):
        pass

    assert port.spans == [("parse", {"pages": 2})]


def test_a_part_that_raises_is_told_and_raises(port, here):
    with pytest.raises(ValueError, match="no"), span("parse"):
        raise ValueError("no")

    assert port.spans == [("parse", {})]


def test_outside_a_handler_nothing_happens(port):
    with span("parse"):
        pass

    assert port.spans == []
