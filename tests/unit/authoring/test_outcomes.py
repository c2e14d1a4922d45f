from __future__ import annotations

from datetime import timedelta

import pytest

from motia.authoring import Cancelled, Fatal, HttpError, Outcome, RetryAfter


def test_all_outcomes_have_one_root() -> None:
    for outcome in (HttpError(404), Fatal("no"), RetryAfter(1), Cancelled("timeout")):
        assert isinstance(outcome, Outcome)


def test_an_http_error_says_status_message_details_and_headers() -> None:
    error = HttpError(409, "taken", {"id": 7}, headers={"Retry-After": "1"})

    assert (error.status, error.message, error.details) == (409, "taken", {"id": 7})
    assert error.headers == {"Retry-After": "1"}
    assert str(HttpError(418)) == "HTTP 418"


@pytest.mark.parametrize("status", [200, 302, 399, 600, -1])
def test_only_error_statuses_are_raised(status: int) -> None:
    with pytest.raises(ValueError, match="400 to 599"):
        HttpError(status)


def test_a_delay_is_seconds_or_a_timedelta() -> None:
    assert RetryAfter(1.5).retry_after_ms == 1_500
    assert RetryAfter(timedelta(minutes=1)).retry_after_ms == 60_000
    assert RetryAfter(0).retry_after_ms == 0
    assert str(RetryAfter(2)) == "try again in 2 s"
    assert str(RetryAfter(2, "the bank is closed")) == "the bank is closed"


@pytest.mark.parametrize("delay", [-1, float("nan"), float("inf"), timedelta(days=5_000)])
def test_a_delay_that_is_none_is_refused(delay: float | timedelta) -> None:
    with pytest.raises(ValueError, match="RetryAfter takes"):
        RetryAfter(delay)
