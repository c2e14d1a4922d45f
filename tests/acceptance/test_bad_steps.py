"""Steps that misbehave in every language: the run or the load says what is wrong, and everything else goes on.

What Python steps do wrong is in `test_bad_project.py` and `tests/unit/python_worker`; here are the
other languages, side by side with a Python step that must keep working.
"""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from .conftest import Served, motia, wait_until

NODE_MODULES = Path(__file__).resolve().parents[2] / "sdk" / "node" / "node_modules"

PYTHON = """
from motia import event


@event(id="fine-python")
async def fine(payload):
    return payload
"""

TYPESCRIPT = """
import { event, motia } from '@motia/core';
import { spawnSync } from 'node:child_process';

const once = { retries: 0 };

export const fine = event({ id: 'fine-node' }, async (payload: unknown) => payload);
export const unawaited = event({ id: 'node-unawaited', ...once }, async () => {
  void Promise.reject(new Error('nobody awaited me'));
  await new Promise((resolve) => setTimeout(resolve, 5_000));
});
export const exits = event({ id: 'node-exit', ...once }, async () => process.exit(3));
export const loops = event({ id: 'node-loop', ...once, timeout: 1 }, async () => {
  for (;;) {}
});
export const big = event({ id: 'node-big', ...once }, async () => 'x'.repeat(100_000_000));
export const circular = event({ id: 'node-circular', ...once }, async () => {
  const first: Record<string, unknown> = {};
  first.inner = { first };
  return first;
});
export const bigint = event({ id: 'node-bigint', ...once }, async () => ({ n: [1n] }));
export const nothing = event({ id: 'node-undefined', ...once }, async () => undefined);
export const text = event({ id: 'node-throws-text', ...once }, async () => {
  throw 'just text';
});
export const killed = event({ id: 'node-killed', ...once }, async () => {
  spawnSync('kill', ['-9', String(process.pid)]);
  await new Promise(() => {});
});
export const kills = event({ id: 'node-kill', ...once }, async () => process.kill(process.pid, 'SIGKILL'));
export const aborts = event({ id: 'node-abort', ...once }, async () => process.abort());
export const socket = event({ id: 'node-socket', ...once }, async () => {
  const told = Object.keys(process.env).filter((name) => name.startsWith('MOTIA_WORKER'));
  return { told };
});
export const sends = event({ id: 'node-sends-circular', ...once }, async () => {
  const payload: Record<string, unknown> = {};
  payload.self = payload;
  await motia.trigger('fine-python', payload as never);
});
export const late = event({ id: 'node-late', ...once }, async () => {
  setTimeout(() => {
    throw new Error('after the end');
  }, 10);
  return 'answered';
});
"""

RUBY = """
require "motia"

event(id: "fine-ruby") { |payload| payload }
event(id: "ruby-exit", retries: 0) { exit 3 }
event(id: "ruby-exit-now", retries: 0) { exit! 3 }
event(id: "ruby-abort", retries: 0) { abort "that was it" }
event(id: "ruby-exception", retries: 0) { raise Exception, "not a StandardError" }
event(id: "ruby-throw", retries: 0) { throw :nobody_catches }
event(id: "ruby-deep", retries: 0) { deep = ->(n) { deep.call(n + 1) }; deep.call(0) }
event(id: "ruby-loop", retries: 0, timeout: 1) { loop {} }
event(id: "ruby-big", retries: 0) { "x" * 100_000_000 }
event(id: "ruby-circular", retries: 0) { first = {}; first["inner"] = { "first" => first }; first }
event(id: "ruby-nan", retries: 0) { { n: [Float::NAN] } }
event(id: "ruby-bytes", retries: 0) { { n: "\\xff\\xfe" } }
event(id: "ruby-nothing", retries: 0) { nil }
event(id: "ruby-killed", retries: 0) { Process.kill(:KILL, Process.pid); sleep }
event(id: "ruby-socket", retries: 0) { { told: ENV.keys.grep(/MOTIA_WORKER/) } }
"""

DEAD = [
    ("node-unawaited", "nobody awaited me"),
    ("node-exit", "process.exit(3)"),
    ("node-kill", "SIGKILL"),
    ("node-abort", "process.abort()"),
    ("node-big", "more than 100000000 bytes"),
    ("node-circular", "/inner/first"),
    ("node-bigint", "/n/0"),
    ("node-throws-text", "just text"),
    ("node-sends-circular", "/self"),
    ("ruby-exit", "exit"),
    ("ruby-exit-now", "exit!"),
    ("ruby-abort", "that was it"),
    ("ruby-exception", "not a StandardError"),
    ("ruby-throw", "nobody_catches"),
    ("ruby-deep", "stack level too deep"),
    ("ruby-big", "100000002 bytes"),
    ("ruby-circular", "/inner/first"),
    ("ruby-nan", "/n/0"),
    ("ruby-bytes", "UTF-8"),
]


@pytest.fixture(scope="module")
def dev(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Served]:
    """One engine for everything bad: it goes on after each."""
    for runtime in ("node", "ruby"):
        if shutil.which(runtime) is None:
            pytest.skip(f"{runtime} is not installed")
    root = tmp_path_factory.mktemp("bad-steps")
    steps = root / "motia" / "steps"
    steps.mkdir(parents=True)
    (root / "node_modules").symlink_to(NODE_MODULES)
    (steps / "fine.py").write_text(PYTHON)
    (steps / "bad.ts").write_text(TYPESCRIPT)
    (steps / "bad.rb").write_text(RUBY)
    served = Served(root, "dev")
    try:
        served.wait_line("Steps")
        yield served
    finally:
        served.end()


def outcome(served: Served, step: str) -> dict:
    """The run of `step` once it is over."""
    run = served.control("POST", "/v1/trigger", {"target": step, "payload": {}})["runId"]
    return wait_until(
        lambda: served.run(run), lambda found: found["state"] in ("completed", "dead", "cancelled")
    )


def all_languages_work(served: Served) -> bool:
    return all(outcome(served, f"fine-{name}")["state"] == "completed" for name in ("python", "node", "ruby"))


@pytest.mark.parametrize(("step", "says"), DEAD, ids=[step for step, _ in DEAD])
def test_a_run_says_what_its_step_did_wrong_and_the_others_go_on(dev, step: str, says: str):
    run = outcome(dev, step)

    assert run["state"] == "dead"
    assert says in json.dumps(run["error"], ensure_ascii=False)
    assert all_languages_work(dev)


@pytest.mark.parametrize("step", ["node-loop", "ruby-loop"])
def test_an_endless_loop_ends_with_its_timeout(dev, step: str):
    run = outcome(dev, step)

    assert run["state"] == "dead"
    assert "timeout" in json.dumps(run).lower()
    assert all_languages_work(dev)


@pytest.mark.parametrize("step", ["node-killed", "ruby-killed"])
def test_a_step_that_kills_its_worker_is_found_out_and_the_others_go_on(dev, step: str):
    run = outcome(dev, step)

    assert (run["state"], run["reason"]) == ("dead", "crash_loop")
    assert all_languages_work(dev)


@pytest.mark.parametrize(("step", "result"), [("node-undefined", None), ("ruby-nothing", None)])
def test_nothing_is_null(dev, step: str, result: object):
    assert outcome(dev, step)["result"] == result


@pytest.mark.parametrize("step", ["node-socket", "ruby-socket"])
def test_a_step_is_not_told_the_socket_of_its_worker(dev, step: str):
    assert outcome(dev, step)["result"] == {"told": []}


def test_an_error_after_the_answer_is_logged_and_the_worker_lives(dev):
    assert outcome(dev, "node-late")["result"] == "answered"

    dev.wait_line("after the end")
    assert all_languages_work(dev)


FAULTS = {
    "syntax.ts": ("export const a: = 1;", "syntax-error", "Unexpected"),
    "package.ts": (
        "import x from 'no-such-package-here';\nexport const y = x;",
        "import-error",
        "npm install",
    ),
    "helper.ts": ("import { x } from './not-there';\nexport const y = x;", "import-error", "not-there"),
    "throws.ts": ("import '@motia/core';\n\nthrow new Error('no such luck');", "", "no such luck"),
    "no_step.ts": (
        "import { event } from '@motia/core';\nexport const options = { id: 'a' };\n"
        "export default async function handler() {}\n",
        "",
        "default",
    ),
    "two.ts": (
        "import { event } from '@motia/core';\n"
        "export default [event({ id: 'b' }, async () => 1), event({ id: 'c' }, async () => 1)];\n",
        "",
        "default",
    ),
    "zod.ts": (
        "import { event } from '@motia/core';\nimport { z } from 'zod';\n"
        "export default event({ id: 'd', schema: z.object({ at: z.object({ day: z.date() }) }) }, async () => 1);\n",
        "",
        "at.day",
    ),
    "option.ts": (
        "import { event } from '@motia/core';\nexport default event({ id: 'e', retrys: 2 } as never, async () => 1);",
        "",
        "retries",
    ),
    "syntax.rb": ("def broken(\n", "syntax-error", ""),
    "gem.rb": ("require 'no_such_gem_here'\n", "import-error", "gem"),
    "throws.rb": ("raise 'no such luck'\n", "", "no such luck"),
    "option.rb": ("require 'motia'\nevent(id: 'f', retrys: 2) { 1 }\n", "", "retries"),
    "signature.rb": (
        "require 'motia'\nevent(id: 'g', schema: { a: String }) { |a:, b:| 1 }\n",
        "",
        "b",
    ),
}


def test_everything_wrong_with_a_project_is_told_at_once_with_its_place(tmp_path):
    for runtime in ("node", "ruby"):
        if shutil.which(runtime) is None:
            pytest.skip(f"{runtime} is not installed")
    steps = tmp_path / "motia" / "steps"
    steps.mkdir(parents=True)
    (tmp_path / "node_modules").symlink_to(NODE_MODULES)
    for name, (code, _, _) in FAULTS.items():
        (steps / name).write_text(code)
    (steps / "fine.py").write_text(PYTHON)

    done = motia("check", "--json", cwd=tmp_path, check=False)

    assert done.returncode == 1, done.stderr
    faults: dict[str, list[dict]] = {}
    for fault in json.loads(done.stdout)["faults"]:
        faults.setdefault(fault["file"].removeprefix("motia/steps/"), []).append(fault)
    for name, (_, code, says) in FAULTS.items():
        assert name in faults, f"{name} has no fault: {faults}"
        found = faults[name]
        assert says in json.dumps(found, ensure_ascii=False), name
        assert not code or code in {fault["code"] for fault in found}, name
        assert all(fault.get("line") for fault in found), name
    assert "fine.py" not in faults
