"""Loading project files: names, imports, faults, and what was read."""

from __future__ import annotations

import os

import pytest


async def steps_of(engine, root, *files):
    manifest = await engine.load(root, *files)
    return manifest, {step.id: step for step in manifest.steps}


STEP = """
    from motia import event
    @event(id="{id}")
    async def handler(payload):
        return {value}
"""


async def value_of(engine, step):
    import msgspec

    engine.invoke(step)
    return msgspec.json.decode((await engine.next()).value)


async def test_helpers_are_found_in_the_root_in_motia_and_in_steps(engine, project, tmp_path):
    (tmp_path / "shared_in_root.py").write_text("A = 1")
    root = project(
        lib__deep="B = 2",
        steps__email__names="C = 3",
        steps__email__send="""
        from motia import event
        from shared_in_root import A
        from lib.deep import B
        from .names import C
        from steps.email.names import C as D
        @event(id="x")
        async def x(payload):
            from email.message import Message
            return [A, B, C, D, Message.__module__]
        """,
    )

    manifest, steps = await steps_of(engine, root, "motia/steps/email/names.py", "motia/steps/email/send.py")

    assert manifest.faults == ()
    assert steps["x"].source.file == "motia/steps/email/send.py"
    assert await value_of(engine, "x") == [1, 2, 3, 3, "email.message"]
    assert manifest.file_modules["motia/steps/email/send.py"] == (
        "motia/lib/deep.py",
        "motia/steps/email/names.py",
        "shared_in_root.py",
    )
    assert manifest.file_modules["motia/steps/email/names.py"] == ()


async def test_a_step_file_is_one_module_by_whatever_name_it_is_imported(engine, project):
    root = project(
        steps__db="""
        from motia import event
        opened = []
        opened.append(1)
        @event(id="db")
        async def db(payload): return len(opened)
        """,
        steps__a="""
        import db
        from steps import db as again
        from motia import event
        @event(id="a")
        async def a(payload): return db.opened is again.opened
        """,
    )

    manifest, _ = await steps_of(engine, root, "motia/steps/a.py", "motia/steps/db.py")

    assert manifest.faults == ()
    assert sorted(step.id for step in manifest.steps) == ["a", "db"]
    assert await value_of(engine, "a") is True


async def test_a_step_file_never_hides_the_standard_library(engine, project):
    root = project(
        steps__queue=STEP.format(id="q", value=1),
        steps__a="""
        import colorsys
        from motia import event
        @event(id="a")
        async def a(payload): return hasattr(colorsys, "rgb_to_hsv")
        """,
        steps__colorsys=STEP.format(id="c", value=1),
    )

    manifest, _ = await steps_of(engine, root, *(f"motia/steps/{n}.py" for n in ("colorsys", "queue", "a")))

    assert manifest.faults == ()
    assert await value_of(engine, "a") is True


async def test_any_file_name_is_loaded(engine, project, tmp_path):
    root = project(**{"steps__01-resize image.step": STEP.format(id="x", value=7)})

    manifest, _ = await steps_of(engine, root, "motia/steps/01-resize image.step.py")

    assert manifest.faults == ()
    assert await value_of(engine, "x") == 7


def test_an_edit_within_the_same_second_is_seen(project):
    from motia.python_worker.importer import Importer

    root = project(steps__a="VALUE = 1")
    file = root / "motia/steps/a.py"
    os.utime(file, (1_700_000_000, 1_700_000_000))
    values = []
    for text in ("VALUE = 1", "VALUE = 2"):
        file.write_text(text)
        os.utime(file, (1_700_000_000, 1_700_000_000))
        importer = Importer(str(root))
        importer.install()
        values.append(importer.load(os.path.realpath(file)).VALUE)
        importer.uninstall()

    assert values == [1, 2]
    assert not list(root.rglob("*.pyc"))


@pytest.mark.parametrize(
    ("text", "code", "line", "in_message"),
    [
        ("import motia\n\ndef (:\n", "syntax-error", 3, "invalid"),
        ("import motia\nimport yamll_\n", "import-error", 2, "yamll_"),
        ("import motia\nfrom motia import evnt\n", "import-error", 2, "evnt"),
        ("x = 1\ny = x / 0\n", "load-error", 2, "ZeroDivisionError"),
        ("import sys\nsys.exit(1)\n", "load-error", 2, "sys.exit(1)"),
        ("from motia import event\n@event(id='')\ndef f(): pass\n", "invalid-option", 2, "id"),
    ],
)
async def test_a_file_that_fails_is_reported_with_its_line_and_the_others_load(
    engine, project, text, code, line, in_message
):
    root = project(steps__bad="", steps__good=STEP.format(id="good", value=1))
    (root / "motia/steps/bad.py").write_text(text)

    manifest, steps = await steps_of(engine, root, "motia/steps/bad.py", "motia/steps/good.py")

    (fault,) = manifest.faults
    assert (fault.code, fault.file, fault.line) == (code, "motia/steps/bad.py", line)
    assert in_message in fault.message
    assert "importlib" not in fault.stack
    assert list(steps) == ["good"]
    assert "motia/steps/bad.py" in manifest.modules


async def test_a_missing_library_is_told_with_what_to_install(engine, project):
    root = project(steps__a="import yaml_not_here\n")

    manifest, _ = await steps_of(engine, root, "motia/steps/a.py")

    assert "pip install yaml_not_here" in manifest.faults[0].hint


async def test_a_broken_helper_is_named_beside_the_step_that_imports_it(engine, project):
    root = project(
        lib__helper="\n\nx = 1 / 0\n", steps__a="\nimport lib.helper\n", steps__b="\n\nimport lib.helper\n"
    )

    manifest, _ = await steps_of(engine, root, "motia/steps/a.py", "motia/steps/b.py")

    assert [(f.file, f.line, f.also) for f in manifest.faults] == [
        ("motia/steps/a.py", 2, "motia/lib/helper.py:3"),
        ("motia/steps/b.py", 3, "motia/lib/helper.py:3"),
    ]
    assert "motia/lib/helper.py" in manifest.modules


async def test_half_a_file_declares_nothing(engine, project):
    root = project(
        steps__a="""
        from motia import event, on_start
        @event(id="half")
        async def half(): pass
        raise RuntimeError("later")
        """
    )

    manifest, steps = await steps_of(engine, root, "motia/steps/a.py")

    assert (len(manifest.faults), steps) == (1, {})


async def test_lazy_imports_and_imports_behind_the_cache_are_known(engine, project):
    root = project(
        lib__used="X = 1",
        lib__inner="Y = 1",
        lib__lazy="from lib.inner import Y",
        steps__a="import lib.used",
        steps__b="""
        from lib import used
        def later():
            from lib import lazy
        """,
    )

    manifest, _ = await steps_of(engine, root, "motia/steps/a.py", "motia/steps/b.py")

    assert manifest.file_modules == {
        "motia/steps/a.py": ("motia/lib/used.py",),
        "motia/steps/b.py": ("motia/lib/inner.py", "motia/lib/lazy.py", "motia/lib/used.py"),
    }
    assert "motia/lib/inner.py" in manifest.modules


async def test_a_file_that_is_gone_is_a_fault(engine, project):
    manifest, _ = await steps_of(engine, project(steps__a=""), "motia/steps/gone.py")

    assert [fault.file for fault in manifest.faults] == ["motia/steps/gone.py"]


async def test_a_helper_without_steps_is_no_fault(engine, project):
    manifest, steps = await steps_of(engine, project(steps__a="def f(): return 1"), "motia/steps/a.py")

    assert (manifest.faults, steps) == ((), {})


async def test_two_steps_of_one_id_are_both_in_the_manifest(engine, project):
    root = project(steps__a=STEP.format(id="x", value=1), steps__b=STEP.format(id="x", value=2))

    manifest, _ = await steps_of(engine, root, "motia/steps/a.py", "motia/steps/b.py")

    assert [step.source.file for step in manifest.steps] == ["motia/steps/a.py", "motia/steps/b.py"]
