from __future__ import annotations

import pytest

from motia.dispatch.payload import (
    checked_name,
    decode_json,
    fingerprint_of,
    key_text,
    problems_for,
    read_payload,
    value_at,
)
from motia.model import CallerError, PayloadTooLarge, Problem, Source, StepId, StepKind, StepSpec


def test_a_payload_over_the_limit_is_refused() -> None:
    assert read_payload(b'"abcd"', bytes_max=6).data == b'"abcd"'
    with pytest.raises(PayloadTooLarge, match="7 bytes; at most 6"):
        read_payload(b'"abcde"', bytes_max=6)


@pytest.mark.parametrize("text", [b"NaN", b'{"a": Infinity}', b"", b"{", b'"\xff"', b"1e999"])
def test_what_is_not_json_is_refused(text: bytes) -> None:
    with pytest.raises(CallerError, match="not JSON"):
        read_payload(text, bytes_max=100)


def test_half_of_a_character_is_named() -> None:
    with pytest.raises(
        CallerError, match=r"the payload is not JSON: \\ud800 is half of a character.*byte 1\b"
    ):
        read_payload(rb'"\ud800"', bytes_max=100)


def test_sixty_four_levels_are_allowed_and_one_more_is_not() -> None:
    decode_json(b"[" * 64 + b"]" * 64, what="payload")
    decode_json(b'{"a":' * 64 + b"1" + b"}" * 64, what="payload")
    for depth in (65, 500, 100_000):
        with pytest.raises(CallerError, match="deeper than 64"):
            decode_json(b"[" * depth + b"]" * depth, what="payload")


def test_a_wide_payload_is_not_deep() -> None:
    decode_json(b"[" + b"{}," * 500 + b'"[[[["]', what="payload")


def test_retry_is_taken_out_and_everything_else_stays_exact() -> None:
    read = read_payload(b'{"big":123456789012345678901234567890,"__retry":2,"f":1.50}', bytes_max=1_000)

    assert read.retry_count == 2
    assert read.data == b'{"big":123456789012345678901234567890,"f":1.50}'
    assert "__retry" not in read.value


@pytest.mark.parametrize("count", [b"-1", b'"2"', b"true", b"1.5", b"null"])
def test_a_retry_that_is_no_count_is_taken_out_all_the_same(count: bytes) -> None:
    read = read_payload(b'{"__retry":' + count + b"}", bytes_max=1_000)

    assert (read.retry_count, read.data) == (0, b"{}")


def test_a_retry_deeper_inside_is_the_authors() -> None:
    assert read_payload(b'{"a":{"__retry":2}}', bytes_max=1_000).data == b'{"a":{"__retry":2}}'


def test_values_are_found_by_dotted_path() -> None:
    value = {"a": {"b": 3}, "c": [1]}

    assert value_at(value, "a.b") == 3
    assert value_at(value, "a.x") is None
    assert value_at(value, "c.0") is None
    assert value_at(7, "a") is None


def test_keys_are_text_or_json() -> None:
    assert key_text("x", what="key") == "x"
    assert key_text(5, what="key") == "5"
    assert key_text({"b": 1, "a": 2}, what="key") == '{"a":2,"b":1}'
    assert key_text(None, what="key") is None


def test_names_have_1_to_255_bytes() -> None:
    assert checked_name("é" * 127, what="id")
    for name in ("", "é" * 128):
        with pytest.raises(CallerError, match="1 to 255"):
            checked_name(name, what="id")


def test_the_order_of_fields_does_not_part_fingerprints_but_everything_else_does() -> None:
    base = fingerprint_of("t", {"a": 1, "b": 2}, (None,))

    assert fingerprint_of("t", {"b": 2, "a": 1}, (None,)) == base
    assert fingerprint_of("u", {"a": 1, "b": 2}, (None,)) != base
    assert fingerprint_of("t", {"a": 1, "b": 3}, (None,)) != base
    assert fingerprint_of("t", {"a": 1, "b": 2}, (5,)) != base


def spec_of(language: str, *, worker_validates: bool = False) -> StepSpec:
    return StepSpec(
        id=StepId("a"),
        kind=StepKind.EVENT,
        language=language,
        source=Source(file="a"),
        worker_validates=worker_validates,
    )


def test_the_schema_is_asked_unless_the_worker_decides() -> None:
    problem = Problem(path="/a", message="is required")

    assert problems_for(spec_of("python"), b"{}", validate=lambda *_: (problem,)) == (problem,)
    assert problems_for(spec_of("ruby", worker_validates=True), b"{}", validate=lambda *_: (problem,)) == ()


def test_javascript_alone_refuses_integers_it_cannot_hold_whoever_validates() -> None:
    payload = b'{"a":{"n":9007199254740993}}'

    for worker_validates in (True, False):
        spec = spec_of("node", worker_validates=worker_validates)
        (problem,) = problems_for(spec, payload, validate=lambda *_: ())
        assert problem.path == "/a/n"
    for language in ("python", "ruby"):
        assert problems_for(spec_of(language), payload, validate=lambda *_: ()) == ()
