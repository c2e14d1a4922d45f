"""Generated types with real type checkers: a wrong payload to a step of another language does not pass."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from motia.project import sdk_dir

SMS = """
from motia import event


@event(id="send-sms", schema={"phone": str, "parts": list[int], "note": str | None})
async def send_sms(phone: str, parts: list[int], note: str | None = None):
    return {"sent": True}
"""
ORDER = {
    "type": "object",
    "properties": {"id": {"type": "string"}, "size": {"enum": ["s", "m"]}},
    "required": ["id", "size"],
}


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    (tmp_path / "motia" / "events").mkdir()
    (tmp_path / "motia" / "steps" / "sms.py").write_text(SMS)
    (tmp_path / "motia" / "events" / "order.placed.json").write_text(json.dumps(ORDER))
    (tmp_path / "package.json").write_text('{"type": "module"}')
    return tmp_path


# TypeScript


def tsc(project: Path, source: str) -> list[str]:
    """What the compiler says of `source`, by the declarations of the SDK."""
    sdk = sdk_dir("node")
    compiler = sdk / "node_modules" / "typescript" / "bin" / "tsc"
    node = shutil.which("node") or "node"
    (project / "use.ts").write_text(source)
    options = {
        "target": "es2023",
        "module": "nodenext",
        "strict": True,
        "noEmit": True,
        "types": ["node"],
        "typeRoots": [str(sdk / "node_modules" / "@types")],
        "paths": {"@motia/core": [str(sdk / "dist" / "index.d.ts")]},
    }
    (project / "tsconfig.json").write_text(
        json.dumps({"compilerOptions": options, "files": ["use.ts", "motia-env.d.ts"]})
    )
    done = subprocess.run(
        [node, str(compiler), "--pretty", "false", "-p", "."],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
    )
    lines = [line for line in done.stdout.splitlines() if "error TS" in line]
    assert bool(lines) == (done.returncode != 0), done.stdout
    return lines


RIGHT_TS = """
import { motia } from '@motia/core';
declare const any: string;

await motia.trigger('send-sms', { phone: '1', parts: [1, 2] });
await motia.trigger('send-sms', { phone: '1', parts: [], note: null }, { delay: '5m' });
await motia.trigger('order.placed', { id: 'a', size: 's' });
await motia.trigger('not-written-yet', { anything: 1 });
await motia.trigger(any, { anything: 1 });
await motia.call('send-sms', { phone: '1', parts: [] });
"""


def test_payloads_that_fit_pass_tsc(
    project: Path, needs: Callable[..., None], run_motia: Callable[..., Any]
) -> None:
    needs("node", "npm")
    run_motia("types", cwd=project)

    assert tsc(project, RIGHT_TS) == []


@pytest.mark.parametrize(
    ("line", "words"),
    [
        (
            "await motia.trigger('send-sms', { phone: 1, parts: [] });",
            "'number' is not assignable to type 'string'",
        ),
        ("await motia.trigger('send-sms', { phone: '1' });", "Property 'parts' is missing"),
        (
            "await motia.call('send-sms', { phone: '1', parts: ['a'] });",
            "'string' is not assignable to type 'number'",
        ),
        ("await motia.trigger('send-sms', { phne: '1', parts: [] });", "'phne' does not exist"),
        ("await motia.trigger('order.placed', { id: 'a', size: 'xl' });", '"xl"\' is not assignable'),
    ],
)
def test_a_wrong_payload_to_a_python_step_or_a_topic_fails_tsc(
    project: Path, needs: Callable[..., None], run_motia: Callable[..., Any], line: str, words: str
) -> None:
    needs("node", "npm")
    run_motia("types", cwd=project)

    (found,) = tsc(project, f"import {{ motia }} from '@motia/core';\n{line}\n")

    assert found.startswith("use.ts(2,")
    assert words in found


# Python


def pyrefly(project: Path, source: str) -> list[str]:
    """What the type checker says of `source`, with the stub before the package."""
    path = project / "motia" / "steps" / "use.py"
    path.write_text(source)
    program = Path(sys.executable).with_name("pyrefly")
    done = subprocess.run(
        [
            str(program),
            "check",
            "--output-format=min-text",
            f"--python-interpreter-path={sys.executable}",
            "--search-path=typings",
            str(path),
        ],
        cwd=project,
        capture_output=True,
        text=True,
        timeout=60,
    )
    return [line for line in done.stdout.splitlines() if line.lstrip().startswith("ERROR")]


RIGHT_PY = """
from motia import Context, HttpError, event, logger, motia, state, trigger


@event(id="use")
async def use(name: str, ctx: Context):
    await trigger("send-sms", {"phone": "1", "parts": [1]})
    await trigger("send-sms", {"phone": "1", "parts": [], "note": None}, delay=5, key="a")
    await motia.trigger("order.placed", {"id": "a", "size": "s"})
    await ctx.trigger("not-written-yet", {"anything": 1})
    await ctx.motia.trigger(name, {"anything": 1})
    receipt = await trigger("order.placed", {"id": "a", "size": "m"})
    logger.info(receipt.run_id, {"attempt": ctx.attempt, "state": await state.get("a", "b")})
    if ctx.trigger.kind == "event":
        raise HttpError(404, "gone")
"""


def test_payloads_that_fit_pass_a_python_checker(project: Path, run_motia: Callable[..., Any]) -> None:
    run_motia("types", cwd=project)

    assert pyrefly(project, RIGHT_PY) == []


@pytest.mark.parametrize(
    "line",
    [
        'await trigger("send-sms", {"phone": 1, "parts": []})',
        'await trigger("send-sms", {"phone": "1"})',
        'await motia.call("send-sms", {"phone": "1", "parts": ["a"]})',
        'await ctx.trigger("send-sms", {"phne": "1", "parts": []})',
        'await ctx.motia.trigger("order.placed", {"id": "a", "size": "xl"})',
        'await trigger("order.placed")',
    ],
)
def test_a_wrong_payload_fails_a_python_checker(
    project: Path, run_motia: Callable[..., Any], line: str
) -> None:
    run_motia("types", cwd=project)
    source = f"from motia import Context, motia, trigger\n\n\nasync def use(ctx: Context):\n    {line}\n"

    (found,) = pyrefly(project, source)

    assert "PayloadDoesNotFit" in found


# keeping them current


def test_dev_keeps_the_types_current(
    project: Path, serve: Callable[..., Any], until: Callable[..., Any]
) -> None:
    engine = serve(project, "dev")
    engine.wait_line("wrote typings/motia/__init__.pyi: commit it")
    before = (project / "motia-env.d.ts").read_text()

    (project / "motia" / "steps" / "more.py").write_text(SMS.replace("send-sms", "send-fax"))
    after = until((project / "motia-env.d.ts").read_text, lambda text: "send-fax" in text)

    assert "'send-sms'" in before
    assert "'send-fax'" not in before
    assert "'order.placed'" in after


def test_install_writes_them_and_check_tells_when_they_are_stale(
    project: Path, run_motia: Callable[..., Any]
) -> None:
    (project / "package.json").unlink()
    run_motia("install", cwd=project)
    current = run_motia("types", "--check", cwd=project, check=False)
    (project / "motia" / "steps" / "sms.py").write_text(SMS.replace("send-sms", "send-fax"))
    stale = run_motia("types", "--check", cwd=project, check=False)

    assert (current.returncode, stale.returncode) == (0, 1)
    assert "out of date: typings/motia/__init__.pyi" in stale.stderr
