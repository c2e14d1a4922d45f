"""worker.md, sections 5 and 6: the manifest."""

from __future__ import annotations

import msgspec

from motia.model import StepKind


def by_id(manifest):
    return {step.id: step for step in manifest.steps}


def test_the_manifest_says_what_each_step_is(start, language):
    worker = start()
    worker.greet()

    steps = by_id(worker.load())

    assert {step.language for step in steps.values()} == {language.name}
    typed = steps["typed"]
    assert (typed.kind, typed.topics, typed.retries) == (StepKind.EVENT, ("user.changed",), 5)
    schema = msgspec.json.decode(typed.schema)
    assert schema["required"] == ["userId", "actions", "metadata"]
    assert schema["properties"]["userId"]["type"] == "string"
    create = steps["create-user"]
    assert (create.method, create.path) == ("POST", "/users")
    assert msgspec.json.decode(create.request.body)["properties"]["age"]["type"] == "integer"
    nightly = steps["nightly"]
    assert (nightly.schedule, nightly.timezone, nightly.overlap) == ("0 3 * * *", "Europe/Berlin", "queue")
    approval = steps["approval"]
    assert (approval.kind, approval.triggers, approval.description) == (
        StepKind.NOOP,
        ("echo",),
        "a person says yes",
    )


def test_every_step_says_where_it_is_written(start, language):
    worker = start()
    worker.greet()

    manifest = worker.load()

    assert {step.source.file for step in manifest.steps} == set(language.files)
    assert all(step.source.line > 0 for step in manifest.steps)


def test_a_file_that_does_not_load_is_a_fault_and_the_others_work(start, language):
    worker = start()
    worker.greet()

    manifest = worker.load(*language.broken, *language.files)

    faults = {fault.file: fault for fault in manifest.faults}
    assert set(faults) == set(language.broken)
    syntax, missing = (faults[file] for file in language.broken)
    assert syntax.code == "syntax-error"
    assert syntax.line > 0
    assert missing.code == "import-error"
    assert missing.hint
    assert "half" not in by_id(manifest)
    worker.invoke("echo", [1])
    assert worker.value() == [1]


def test_the_manifest_lists_the_project_files_that_were_read(start, language):
    worker = start()
    worker.greet()

    manifest = worker.load()

    assert set(language.files) <= set(manifest.modules)
    states = language.files[2]
    assert any("shared" in file for file in manifest.file_modules[states])
    assert not any("shared" in file for file in manifest.file_modules[language.files[0]])


def test_start_hooks_run_before_the_first_invocation(worker):
    worker.invoke("hooked")

    assert worker.value() == ["pool"]
