"""Options of the decorators: what they mean, and what is said about what they cannot be."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from motia.authoring import options
from motia.authoring.options import OptionWrong
from motia.model import Backoff, Concurrency


@pytest.mark.parametrize("value", ["", "  ", 7, None, "a\nb", "a\x00", "\ud800", "x" * 256, "ü" * 128])
def test_an_id_is_short_text_without_control_characters(value: Any) -> None:
    with pytest.raises(OptionWrong, match="id is"):
        options.step_id(value)


@pytest.mark.parametrize("value", ["a", "resize-image", "ünï/cödé 1", "x" * 255])
def test_an_id_is_kept_as_it_is(value: str) -> None:
    assert options.step_id(value) == value


def test_ids_may_be_one_a_list_or_a_set() -> None:
    assert options.ids(None, "topics") == ()
    assert options.ids("a", "topics") == ("a",)
    assert options.ids(["b", "a"], "topics") == ("b", "a")
    assert options.ids({"b", "a"}, "topics") == ("a", "b")
    with pytest.raises(OptionWrong, match="topics is 7"):
        options.ids(7, "topics")


@pytest.mark.parametrize(
    ("value", "ms"),
    [
        (30, 30_000),
        (0.25, 250),
        ("500ms", 500),
        ("30s", 30_000),
        (" 5m ", 300_000),
        ("1.5 h", 5_400_000),
        ("2d", 172_800_000),
        (timedelta(minutes=2), 120_000),
    ],
)
def test_a_duration_is_seconds_text_or_a_timedelta(value: Any, ms: int) -> None:
    assert options.duration_ms(value, "timeout") == ms


@pytest.mark.parametrize(
    "value", [0, -1, "5 weeks", "s", True, None, float("nan"), float("inf"), "400d", timedelta(0)]
)
def test_a_duration_is_more_than_nothing_and_at_most_a_year(value: Any) -> None:
    with pytest.raises(OptionWrong, match="timeout is") as caught:
        options.duration_ms(value, "timeout")
    assert "30s" in caught.value.hint


def test_zero_is_a_duration_where_it_means_at_once() -> None:
    assert options.duration_ms(0, "backoff", is_zero_allowed=True) == 0


@pytest.mark.parametrize("value", [0, -1, 1.0, True, "3"])
def test_a_whole_number_is_one_and_large_enough(value: Any) -> None:
    with pytest.raises(OptionWrong, match="retries is"):
        options.whole_number(value, "retries", least=1)


def test_a_word_that_is_close_to_a_known_one_is_guessed() -> None:
    assert options.one_of("skip", "overlap", ["skip", "queue"]) == "skip"
    with pytest.raises(OptionWrong) as caught:
        options.one_of("skpi", "overlap", ["skip", "queue"])
    assert caught.value.hint == "did you mean 'skip'?"
    with pytest.raises(OptionWrong) as caught:
        options.one_of("zzz", "overlap", ["skip", "queue"])
    assert caught.value.hint == "known are queue, skip"


def test_a_method_is_known_and_in_upper_case() -> None:
    assert options.method("post") == "POST"
    for value in ("FETCH", 7, None):
        with pytest.raises(OptionWrong, match="method is"):
            options.method(value)


@pytest.mark.parametrize("value", ["/", "/users", "/users/:id", "/a/:b/c/:d_1", "/ünï", "/a.b/c-d"])
def test_a_path_is_kept_as_it_is(value: str) -> None:
    assert options.path(value) == value


@pytest.mark.parametrize(
    "value", ["users", "", 7, "/a b", "/a?b", "/a#b", "/:", "/:1", "/a:b", "/x/:id/:id", "/a*b"]
)
def test_a_path_that_cannot_be_routed_is_refused(value: Any) -> None:
    with pytest.raises(OptionWrong, match="path"):
        options.path(value)


def test_concurrency_is_a_limit_or_a_limit_by_key() -> None:
    assert options.concurrency(None) is None
    assert options.concurrency(5) == Concurrency(limit=5)
    assert options.concurrency({"limit": 2, "key": "userId"}) == Concurrency(limit=2, key="userId")
    for value in (0, True, {"key": "a"}, {"limit": 1, "kye": "a"}, {"limit": 1, "key": ""}, "5"):
        with pytest.raises(OptionWrong, match="concurrency"):
            options.concurrency(value)


def test_backoff_is_a_delay_or_its_parts() -> None:
    assert options.backoff(None) == Backoff()
    assert options.backoff(5) == Backoff(initial_ms=5_000)
    assert options.backoff("5m") == Backoff(initial_ms=300_000, cap_ms=300_000)
    assert options.backoff({"initial": 2, "factor": 3, "cap": 600, "jitter": False}) == Backoff(
        initial_ms=2_000, factor=3.0, cap_ms=600_000, jitter=False
    )


@pytest.mark.parametrize(
    "value",
    [
        {"inital": 1},
        {"factor": 0.5},
        {"factor": True},
        {"jitter": 1},
        {"initial": 10, "cap": 5},
        {"cap": 0},
        -1,
        True,
    ],
)
def test_a_backoff_that_makes_no_sense_is_refused(value: Any) -> None:
    with pytest.raises(OptionWrong, match="backoff"):
        options.backoff(value)


def test_a_zone_is_one_that_the_system_knows() -> None:
    assert options.timezone("UTC") == "UTC"
    assert options.timezone("Europe/Berlin") == "Europe/Berlin"
    with pytest.raises(OptionWrong) as caught:
        options.timezone("Europe/Berln")
    assert "Europe/Berlin" in caught.value.hint
    for value in ("", 7, "../etc/passwd"):
        with pytest.raises(OptionWrong, match="timezone"):
            options.timezone(value)


def test_middleware_is_one_function_or_several() -> None:
    def one(request: Any, ctx: Any, proceed: Any) -> None: ...

    assert options.middleware(None) == ()
    assert options.middleware(one) == (one,)
    assert options.middleware([one, one]) == (one, one)
    with pytest.raises(OptionWrong, match="middleware has 7"):
        options.middleware([one, 7])
