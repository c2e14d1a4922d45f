from __future__ import annotations

import os
from pathlib import Path

import msgspec
import pytest

from motia.project import WorkflowReader, Workflows, discover

ORDER = "id: order\nstart: place\nsteps:\n  reserve: {}\n  charge: { after: [reserve] }\ntimeout: 1h\n"
PYTHON = (
    "from datetime import timedelta\n"
    "from motia import workflow\n"
    "\n"
    "MEMBERS = {'reserve': {}, 'charge': {'after': ['reserve']}}\n"
    "workflow(id='order', start='place', steps=MEMBERS, on_failure='refund', timeout=timedelta(hours=1))\n"
    "workflow({'id': 'return', 'start': 'take-back', 'steps': {'refund': {'with': {'fee': 1.5}}}})\n"
)
TYPESCRIPT = (
    "import { workflow } from '@motia/core';\n"
    "\n"
    "enum Step { Reserve = 'reserve' }\n"
    "export default workflow({\n"
    "  id: 'order', start: 'place', steps: { [Step.Reserve]: {}, charge: { after: ['reserve'] } },\n"
    "  onFailure: 'refund', timeout: '1h',\n"
    "});\n"
)
RUBY = (
    "require 'motia'\n"
    "\n"
    "workflow id: 'order', start: :place, on_failure: 'refund', timeout: '1h',\n"
    "         steps: { reserve: {}, charge: { after: :reserve } }\n"
)


def write(root: Path, name: str, text: str) -> None:
    path = root / "motia" / "workflows" / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)


def read(reader: WorkflowReader, root: Path) -> Workflows:
    return reader.read(discover(root).workflows)


@pytest.fixture
def reader(tmp_path: Path) -> WorkflowReader:
    return WorkflowReader(tmp_path, os.environ)


def test_yaml_files_at_any_depth_are_read(reader: WorkflowReader, tmp_path: Path) -> None:
    write(tmp_path, "shop/deep/order.yaml", ORDER)
    write(tmp_path, "return.yml", ORDER.replace("id: order", "id: return"))

    found = read(reader, tmp_path)

    assert found.faults == ()
    assert [(one.id, one.source.file) for one in found.workflows] == [
        ("order", "motia/workflows/shop/deep/order.yaml"),
        ("return", "motia/workflows/return.yml"),
    ]


@pytest.mark.parametrize(
    ("name", "text", "line"),
    [
        ("order.py", PYTHON, 5),
        ("order.ts", TYPESCRIPT, 4),
        ("order.mjs", TYPESCRIPT.replace("enum Step {", "const Step = {").replace(" = 'r", ": 'r"), 4),
        (
            "order.cjs",
            "const { workflow } = require('@motia/core');\n" + "".join(TYPESCRIPT.splitlines(True)[2:])
            .replace("enum Step {", "const Step = {").replace(" = 'r", ": 'r").replace("export default ", ""),
            3,
        ),
        ("order.rb", RUBY, 3),
    ],
)  # fmt: skip
def test_every_language_configures_the_same(
    reader: WorkflowReader, tmp_path: Path, name: str, text: str, line: int
) -> None:
    write(tmp_path, name, text)

    found = read(reader, tmp_path)

    assert found.faults == ()
    spec = found.workflows[0]
    assert (spec.id, spec.start, spec.on_failure, spec.timeout_ms) == ("order", "place", "refund", 3_600_000)
    assert [(one.step, one.after) for one in spec.members] == [("reserve", ()), ("charge", ("reserve",))]
    assert (spec.source.file, spec.source.line) == (f"motia/workflows/{name}", line)
    assert f"motia/workflows/{name}" in found.modules


def test_a_python_file_may_configure_several(reader: WorkflowReader, tmp_path: Path) -> None:
    write(tmp_path, "order.py", PYTHON)

    second = read(reader, tmp_path).workflows[1]

    assert (second.id, second.source.line) == ("return", 6)
    assert msgspec.json.decode(second.members[0].constants or b"") == {"fee": 1.5}


@pytest.mark.parametrize(
    ("name", "text", "code", "line", "words"),
    [
        ("a.yaml", "id: a\n  start: b\n", "syntax-error", 2, "this is no YAML"),
        ("a.yaml", "# later\n", "no-workflow", 0, "configures no workflow"),
        ("a.py", "x = 1\n", "no-workflow", 0, "configures no workflow"),
        ("a.py", "from motia import workflow\nworkflow(id='a', steps={})\nboom\n", "load-error", 3, "boom"),
        ("a.py", "from motia import workflow\nworkflow(id='a', steps=print)\n", "invalid-workflow", 2, "/steps"),
        ("a.ts", "import { workflow } from '@motia/core';\n\nworkflow({ id: () => 1 } as never);\n",
         "invalid-workflow", 3, "/id"),
        ("a.ts", "export const a = ;\n", "syntax-error", 1, ""),
        ("a.mjs", "throw new Error('bad day');\n", "load-error", 1, "bad day"),
        ("a.rb", "x = 1\n", "no-workflow", 0, "configures no workflow"),
        ("a.rb", "\nworkflow id: 'a', steps: Object.new\n", "invalid-workflow", 2, "/steps"),
        ("a.rb", "raise 'bad day'\n", "load-error", 1, "bad day"),
        ("a.json", "{}", "unknown-workflow-file", 0, "no workflow configuration"),
    ],
)  # fmt: skip
def test_a_file_that_configures_nothing_says_why(
    reader: WorkflowReader, tmp_path: Path, name: str, text: str, code: str, line: int, words: str
) -> None:
    write(tmp_path, name, text)

    found = read(reader, tmp_path)

    assert found.workflows == ()
    (fault,) = found.faults
    assert (fault.code, fault.file, fault.line) == (code, f"motia/workflows/{name}", line)
    assert words in fault.message
    assert fault.hint


def test_helpers_and_notes_may_lie_beside(reader: WorkflowReader, tmp_path: Path) -> None:
    write(tmp_path, "_shared.py", "STEPS = {'reserve': {}}\n")
    write(tmp_path, "README.md", "# notes\n")
    write(
        tmp_path,
        "order.py",
        "from motia import workflow\nfrom workflows._shared import STEPS\n"
        "workflow(id='order', start='s', steps=STEPS)\n",
    )

    found = read(reader, tmp_path)

    assert [one.id for one in found.workflows] == ["order"]
    assert found.faults == ()


def test_two_files_with_one_id_are_both_named(reader: WorkflowReader, tmp_path: Path) -> None:
    write(tmp_path, "a.yaml", ORDER)
    write(tmp_path, "b.py", PYTHON)

    found = read(reader, tmp_path)

    (fault,) = found.faults
    assert (fault.code, fault.file, fault.line, fault.also) == (
        "duplicate-workflow",
        "motia/workflows/b.py",
        5,
        "motia/workflows/a.yaml:1",
    )
    assert [(one.id, one.source.file) for one in found.workflows] == [
        ("order", "motia/workflows/a.yaml"),
        ("return", "motia/workflows/b.py"),
    ]


def test_a_file_that_breaks_keeps_what_it_had_and_one_that_goes_does_not(
    reader: WorkflowReader, tmp_path: Path
) -> None:
    write(tmp_path, "order.yaml", ORDER)
    write(tmp_path, "both.py", PYTHON.replace("'order'", "'other'"))
    before = read(reader, tmp_path)
    assert [one.id for one in before.workflows] == ["order", "other", "return"]

    write(tmp_path, "order.yaml", ORDER.replace("timeout: 1h", "timeout: soon"))
    write(tmp_path, "both.py", "this is no Python\n")
    broken = read(reader, tmp_path)
    assert broken.workflows == before.workflows
    assert {fault.file for fault in broken.faults} == {
        "motia/workflows/both.py",
        "motia/workflows/order.yaml",
    }
    assert [draft.id for draft in broken.drafts] == ["order"]

    (tmp_path / "motia" / "workflows" / "order.yaml").unlink()
    assert [one.id for one in read(reader, tmp_path).workflows] == ["other", "return"]


def test_a_missing_runtime_keeps_the_workflows_of_all_its_files(tmp_path: Path) -> None:
    write(tmp_path, "a.rb", RUBY)
    write(tmp_path, "b.rb", RUBY.replace("'order'", "'return'"))
    reader = WorkflowReader(tmp_path, os.environ)
    before = read(reader, tmp_path)

    reader.use_environ({"PATH": str(tmp_path)})
    after = read(reader, tmp_path)

    assert after.workflows == before.workflows
    assert [fault.code for fault in after.faults] == ["workflows-not-read"]
