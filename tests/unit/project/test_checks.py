from __future__ import annotations

from pathlib import Path
from typing import Any

import msgspec
import pytest

from motia.model import (
    Backoff,
    Concurrency,
    LoadFault,
    Manifest,
    RequestSchemas,
    Source,
    StepId,
    StepKind,
    StepSpec,
    TopicSpec,
)
from motia.project import Discovery, check, discover, order


def step(
    name: str, kind: StepKind = StepKind.EVENT, *, file: str = "motia/steps/a.py", line: int = 1, **more: Any
) -> StepSpec:
    return StepSpec(
        id=StepId(name), kind=kind, language="python", source=Source(file=file, line=line), **more
    )


def api(name: str, path: str, *, method: str = "GET", **more: Any) -> StepSpec:
    return step(name, StepKind.API, method=method, path=path, **more)


def cron(name: str, schedule: str, **more: Any) -> StepSpec:
    return step(name, StepKind.CRON, schedule=schedule, **more)


def faults_of(*steps: StepSpec, root: Path = Path("/nowhere"), **more: Any) -> tuple[LoadFault, ...]:
    return check(Manifest(steps=steps), Discovery(root=root, files={}), **more)


def test_a_sound_project_has_no_faults() -> None:
    assert (
        faults_of(
            api("get", "/users/:id"),
            api("make", "/users", method="post"),
            api("root", "/"),
            step("mail", topics=("user-made",), on_error=StepId("failed"), triggers=("failed", "user-made")),
            step("failed"),
            cron("nightly", "0 3 * * *", timezone="Europe/Berlin"),
            step("approve", StepKind.NOOP, triggered_by=("mail",)),
        )
        == ()
    )


def test_a_step_that_contradicts_its_topic_names_both_places() -> None:
    def raw(**fields: str) -> msgspec.Raw:
        properties = {name: {"type": kind} for name, kind in fields.items()}
        return msgspec.Raw(
            msgspec.json.encode({"type": "object", "properties": properties, "required": [*fields]})
        )

    topic = TopicSpec(
        name="made", schema=raw(id="string", total="number"), source=Source(file="e.json", line=2)
    )
    steps = (
        step("fewer", topics=("made",), schema=raw(id="string")),
        step("none", topics=("made",)),
        step("bad", topics=("made",), schema=raw(id="integer"), line=7),
        step("converts", topics=("made",), schema=raw(id="integer"), worker_validates=True),
        step("made", schema=raw(other="string"), line=9),
    )

    found = check(Manifest(steps=steps, topics=(topic,)), Discovery(root=Path("/nowhere"), files={}))

    assert [(fault.code, fault.line, fault.also) for fault in found] == [
        ("topic-contradicted", 7, "e.json:2"),
        ("topic-contradicted", 9, "e.json:2"),
    ]
    assert "step 'bad' contradicts the topic 'made' (e.json:2): /id is text in the topic" in found[0].message


def test_two_steps_with_one_id_name_both_places() -> None:
    (fault,) = faults_of(step("a", file="x.py", line=3), step("a", file="y.py", line=7))

    assert (fault.code, fault.file, fault.line, fault.also) == ("duplicate-id", "y.py", 7, "x.py:3")
    assert "'a' is taken: x.py:3" in fault.message
    assert "another id" in fault.hint


@pytest.mark.parametrize(
    ("first", "second"), [("/a/:x", "/a/:x"), ("/a/:x", "/a/:y"), ("/", "/"), ("/a/:x/b", "/a/:longer/b")]
)
def test_two_routes_that_a_router_cannot_tell_apart_name_both_places(first: str, second: str) -> None:
    (fault,) = faults_of(
        api("one", first, file="x.py", line=3), api("two", second, file="y.py", method="get")
    )

    assert (fault.code, fault.file, fault.also) == ("duplicate-route", "y.py", "x.py:3")
    assert f"GET {second} of step 'two' is taken by step 'one' at x.py:3" in fault.message
    assert "change the method or the path" in fault.hint


@pytest.mark.parametrize(
    ("first", "second"),
    [(("GET", "/a"), ("POST", "/a")), (("GET", "/a/:x"), ("GET", "/a/b")), (("GET", "/a"), ("GET", "/a/:x"))],
)
def test_routes_that_differ_are_fine(first: tuple[str, str], second: tuple[str, str]) -> None:
    steps = [api(f"s{i}", path, method=method) for i, (method, path) in enumerate([first, second])]

    assert faults_of(*steps) == ()


@pytest.mark.parametrize(
    ("spec", "code", "message", "hint"),
    [
        (step(""), "invalid-id", "the id '' is empty", "printable"),
        (step("a b"), "invalid-id", "the id 'a b' has white space", "without spaces"),
        (step("a\x07"), "invalid-id", "control characters", "printable"),
        (step("é" * 128), "invalid-id", "is 256 bytes long; 255 is the limit", "printable"),
        (step("a", topics=("b c",)), "invalid-topic", "the topic 'b c' has white space", "a topic is printable"),
        (api("a", ""), "invalid-path", "the api step 'a' has no path", "/users/:id"),
        (api("a", "users"), "invalid-path", "'users' of 'a' does not start with /", "/users/:id"),
        (api("a", "/a//b"), "invalid-path", "has an empty segment", "/users/:id"),
        (api("a", "/a/../b"), "invalid-path", "has the segment '..'", "/users/:id"),
        (api("a", "/:id/:id"), "invalid-path", "names the parameter ':id' twice", "/users/:id"),
        (api("a", "/:user-id"), "invalid-path", "the parameter ':user-id', whose name", "/users/:id"),
        (api("a", "/:"), "invalid-path", "the parameter ':', whose name", "/users/:id"),
        (api("a", "/a b"), "invalid-path", "with characters that a path cannot have", "/users/:id"),
        (api("a", "/a?b=1"), "invalid-path", "with characters that a path cannot have", "/users/:id"),
        (api("a", "/a", method="FETCH"), "invalid-method", "has the method 'FETCH'", "GET, POST"),
        (api("a", "/a", method=""), "invalid-method", "has no method", "GET, POST"),
        (cron("a", ""), "invalid-schedule", "the cron step 'a' has no schedule", "0 3 * * *"),
        (cron("a", "0 25 * * *"), "invalid-schedule", "cron step 'a': in the schedule '0 25 * * *' the hour field", "0 to 23"),  # noqa: E501
        (cron("a", "0 0 31 2 *"), "invalid-schedule", "never fires", "check day"),
        (cron("a", "0 3 * * *", timezone="Mars/Base"), "invalid-timezone", "cron step 'a': there is no time zone 'Mars/Base'", "IANA"),  # noqa: E501
        (step("a", schema=msgspec.Raw(b'{"type": "strng"}')), "invalid-schema", "the schema of step 'a' is no usable JSON Schema: at /type", "JSON Schema (draft 2020-12)"),  # noqa: E501
        (step("a", schema=msgspec.Raw(b'{"$ref": "http://x.invalid/y"}')), "invalid-schema", "schemas are never fetched", "JSON Schema"),  # noqa: E501
        (api("a", "/a", request=RequestSchemas(query=msgspec.Raw(b"3"))), "invalid-schema", "the schema.query of step 'a'", "JSON Schema"),  # noqa: E501
        (step("a", retries=-1), "invalid-option", "retries of step 'a' is -1", "0 to 1,000"),
        (step("a", timeout_ms=0), "invalid-option", "timeout of step 'a' is 0", "up to 7 days"),
        (step("a", concurrency=Concurrency(limit=0)), "invalid-option", "concurrency of step 'a' is 0", "1 to 100,000"),
        (step("a", backoff=Backoff(factor=0.5)), "invalid-option", "backoff.factor of step 'a' is 0.5", "1 to 100"),
    ],
)  # fmt: skip
def test_a_bad_step_is_an_error_with_its_place_and_a_hint(
    spec: StepSpec, code: str, message: str, hint: str
) -> None:
    (fault,) = faults_of(spec)

    assert (fault.code, fault.file, fault.line, fault.severity) == (code, "motia/steps/a.py", 1, "error")
    assert message in fault.message
    assert hint in fault.hint


@pytest.mark.parametrize(
    ("spec", "code", "message", "hint"),
    [
        (step("a", on_error=StepId("mial")), "unknown-error-step", "on_error of 'a' names 'mial'", "did you mean 'mail'?"),  # noqa: E501
        (step("a", triggers=("mial",)), "unknown-target", "triggers of 'a' names 'mial'", "did you mean 'mail'?"),
        (step("a", triggers=("get",)), "unknown-target", "that is an api step (motia/steps/a.py:1)", "handles it"),
        (step("a", StepKind.NOOP, triggered_by=("mial",)), "unknown-source", "triggered_by of 'a' names 'mial'", "'mail'"),  # noqa: E501
    ],
)  # fmt: skip
def test_an_unknown_name_is_a_warning_with_the_closest(
    spec: StepSpec, code: str, message: str, hint: str
) -> None:
    (fault,) = faults_of(spec, step("mail"), api("get", "/get"))

    assert (fault.code, fault.severity) == (code, "warning")
    assert message in fault.message
    assert hint in fault.hint


def test_strict_triggers_make_an_unknown_target_an_error() -> None:
    (fault,) = faults_of(step("a", triggers=("nobody",)), is_strict=True)

    assert fault.severity == "error"


def test_a_topic_may_be_called_like_a_step() -> None:
    assert faults_of(step("order"), step("mail", topics=("order",)), step("log", topics=("order",))) == ()


def test_unknown_targets_in_the_source_are_listed_with_their_lines(tmp_path: Path) -> None:
    (tmp_path / "motia/steps").mkdir(parents=True)
    (tmp_path / "motia/steps/a.py").write_text(
        "from motia import event, motia, trigger\n\n\n@event(id='a')\nasync def a():\n"
        "    await trigger('send-mial')\n    await motia.call('nobody')\n    await trigger('send-mail')\n"
    )
    (tmp_path / "helper.py").write_text("from motia import trigger\ntrigger('from-helper')\n")
    manifest = Manifest(
        steps=(step("a", line=4), step("send-mail")), modules=("motia/steps/a.py", "helper.py")
    )

    faults = check(manifest, discover(tmp_path))
    strict = check(manifest, discover(tmp_path), is_strict=True)

    assert [(fault.file, fault.line) for fault in faults] == [
        ("helper.py", 2),
        ("motia/steps/a.py", 6),
        ("motia/steps/a.py", 7),
    ]
    assert "trigger('send-mial'): no step has that id" in faults[1].message
    assert faults[1].hint == "did you mean 'send-mail'?"
    assert {fault.severity for fault in faults} == {"warning"}
    assert {fault.severity for fault in strict} == {"error"}


@pytest.mark.parametrize(
    ("file", "text"),
    [
        ("a.ts", "import { motia as m } from '@motia/core'\n\nm.trigger('send-mial')\n"),
        ("a.rb", "require 'motia'\n\ntrigger 'send-mial'\n"),
    ],
)
def test_unknown_targets_are_listed_in_every_language(tmp_path: Path, file: str, text: str) -> None:
    (tmp_path / "motia/steps").mkdir(parents=True)
    (tmp_path / "motia/steps" / file).write_text(text)

    (fault,) = check(Manifest(steps=(step("send-mail"),)), discover(tmp_path))

    assert (fault.code, fault.file, fault.line) == ("unknown-target", f"motia/steps/{file}", 3)
    assert fault.hint == "did you mean 'send-mail'?"


def test_everything_is_reported_at_once_with_what_workers_and_discovery_found(tmp_path: Path) -> None:
    (tmp_path / "motia/steps").mkdir(parents=True)
    (tmp_path / "motia/steps/a.rb").symlink_to(tmp_path / "gone.rb")
    worker = LoadFault(code="syntax-error", file="motia/steps/b.py", line=9, message="invalid syntax")
    manifest = Manifest(
        steps=(step("x y", line=2), cron("c", "bad", line=3), api("d", "bad")), faults=(worker,)
    )

    faults = check(manifest, discover(tmp_path))

    assert {fault.code for fault in faults} == {
        "syntax-error", "unreadable-file", "invalid-id", "invalid-schedule", "invalid-path",
    }  # fmt: skip
    assert [fault.severity for fault in faults] == ["error"] * 4 + ["warning"]


def test_faults_are_ordered_by_severity_then_place_and_equal_ones_are_one() -> None:
    def fault(file: str, line: int, severity: str) -> LoadFault:
        return LoadFault(code="x", file=file, line=line, message="m", severity=severity)

    a1, a2, b1, w = (
        fault("a", 1, "error"),
        fault("a", 2, "error"),
        fault("b", 1, "error"),
        fault("a", 0, "warning"),
    )

    assert order([w, b1, a2, a1, a2]) == (a1, a2, b1, w)
