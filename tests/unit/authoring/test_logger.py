from __future__ import annotations

import logging

import pytest

from motia import logger


@pytest.mark.parametrize("level", ["debug", "info", "warn", "error"])
def test_a_line_belongs_to_the_run_with_its_level(port, here, level: str):
    getattr(logger, level)("said", {"n": 1}, more=True)

    assert port.logs == [(level, "said", {"n": 1, "more": True}, "logger")]


def test_what_is_no_mapping_is_a_field_and_what_is_no_text_is_written_as_text(port, here):
    logger.warning(42, ["a"])  # type: ignore[arg-type]

    assert port.logs == [("warn", "42", {"fields": ["a"]}, "logger")]


def test_a_field_that_is_no_json_raises_nothing(port, here):
    logger.info("said", {"thing": object})

    ((_, _, fields, _),) = port.logs
    assert "object" in fields["thing"]


def test_outside_a_worker_lines_go_to_logging(caplog: pytest.LogCaptureFixture):
    with caplog.at_level(logging.INFO, "motia.step"):
        logger.info("said", {"n": 1})

    assert caplog.messages == ["said {'n': 1}"]
