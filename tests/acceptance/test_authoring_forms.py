"""Every form in which a step may be written, in each language, by a real engine with real workers.

The steps of `forms/<language>` have the same ids and do the same, so that one test serves all.
"""

from __future__ import annotations

import shutil
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from motia.testing import AppClient, app

FORMS = Path(__file__).parent / "forms"
NODE_MODULES = Path(__file__).resolve().parents[2] / "sdk" / "node" / "node_modules"
LANGUAGES = ("python", "javascript", "typescript", "ruby")
RUNTIMES = {"javascript": "node", "typescript": "node", "ruby": "ruby"}


@pytest.fixture(params=LANGUAGES)
def language(request: pytest.FixtureRequest) -> str:
    runtime = RUNTIMES.get(request.param)
    if runtime is not None and shutil.which(runtime) is None:
        pytest.skip(f"{runtime} is not installed")
    return request.param


@pytest.fixture
async def forms(language: str, tmp_path: Path) -> AsyncIterator[AppClient]:
    async with app(project_of(language, tmp_path)) as client:
        yield client


def project_of(language: str, folder: Path) -> Path:
    root = folder / language
    shutil.copytree(FORMS / language, root, ignore=shutil.ignore_patterns("__pycache__", ".motia"))
    if language == "typescript":
        (root / "node_modules").symlink_to(NODE_MODULES)
    return root


async def result_of(forms: AppClient, step: str, payload: object = None) -> object:
    """What the run of a fresh event of `step` returned."""
    run = await forms.trigger(step, {} if payload is None else payload)
    await forms.wait_idle()
    (found,) = [one for one in await forms.runs(step=step) if one.id == run]
    assert found.state == "completed", found
    return found.result


async def test_every_step_is_loaded_with_its_options(forms, language):
    resize, nightly, approval = (forms.steps[id] for id in ("resize-image", "nightly", "approval"))

    # One target is unknown on purpose: whatever the language, the source tells.
    assert [(fault.code, fault.severity) for fault in forms.faults] == [("unknown-target", "warning")]
    assert resize.concurrency is not None
    assert (resize.kind, resize.concurrency.limit) == ("event", 4)
    assert (nightly.schedule, nightly.timezone) == ("0 3 * * *", "Europe/Berlin")
    assert (approval.kind, approval.triggers, approval.triggered_by, approval.description) == (
        "noop",
        ("send-sms",),
        ("resize-image",),
        "a person says yes",
    )


async def test_an_event_handler_gets_its_payload_and_gives_a_result(forms):
    assert await result_of(forms, "resize-image", {"imageId": "i", "sizes": [1, 2, 3]}) == {"resized": 3}
    assert await result_of(forms, "whole", ["any", {"JSON": None}]) == ["any", {"JSON": None}]
    assert await result_of(forms, "by-json-schema") == 3


async def test_a_cron_step_runs(forms):
    await forms.fire("nightly")
    await forms.wait_idle()

    (run,) = await forms.runs(step="nightly")
    assert (run.state, run.result) == ("completed", {"kind": "manual"})


async def test_a_trigger_reaches_the_subscribers_of_a_topic(forms):
    assert await result_of(forms, "send-sms", {"phone": "123", "text": "x"}) == {"sent": True}
    await forms.wait_idle()

    assert await forms.state("sms") == {"123": 1}
    assert "sending" in await forms.logs(step="send-sms")


async def test_errors_choose_what_happens_next(forms):
    for step in ("fatal", "later", "fails", "fails-elsewhere"):
        await forms.trigger(step, {"n": 1} if step == "fails" else {})
    await forms.advance(minutes=5)

    fatal = (await forms.runs(step="fatal"))[0]
    assert (fatal.state, fatal.attempt, fatal.error) == ("dead", 1, "never again")
    (later,) = await forms.runs(step="later")
    assert (later.state, later.result) == ("completed", 2)
    fails = await forms.runs(step="fails")
    assert [(run.state, run.attempt) for run in fails] == [("dead", 2)] * 3
    errors = await forms.state("errors")
    assert errors["fails"] == {"message": "on purpose", "context": {"n": 1}, "count": 2}
    assert set(errors["fails-elsewhere"]) == {"name"}


async def test_a_step_calls_another_and_gets_its_result_or_its_error(forms):
    assert await result_of(forms, "asks") == {"answer": {"resized": 2}, "refused": "CallFailed"}


async def test_the_state_store_does_all_it_can(forms):
    assert await result_of(forms, "uses-state") == {
        "read": {"n": 2, "list": ["x"]},
        "done": [True, False],
        "listed": {"count": 2, "k": {"n": 9}},
        "gone": True,
        "cleared": 1,
        "missing": None,
    }


async def test_the_context_tells_the_run_and_output_is_captured(forms, language):
    assert await result_of(forms, "context") == {
        "ids": [16, 32],
        "same": True,
        "step": "context",
        "attempt": 1,
        "kind": "manual",
        "stopped": False,
        "started": ["pool"],
    }
    lines = await forms.logs(step="context")
    assert "careful" in lines
    if language != "python":  # in a test Python steps run in the test's own process, which prints itself
        assert "printed context" in lines


async def test_a_trigger_takes_its_options_and_refuses_what_does_not_fit(forms):
    assert await result_of(forms, "options") == {
        "same": True,
        "deduplicated": True,
        "state": "completed",
        "result": {"resized": 0},
        "refused": ["/imageId", "/sizes"],
    }


async def test_an_api_step_binds_the_parts_of_the_request(forms):
    image = await forms.request("GET", "/images/7")
    assert image.json() == {"id": "7", "step": "get-image"}

    parts = await forms.request(
        "PUT", "/parts/5?limit=3", json={"a": [1]}, headers={"User-Agent": "somebody"}
    )
    assert parts.json() == {
        "method": "PUT",
        "body": {"a": [1]},
        "params": {"id": 5},
        "query": {"limit": 3},
        "agent": "somebody",
        "raw": len(b'{"a":[1]}'),
    }


async def test_a_body_is_checked_and_gets_its_defaults(forms):
    made = await forms.request("POST", "/users", json={"name": "Ada"})
    assert (made.status, made.headers["x-made"], made.json()) == (201, "yes", {"name": "Ada", "age": 18})

    refused = await forms.request("POST", "/users", json={"age": "old"})
    assert refused.status == 422
    assert {problem["path"] for problem in refused.json()["error"]["details"]} == {"/name", "/age"}


async def test_every_kind_of_answer(forms):
    nothing = await forms.request("DELETE", "/things/1")
    text = await forms.request("GET", "/text")
    raw = await forms.request("GET", "/bytes")
    pieces = await forms.request("GET", "/pieces")
    events = await forms.request("GET", "/events")
    refused = await forms.request("GET", "/refuses")
    broken = await forms.request("GET", "/breaks")

    assert (nothing.status, nothing.body) == (204, b"")
    assert (text.text, text.headers["content-type"][:10]) == ("plain words", "text/plain")
    assert (raw.body, raw.headers["content-type"]) == (b"\x00\xff", "application/x-own")
    assert (pieces.body, pieces.headers["content-type"]) == (b"one,two", "text/csv")
    assert (events.events(), events.headers["content-type"][:17]) == (
        ["one", {"two": 2}],
        "text/event-stream",
    )
    assert (refused.status, refused.json()["error"]["details"]) == (409, {"by": "somebody"})
    assert (broken.status, broken.json()["error"]["code"]) == (500, "internal-error")


async def test_middleware_goes_around_the_handler(forms):
    without = await forms.request("GET", "/guarded")
    with_it = await forms.request("GET", "/guarded", headers={"authorization": "me"})

    assert without.status == 401
    assert (with_it.status, with_it.headers["x-step"]) == (200, "guarded")


@pytest.mark.parametrize(
    ("step", "payload", "result"),
    [
        ("by-library", {"id": "i"}, {"id": "i", "quantity": 1}),
        ("by-struct", {"to": "t"}, {"to": "t", "copies": 2}),
        ("by-typed-dict", {"x": 1, "y": 2}, 3),
        ("by-dataclass", {"weight": 1.5}, False),
        ("by-hints", {"name": "n"}, {"name": "n", "size": 3}),
    ],
)
async def test_python_has_more_forms_of_schemas(tmp_path, step, payload, result):
    async with app(project_of("python", tmp_path)) as forms:
        assert await result_of(forms, step, payload) == result


async def test_zod_coerces_transforms_and_refines_in_node(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    async with app(project_of("typescript", tmp_path)) as forms:
        made = await result_of(forms, "by-library", {"id": "i", "quantity": "7", "tags": "a,b"})
        refused = await forms.trigger("by-library", {"id": "forbidden"})
        await forms.wait_idle()

        assert made == {"id": "i", "quantity": 7, "tags": ["a", "b"]}
        (dead,) = [run for run in await forms.runs(step="by-library") if run.id == refused]
        assert dead.state == "dead"
        assert "is forbidden" in str(dead.error)


async def test_typescript_runs_with_no_build_step(tmp_path):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    async with app(project_of("typescript", tmp_path)) as forms:
        assert await result_of(forms, "typescript-forms") == {
            "enum": "green",
            "namespace": [1, 2],
            "decorator": "greet:hello you",
            "json": 3,
            "commonjs": 42,
            "same": True,
            "required": "b.txt",
            "ready": "top-level await",
            "here": "forms.ts",
            "text": {"phone": "1", "text": "x"},
        }
