"""Start of `motia dev` to the first 200, reload after a save, and idle memory, by language.

`first`: a project of `STEPS` files of one language, from the command to the 200 of its last step; cold
without anything cached, warm the second time. Reload: a save of one of those files until it answers anew.
"""

from __future__ import annotations

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

from benchmarks.processes import free_port, memory_mb, request, running, wait_http
from benchmarks.projects import started
from benchmarks.rivals import present, rival_node

STEPS = 50
RELOADS = 3
SETTLED_S = 2.0


def _python(number: int, version: str) -> str:
    return f'''from motia import api


@api(id="step-{number}", method="GET", path="/steps/{number}")
async def handle():
    return {{"version": "{version}"}}
'''


def _javascript(number: int, version: str) -> str:
    return f"""import {{ api }} from '@motia/core';

export default api({{ id: 'step-{number}', method: 'GET', path: '/steps/{number}' }}, () => ({{
  version: '{version}',
}}));
"""


def _typescript(number: int, version: str) -> str:
    return f"""import {{ api }} from '@motia/core';
import {{ z }} from 'zod';

const Query = z.object({{ limit: z.coerce.number().int().default(10) }});
type Answer = {{ version: string; limit: number }};

export default api(
  {{ id: 'step-{number}', method: 'GET', path: '/steps/{number}', schema: {{ query: Query }} }},
  ({{ query }}): Answer => ({{ version: '{version}', limit: query.limit }}),
);
"""


def _ruby(number: int, version: str) -> str:
    return f"""# frozen_string_literal: true

require "motia"

api(id: "step-{number}", method: "GET", path: "/steps/{number}") {{ {{ version: "{version}" }} }}
"""


SOURCES: dict[str, tuple[str, str, Callable[[int, str], str]]] = {
    "python": ("python", ".py", _python),
    "javascript": ("node", ".js", _javascript),
    "typescript": ("node", ".ts", _typescript),
    "ruby": ("ruby", ".rb", _ruby),
}
"""Language to what runs it, the ending of its files, and a step in it."""


def measure(*, rounds: int) -> dict[str, list[dict[str, float]]]:
    """A row a language, and one for a project with Python and Node workers side by side."""
    results: dict[str, list[dict[str, float]]] = {}
    runtimes = present(dict.fromkeys(runtime for runtime, _, _ in SOURCES.values()))
    projects = [(language,) for language in SOURCES] + [("python", "typescript")]
    wanted = [p for p in projects if all(SOURCES[language][0] in runtimes for language in p)]
    for _ in range(rounds):
        for languages in wanted:
            with tempfile.TemporaryDirectory() as folder:
                row = _round(Path(folder), languages)
                results.setdefault(f"ours {' and '.join(languages)}", []).append(row)
    return results


def _round(folder: Path, languages: tuple[str, ...]) -> dict[str, float]:
    project = folder / "project"
    (project / "motia" / "steps").mkdir(parents=True)
    (project / "package.json").write_text('{"private": true, "type": "module"}\n')
    if "typescript" in languages:
        (project / "node_modules").symlink_to(rival_node() / "node_modules")
    for language in languages:
        for number in _numbers(languages, language):
            _write(project, language, number, "one")
    cold_s = _first(project)
    port = free_port()
    began = time.perf_counter()
    with running(started(project, port, mode="dev")) as engine:
        wait_http(port, f"/steps/{STEPS}", expect=200)
        warm_s = time.perf_counter() - began
        time.sleep(SETTLED_S)
        idle_mb = memory_mb(engine)
        reloads_s = [_reload(project, languages[-1], port, f"v{n}") for n in range(RELOADS)]
    return {
        "first_cold_s": cold_s,
        "first_warm_s": warm_s,
        "reload_ms": median(reloads_s) * 1000,
        "idle_mb": idle_mb,
    }


def _numbers(languages: tuple[str, ...], language: str) -> range:
    """The numbers of a language's files: all languages share `STEPS`, and the last has the last."""
    share = STEPS // len(languages)
    first = languages.index(language) * share + 1
    return range(first, first + share)


def _write(project: Path, language: str, number: int, version: str) -> None:
    _, suffix, source = SOURCES[language]
    (project / "motia" / "steps" / f"step_{number}{suffix}").write_text(source(number, version))


def _first(project: Path) -> float:
    port = free_port()
    began = time.perf_counter()
    with running(started(project, port, mode="dev")):
        wait_http(port, f"/steps/{STEPS}", expect=200, limit_s=60)
        return time.perf_counter() - began


def _reload(project: Path, language: str, port: int, version: str) -> float:
    time.sleep(1.0)
    _write(project, language, STEPS, version)
    began = time.perf_counter()
    while time.perf_counter() - began < 20:
        if version.encode() in request(port, "GET", f"/steps/{STEPS}")[1]:
            return time.perf_counter() - began
        time.sleep(0.002)
    raise TimeoutError("the new version of the step never answered")
