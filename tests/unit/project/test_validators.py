from __future__ import annotations

from typing import Any

import msgspec
import pytest

from motia.model import Source, StepId, StepKind, StepSpec
from motia.project import Catalog, PayloadValidators


def step(name: str, schema: Any = None, **more: Any) -> StepSpec:
    raw = None if schema is None else msgspec.Raw(msgspec.json.encode(schema))
    return StepSpec(
        id=StepId(name),
        kind=StepKind.EVENT,
        language="python",
        source=Source(file="a.py"),
        schema=raw,
        **more,
    )


ORDER = {"type": "object", "required": ["id"], "properties": {"id": {"type": "string", "format": "uuid"}}}


def test_a_payload_that_fits_has_no_problems() -> None:
    spec = step("order", ORDER)
    validators = PayloadValidators(Catalog([spec]))

    assert validators.check(spec, b'{"id": "7f3d2c9e-5b1a-4c8e-9d5e-0a1b2c3d4e5f"}') == ()


def test_a_payload_that_does_not_fit_has_every_problem_with_its_pointer() -> None:
    spec = step("order", {**ORDER, "required": ["id", "when"]})
    validators = PayloadValidators(Catalog([spec]))

    problems = validators.check(spec, b'{"id": "x"}')

    assert sorted((p.path, p.message, p.where) for p in problems) == [
        ("/id", "must be a valid uuid", "payload"),
        ("/when", "is required", "payload"),
    ]


@pytest.mark.parametrize("payload", [b"", b"{", b'{"a": NaN}', b'{"a": Infinity}', b'"\xff"', b"[" * 100_000])
def test_what_is_no_json_is_one_problem(payload: bytes) -> None:
    spec = step("any")

    (problem,) = PayloadValidators(Catalog([spec])).check(spec, payload)

    assert problem.message.startswith("is no JSON")


def test_a_step_without_a_schema_takes_any_json_of_bounded_depth() -> None:
    spec = step("any")
    validators = PayloadValidators(Catalog([spec]))

    assert validators.check(spec, b"[1, {}]") == ()
    assert validators.check(spec, b"[" * 65 + b"]" * 65)[0].message == "is nested deeper than 64 levels"


def test_a_worker_that_validates_is_left_to_it() -> None:
    spec = step("model", ORDER, worker_validates=True)

    assert PayloadValidators(Catalog([spec])).check(spec, b"{}") == ()


def test_a_schema_that_cannot_be_read_refuses_every_payload_and_says_where_to_look() -> None:
    spec = step("bad", {"$ref": "https://example.invalid/x.json"})

    (problem,) = PayloadValidators(Catalog([spec])).check(spec, b"{}")

    assert "motia check" in problem.message


def test_a_reload_keeps_compiled_what_has_not_changed() -> None:
    old, new = step("a", ORDER), step("a", {"type": "string"})
    first = PayloadValidators(Catalog([old, step("b", ORDER)]))

    second = PayloadValidators(Catalog([new, step("b", ORDER)]), previous=first)

    assert second.check(new, b'"x"') == ()
    assert second.check(new, b"5") != ()
    assert second._payloads[StepId("b")] is first._payloads[StepId("b")]
