"""What is said of a target that nothing handles."""

from __future__ import annotations

from motia.dispatch.unhandled import unhandled
from motia.model import Source, StepId, StepKind, StepSpec
from motia.project import Catalog


def step(name: str, kind: StepKind = StepKind.EVENT, **options: str) -> StepSpec:
    return StepSpec(
        id=StepId(name), kind=kind, language="python", source=Source(file="a.py", line=3), **options
    )


CATALOG = Catalog((step("resize-image"), step("get-image", StepKind.API, method="GET", path="/images")))


def test_names_like_it_are_named_but_no_step_that_only_a_request_runs():
    found = unhandled("resize-imgae", CATALOG)

    assert found.closest == ["resize-image"]
    assert found.near == "closest known: resize-image"
    assert "get-image" not in unhandled("get-imag", CATALOG).closest
    assert unhandled("zzz", CATALOG).near == "no known id is close"


def test_an_api_step_is_there_and_waits_for_requests():
    found = unhandled("get-image", CATALOG)

    assert found.reason == "'get-image' is an api step (a.py:3), which only a request can run"
    assert found.near == "a request would be GET /images"
