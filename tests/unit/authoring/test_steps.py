"""The decorators, form by form, as authoring.md shows them."""

from __future__ import annotations

from typing import get_args, get_type_hints

import msgspec
import pytest

from motia import Context, api, cron, event, noop, on_start, on_stop
from motia.authoring import Collector, StepFault
from motia.authoring.declared import ApiOptions, CronOptions, EventOptions, NoopOptions
from motia.authoring.options import METHODS
from motia.authoring.steps import _OPTIONS, _REQUIRED
from motia.model import CatchUp, OnDead, Overlap, StepKind


def faults_of(collector: Collector) -> list[str]:
    return [fault.code for fault in collector.faults]


def test_a_decorated_function_can_be_called_directly():
    @event(id="add", schema={"a": int, "b": int})
    async def add(a, b):
        return a + b

    @api(id="get", path="/x/:id")
    def get(id):
        return id

    assert get("7") == "7"
    assert add.__name__ == "add"


async def test_a_decorated_coroutine_can_be_awaited_directly():
    @event(id="add")
    async def add(a: int, b: int):
        return a + b

    assert await add(1, b=2) == 3


def test_an_event_step_has_its_options(collector):
    @event(
        id="resize-image",
        schema={"imageId": str, "sizes": list},
        topics=["image.added"],
        concurrency={"limit": 4, "key": "imageId"},
        retries=5,
        backoff={"initial": 2, "factor": 3, "cap": "5m", "jitter": False},
        timeout="2m",
        key="imageId",
        on_dead="block",
        queue_depth=10,
        description="resizes",
        flows=["images"],
        triggers=["image-resized"],
        on_error="tell-me",
    )
    async def resize_image(imageId: str, sizes: list) -> dict:
        return {}

    (step,) = collector.steps
    spec = step.spec
    assert (spec.kind, spec.topics, spec.retries, spec.timeout_ms) == (
        StepKind.EVENT,
        ("image.added",),
        5,
        120_000,
    )
    assert (spec.concurrency.limit, spec.concurrency.key) == (4, "imageId")
    assert (spec.backoff.initial_ms, spec.backoff.factor, spec.backoff.cap_ms, spec.backoff.jitter) == (
        2_000,
        3.0,
        300_000,
        False,
    )
    assert (spec.key, spec.on_dead, spec.queue_depth, spec.on_error) == (
        "imageId",
        OnDead.BLOCK,
        10,
        "tell-me",
    )
    assert (spec.description, spec.flows, spec.triggers) == ("resizes", ("images",), ("image-resized",))
    assert spec.source.function.endswith("resize_image")
    assert spec.source.line > 0
    assert not collector.faults


def test_a_cron_step_has_its_options(collector):
    @cron(id="nightly", schedule="0 3 * * *", timezone="Europe/Berlin", catch_up="all", overlap="queue")
    async def nightly():
        """Cleans up.

        More.
        """

    spec = collector.steps[0].spec
    assert (spec.schedule, spec.timezone) == ("0 3 * * *", "Europe/Berlin")
    assert (spec.catch_up, spec.overlap) == (CatchUp.ALL, Overlap.QUEUE)
    assert spec.description == "Cleans up."


def test_a_noop_step_is_only_declared(collector):
    noop(id="approval", triggers=["go-on"], triggered_by=["ask"])

    definition = collector.steps[0]
    assert (definition.spec.kind, definition.function) == (StepKind.NOOP, None)
    assert definition.spec.triggered_by == ("ask",)
    assert definition.spec.source.line > 0


def test_hooks_are_collected_in_both_spellings(collector):
    @on_start
    def begin():
        pass

    @on_stop()
    async def end():
        pass

    assert [(hook.when, hook.function) for hook in collector.hooks] == [("start", begin), ("stop", end)]


def test_a_hook_takes_no_arguments(collector):
    @on_start
    def begin(pool):
        pass

    assert faults_of(collector) == ["signature-mismatch"]


def test_an_unknown_option_names_the_closest_known_one(collector):
    @event(id="a", retrys=3)
    async def a():
        pass

    (fault,) = collector.faults
    assert fault.code == "unknown-option"
    assert "'retries'" in fault.hint
    assert fault.line > 0
    assert collector.steps == []


@pytest.mark.parametrize(
    "options",
    [
        {"id": ""},
        {"id": "x" * 256},
        {"id": 5},
        {"retries": -1},
        {"retries": True},
        {"timeout": 0},
        {"timeout": "soon"},
        {"timeout": -3},
        {"concurrency": 0},
        {"concurrency": {"key": "a"}},
        {"backoff": {"initail": 1}},
        {"backoff": "fast"},
        {"topics": 5},
        {"key": ""},
        {"on_dead": "panic"},
        {"queue_depth": 0},
        {"flows": [""]},
    ],
)
def test_a_value_that_an_option_cannot_have_is_a_fault(collector, options):
    @event(**{"id": "a", **options})
    async def a():
        pass

    assert "invalid-option" in faults_of(collector)
    assert all(fault.hint for fault in collector.faults)


@pytest.mark.parametrize(
    "options",
    [
        {"path": "users"},
        {"path": "/a/:id/:id"},
        {"path": "/a b"},
        {"method": "FETCH"},
        {"middleware": ["no"]},
    ],
)
def test_an_api_step_checks_its_options(collector, options):
    @api(**{"id": "a", "path": "/a", **options})
    async def a():
        pass

    assert "invalid-option" in faults_of(collector)


def test_what_is_missing_is_a_fault(collector):
    @cron(id="a")
    async def a():
        pass

    @api(id="b")
    async def b():
        pass

    assert faults_of(collector) == ["missing-option", "missing-option"]


@pytest.mark.parametrize("options", [{"timezone": "Mars/Base"}, {"overlap": "never"}, {"catch_up": "some"}])
def test_a_cron_step_checks_its_options(collector, options):
    @cron(id="a", schedule="@daily", **options)
    async def a():
        pass

    assert faults_of(collector) == ["invalid-option"]


def test_all_faults_of_a_step_are_reported_at_once(collector):
    @event(id="a", schema={"x": str}, retrys=1, timeout="soon")
    async def a(x, y):
        pass

    assert sorted(faults_of(collector)) == ["invalid-option", "signature-mismatch", "unknown-option"]


def test_outside_a_worker_a_wrong_declaration_raises():
    with pytest.raises(StepFault) as caught:

        @event(id="")
        async def a():
            pass

    assert caught.value.faults[0].code == "invalid-option"


def test_a_generator_is_no_event_handler(collector):
    @event(id="a")
    async def a():
        yield 1

    assert faults_of(collector) == ["generator-handler"]


def test_the_forms_of_handlers_are_told_apart(collector):
    @api(id="a", path="/a")
    async def a():
        pass

    @api(id="b", path="/b")
    def b():
        pass

    @api(id="c", path="/c")
    async def c():
        yield 1

    @api(id="d", path="/d")
    def d():
        yield 1

    assert [step.form for step in collector.steps] == ["async", "plain", "async_generator", "generator"]


def test_the_example_of_the_contract_works_as_it_stands(collector):
    @api(id="get-image", method="GET", path="/images/:imageId")
    def get_image(imageId: str, ctx: Context):
        return imageId

    spec = collector.steps[0].spec
    assert (spec.method, spec.path) == ("GET", "/images/:imageId")
    assert msgspec.json.decode(spec.request.params)["required"] == ["imageId"]
    assert not collector.faults


def test_a_class_is_not_a_handler(collector):
    @event(id="a")
    class A:
        pass

    assert faults_of(collector) == ["not-a-function"]


@pytest.mark.parametrize(
    ("kind", "declared"),
    [
        (StepKind.API, ApiOptions),
        (StepKind.EVENT, EventOptions),
        (StepKind.CRON, CronOptions),
        (StepKind.NOOP, NoopOptions),
    ],
)
def test_editors_are_told_of_exactly_the_options_there_are(kind: StepKind, declared: type) -> None:
    hints = get_type_hints(declared)

    assert set(hints) == set(_OPTIONS[kind])
    assert declared.__required_keys__ == set(_REQUIRED[kind])  # type: ignore[attr-defined]


def test_the_words_that_editors_offer_are_those_that_are_taken() -> None:
    assert set(get_args(get_type_hints(EventOptions)["on_dead"])) == set(OnDead)
    assert set(get_args(get_type_hints(CronOptions)["catch_up"])) == set(CatchUp)
    assert set(get_args(get_type_hints(CronOptions)["overlap"])) == set(Overlap)
    assert get_args(get_type_hints(ApiOptions)["method"]) == METHODS
