"""One project in several languages, run by a real engine: one flow, reloads, and a runtime that is missing."""

from __future__ import annotations

import json
import shutil
import time
from pathlib import Path
from typing import Any

import pytest

from motia.project import sdk_dir

TYPESCRIPT = """
import { api } from '@motia/core';
import { priceOf } from './prices';

enum Currency { Euro = 'EUR' }

interface Order { item: string; count: number }

export default api(
  {
    id: 'order',
    method: 'POST',
    path: '/orders',
    schema: {
      body: {
        type: 'object',
        properties: { item: { type: 'string' }, count: { type: 'integer' } },
        required: ['item', 'count'],
      },
    },
  },
  async ({ body }) => {
    const order: Order = body;
    const total: number = priceOf(order.item) * order.count;
    const { runId, traceId } = await motia.trigger('check-stock', { ...order, total, currency: Currency.Euro });
    return { runId, traceId };
  },
);
"""
PRICES = "export const priceOf = (item: string): number => item.length;\n"
PYTHON = """
from motia import event, trigger

@event(id="check-stock", schema={"item": str, "count": int, "total": int, "currency": str})
async def check_stock(item: str, count: int, total: int, currency: str):
    await trigger("notify", {"text": f"{count} {item}: {total} {currency}"})
    return {"in_stock": True}
"""
RUBY = """
require "motia"

event(id: "notify", schema: { text: String }) do |text:|
  puts "notifying"
  trigger("record", text: text, from: "ruby")
  { notified: true }
end
"""
JAVASCRIPT = """
import { event, logger } from '@motia/core';

export default event({ id: 'record' }, async ({ text, from }, ctx) => {
  logger.info('recorded', { from });
  await ctx.state.set('records', ctx.traceId, { text, from });
  return { text, from };
});
"""
ANSWERS = {
    "node": (
        "answer.js",
        "import { api } from '@motia/core';\n"
        "import { VALUE } from './value.js';\n"
        "export default api({ id: 'js', path: '/js' }, async () => ({ value: VALUE }));\n",
        "value.js",
        "export const VALUE = %d;\n",
    ),
    "typescript": (
        "answer.ts",
        "import { api } from '@motia/core';\n"
        "import { VALUE } from './value';\n"
        "export default api({ id: 'ts', path: '/ts' }, async () => ({ value: VALUE as number }));\n",
        "value.ts",
        "export const VALUE: number = %d;\n",
    ),
    "ruby": (
        "answer.rb",
        'require "motia"\nrequire_relative "value"\napi(id: "rb", path: "/rb") { { value: VALUE } }\n',
        "value.rb",
        "VALUE = %d unless defined?(VALUE)\n",
    ),
    "python": (
        "answer.py",
        "from motia import api\nfrom value import VALUE\n"
        '@api(id="py", path="/py")\nasync def py():\n    return {"value": VALUE}\n',
        "value.py",
        "VALUE = %d\n",
    ),
}
PATHS = {"node": "/js", "typescript": "/ts", "ruby": "/rb", "python": "/py"}
WORKERS = {"typescript": "node"}
OTHERS = pytest.mark.parametrize("language", ["node", "typescript", "ruby"])


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "motia" / "steps").mkdir(parents=True)
    return tmp_path


def write(project: Path, **files: str) -> None:
    """Step files, by name with `__` for the dot."""
    for name, text in files.items():
        (project / "motia" / "steps" / name.replace("__", ".")).write_text(text)


def write_answer(project: Path, language: str, value: int = 1) -> None:
    """A step that answers a request with what a helper that it imports says."""
    step, text, helper, constant = ANSWERS[language]
    (project / "motia" / "steps" / helper).write_text(constant % value)
    (project / "motia" / "steps" / step).write_text(text)


def ended(until, served: Any, step: str) -> dict[str, Any]:
    """The newest run of a step, once it is over."""

    def newest() -> dict[str, Any] | None:
        runs = served.control("GET", f"/v1/runs?step={step}")["runs"]
        return runs[0] if runs else None

    found = until(newest, lambda run: run is not None and run["state"] in ("completed", "dead"))
    return served.run(found["id"])


def pids(served: Any, language: str) -> set[int]:
    """Processes of a language that take work."""
    return {
        worker["pid"]
        for worker in served.control("GET", "/v1/workers")["workers"]
        if worker["language"] == WORKERS.get(language, language) and worker["state"] == "ready"
    }


def link_esbuild(project: Path, needs) -> None:
    """What `npm install` would put there for TypeScript."""
    needs("npm")
    (project / "node_modules").symlink_to(sdk_dir("node") / "node_modules")


def prepare(project: Path, needs, language: str) -> None:
    """What the language needs, or a skipped test."""
    if language == "typescript":
        link_esbuild(project, needs)
    needs("node" if language == "typescript" else language)


def test_one_flow_goes_through_four_languages_in_one_trace(project, serve, until, needs):
    needs("node", "ruby")
    link_esbuild(project, needs)
    write(
        project,
        order__ts=TYPESCRIPT,
        prices__ts=PRICES,
        stock__py=PYTHON,
        notify__rb=RUBY,
        record__js=JAVASCRIPT,
    )
    served = serve(project, "dev")
    served.wait_line("Steps")

    status, answer = served.request("POST", "/orders", {"item": "book", "count": 3})

    assert status == 200, answer
    last = ended(until, served, "record")
    assert last["state"] == "completed", last
    assert last["result"] == {"text": "3 book: 12 EUR", "from": "ruby"}
    for step in ("check-stock", "notify", "record"):
        run = ended(until, served, step)
        assert (run["trace"], run["state"]) == (answer["traceId"], "completed"), run
    assert ended(until, served, "notify")["result"] == {"notified": True}
    languages = {step["id"]: step["language"] for step in served.control("GET", "/v1/steps")["steps"]}
    assert languages == {"order": "node", "check-stock": "python", "notify": "ruby", "record": "node"}
    assert served.request("POST", "/orders", {"item": "book"})[0] == 422
    served.wait_line("notifying")


def test_javascript_alone_needs_no_npm_and_starts_no_other_worker(project, serve, needs):
    needs("node")
    write_answer(project, "node")
    served = serve(project, "dev")
    served.wait_line("Steps")

    assert served.request("GET", "/js") == (200, {"value": 1})
    assert {worker["language"] for worker in served.control("GET", "/v1/workers")["workers"]} == {"node"}
    assert not (project / "node_modules").exists()


def test_a_missing_runtime_is_told_with_its_steps_and_the_rest_runs(project, serve):
    write_answer(project, "ruby")
    write_answer(project, "python")
    served = serve(project, "dev", MOTIA_RUBY="/nonexistent/ruby")
    served.wait_line("Steps")

    told = served.wait_line("Ruby steps cannot run")
    assert "MOTIA_RUBY is /nonexistent/ruby" in told
    assert "motia/steps/answer.rb" in told
    assert served.request("GET", "/py") == (200, {"value": 1})
    assert served.request("GET", "/rb")[0] == 404


def test_a_missing_runtime_fails_the_check_and_the_start(project, run_motia):
    write_answer(project, "ruby")
    write_answer(project, "python")
    (project / ".env").write_text("MOTIA_RUBY=/nonexistent/ruby\n")

    checked = run_motia("check", "--json", cwd=project, check=False)
    refused = run_motia("start", "--host", "127.0.0.1", "--port", "0", cwd=project, check=False)

    (fault,) = json.loads(checked.stdout)["faults"]
    assert (checked.returncode, fault["code"]) == (1, "no-runtime")
    assert refused.returncode == 1
    assert "Ruby steps cannot run" in refused.stderr


@OTHERS
def test_a_saved_helper_is_live_and_touches_no_other_language(project, serve, until, needs, language):
    prepare(project, needs, language)
    write_answer(project, language)
    write_answer(project, "python")
    served = serve(project, "dev")
    served.wait_line("Steps")
    python = pids(served, "python")
    until(lambda: served.request("GET", PATHS[language]), lambda answer: answer == (200, {"value": 1}))
    until(lambda: states(served, language), lambda seen: "standby" in seen)

    saved_mono = time.monotonic()
    write_answer(project, language, 2)
    until(lambda: served.request("GET", PATHS[language])[1], lambda answer: answer == {"value": 2})

    assert time.monotonic() - saved_mono < 2, "a busy machine is given its time; the promise is 300 ms"
    assert pids(served, "python") == python


@OTHERS
def test_a_file_that_does_not_load_keeps_its_last_good_version(project, serve, until, needs, language):
    prepare(project, needs, language)
    write_answer(project, language)
    served = serve(project, "dev")
    served.wait_line("Steps")
    step, _, helper, constant = ANSWERS[language]

    (project / "motia" / "steps" / helper).write_text("this is { no code\n")
    served.wait_line(helper)
    assert served.request("GET", PATHS[language]) == (200, {"value": 1})
    (project / "motia" / "steps" / helper).write_text(constant % 3)

    until(lambda: served.request("GET", PATHS[language])[1], lambda answer: answer == {"value": 3})
    assert step


@OTHERS
def test_a_first_file_of_a_language_gets_workers_and_a_last_one_loses_them(
    project, serve, until, needs, language
):
    prepare(project, needs, language)
    write_answer(project, "python")
    served = serve(project, "dev")
    served.wait_line("Steps")
    assert pids(served, language) == set()

    write_answer(project, language, 5)
    until(lambda: served.request("GET", PATHS[language]), lambda answer: answer == (200, {"value": 5}))
    for name in (ANSWERS[language][0], ANSWERS[language][2]):
        (project / "motia" / "steps" / name).unlink()

    until(lambda: states(served, language), lambda seen: not seen)
    assert served.request("GET", "/py") == (200, {"value": 1})


def test_a_changed_environment_reaches_every_language(project, serve, until, needs):
    needs("node", "ruby")
    (project / ".env").write_text("GREETING=hello\n")
    write(
        project,
        a__js="import { api } from '@motia/core';\n"
        "export default api({ id: 'js', path: '/js' }, async () => ({ value: process.env.GREETING }));\n",
        b__rb='require "motia"\napi(id: "rb", path: "/rb") { { value: ENV["GREETING"] } }\n',
        c__py="import os\nfrom motia import api\n"
        '@api(id="py", path="/py")\nasync def py():\n    return {"value": os.environ["GREETING"]}\n',
    )
    served = serve(project, "dev")
    served.wait_line("Steps")
    paths = ("/js", "/rb", "/py")
    for path in paths:
        assert served.request("GET", path) == (200, {"value": "hello"})
    until(lambda: states(served, "ruby"), lambda seen: "standby" in seen)

    (project / ".env").write_text("GREETING=goodbye\n")

    for path in paths:
        until(lambda at=path: served.request("GET", at)[1], lambda answer: answer == {"value": "goodbye"})


def test_a_node_that_refuses_its_options_is_a_fault_with_its_own_words(project, serve, needs):
    needs("node")
    write_answer(project, "node")
    write_answer(project, "python")
    served = serve(project, "dev", NODE_OPTIONS="--no-such-option")
    served.wait_line("Steps")

    served.wait_line("no worker for JavaScript and TypeScript could load the project")
    served.wait_line("--no-such-option")
    assert served.request("GET", "/py") == (200, {"value": 1})


@pytest.mark.parametrize("language", ["node", "ruby"])
def test_a_step_that_kills_its_worker_is_dead_in_the_end_and_its_language_goes_on(
    project, serve, until, needs, language
):
    needs(language)
    write_answer(project, language)
    if language == "node":
        # By another process: the worker itself keeps handlers from ending it.
        handler = "event({ id: 'die' }, () => execFileSync('kill', ['-9', String(process.pid)]));\n"
        imports = "import { execFileSync } from 'node:child_process';\nimport { event } from '@motia/core';\n"
        write(project, die__js=f"{imports}export default {handler}")
    else:
        write(project, die__rb='require "motia"\nevent(id: "die") { Process.kill(9, Process.pid); sleep }\n')
    served = serve(project, "dev")
    served.wait_line("Steps")

    served.control("POST", "/v1/trigger", {"target": "die", "payload": {}})
    run = ended(until, served, "die")

    assert (run["state"], run["reason"]) == ("dead", "crash_loop"), run
    assert "SIGKILL" in run["error"]["message"]
    until(lambda: served.request("GET", PATHS[language]), lambda answer: answer == (200, {"value": 1}))


def test_an_integer_that_javascript_cannot_hold_is_refused_for_its_steps_alone(
    project, serve, run_motia, needs
):
    needs("node")
    write(
        project, record__js=JAVASCRIPT, stock__py='from motia import event\n@event(id="py")\ndef py(n): ...\n'
    )
    served = serve(project, "dev")
    served.wait_line("Steps")

    refused = run_motia("trigger", "record", "--data", '{"n": 9007199254740993}', cwd=project, check=False)
    taken = run_motia("trigger", "py", "--data", '{"n": 9007199254740993}', cwd=project, check=False)

    assert refused.returncode == 1
    assert "/n: is an integer beyond 2^53, which JavaScript cannot hold exactly" in refused.stderr
    assert taken.returncode == 0, taken.stderr


def states(served: Any, language: str) -> set[str]:
    """States of a language's workers."""
    workers = served.control("GET", "/v1/workers")["workers"]
    return {worker["state"] for worker in workers if worker["language"] == WORKERS.get(language, language)}


def test_a_languages_own_settings_are_honoured(project, serve, needs):
    needs("node", "ruby")
    (project / "preload.cjs").write_text("globalThis.GREETING = 'hello';\n")
    gem = project / "gems" / "greeter"
    (gem / "lib").mkdir(parents=True)
    (gem / "lib" / "greeter.rb").write_text('module Greeter\n  GREETING = "hello"\nend\n')
    (gem / "greeter.gemspec").write_text(
        'Gem::Specification.new { |s| s.name = "greeter"; s.version = "1"; s.summary = "s"; s.authors = ["a"] }\n'
    )
    (project / "Gemfile").write_text('gem "greeter", path: "gems/greeter"\n')
    write(
        project,
        a__js="import { api } from '@motia/core';\n"
        "export default api({ id: 'js', path: '/js' }, () => ({ value: globalThis.GREETING }));\n",
        b__rb='require "motia"\nrequire "greeter"\napi(id: "rb", path: "/rb") { { value: Greeter::GREETING } }\n',
    )

    served = serve(project, "dev", NODE_OPTIONS=f"--require {project}/preload.cjs")
    served.wait_line("Steps")

    assert served.request("GET", "/js") == (200, {"value": "hello"})
    assert served.request("GET", "/rb") == (200, {"value": "hello"})


def test_a_gem_that_is_not_installed_is_a_fault_in_bundlers_words(project, serve, needs):
    needs("ruby")
    (project / "Gemfile").write_text('source "https://127.0.0.1:1"\ngem "no-such-gem-at-all"\n')
    write_answer(project, "ruby")
    write_answer(project, "python")

    served = serve(project, "dev")
    served.wait_line("Steps")

    served.wait_line("no worker for Ruby could load the project")
    served.wait_line("no-such-gem-at-all")
    assert served.request("GET", "/py") == (200, {"value": 1})


def test_a_runtime_that_is_installed_and_removed_is_noticed_by_itself(project, serve):
    write_answer(project, "ruby")
    write_answer(project, "python")
    runtime = project / "ruby-of-the-test"
    served = serve(project, "dev", MOTIA_RUBY=str(runtime))
    served.wait_line("Ruby steps cannot run")
    assert served.request("GET", "/rb")[0] == 404

    runtime.symlink_to(shutil.which("ruby"))
    served.wait_line("reloaded ruby")
    assert served.request("GET", "/rb") == (200, {"value": 1})

    runtime.unlink()
    served.wait_line("Ruby steps cannot run")
    assert served.request("GET", "/rb")[0] == 404
    assert served.request("GET", "/py") == (200, {"value": 1})
