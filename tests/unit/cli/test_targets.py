"""Names closest to one that nothing has."""

from __future__ import annotations

import pytest

from motia.cli.client import connect
from motia.cli.errors import CommandError
from motia.cli.targets import closest_hint, require_step, step_ids


def test_ids_come_of_one_kind_or_of_all(project):
    with connect(project.root) as control:
        assert set(step_ids(control)) == {"create-user", "send-email", "nightly"}
        assert step_ids(control, kind="cron") == ("nightly",)


def test_a_step_that_is_not_there_is_refused_with_the_closest(project):
    with connect(project.root) as control:
        require_step(control, "nightly")
        with pytest.raises(CommandError) as refused:
            require_step(control, "nightl")

    assert refused.value.hint == "did you mean nightly?"


def test_nothing_close_says_where_to_look():
    assert "motia steps" in closest_hint("zzz", ["nightly"])
