from __future__ import annotations

import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from motia.model import StartError
from motia.project import find_config_file, read_config_file

ENVIRON = {"PATH": os.environ["PATH"]}


def read(root: Path, name: str, text: str, **more: Any) -> dict[str, Any]:
    path = root / name
    path.write_text(text)
    return read_config_file(path, environ=ENVIRON, **more)


def refused(root: Path, name: str, text: str, **more: Any) -> StartError:
    with pytest.raises(StartError) as caught:
        read(root, name, text, **more)
    return caught.value


def test_there_may_be_no_file(tmp_path: Path) -> None:
    assert find_config_file(tmp_path) is None


@pytest.mark.parametrize(
    ("name", "text"),
    [
        ("motia.config.py", "print('noise')\nconfig = {'port': 5}"),
        ("motia.config.js", "console.log('noise'); module.exports = { port: 5 }"),
        ("motia.config.js", "export default { port: 5 }"),
        ("motia.config.mjs", "export const config = { port: await Promise.resolve(5) }"),
        ("motia.config.cjs", "exports.port = 5"),
        ("motia.config.js", "export default () => ({ port: 5, host: undefined })"),
        ("motia.config.js", "exports.port = 5"),
        ("motia.config.ts", "export default { port: 5 as number }"),
        ("motia.config.ts", "const port: number = 5; module.exports = { port }"),
        ("motia.config.ts", "export const config = { port: 5 } satisfies object"),
    ],
)
def test_every_form_of_file_is_evaluated_by_its_own_language(
    tmp_path: Path, needs: Callable[..., None], name: str, text: str
) -> None:
    if not name.endswith(".py"):
        needs("node")

    assert read(tmp_path, name, text) == {"port": 5}


def test_a_python_file_may_import_what_is_beside_it(tmp_path: Path) -> None:
    (tmp_path / "shared_values.py").write_text("PORT = 5")

    assert read(tmp_path, "motia.config.py", "import shared_values as s\nconfig = {'port': s.PORT}") == {
        "port": 5
    }


@pytest.mark.parametrize(
    ("name", "text", "message", "hint"),
    [
        ("motia.config.py", "x = 1\nraise ValueError('bad day')", "motia.config.py:2: ValueError: bad day", "correct"),
        ("motia.config.py", "config = {\n  'a': 1\n  'b': 2\n}", "motia.config.py:2: SyntaxError", "correct"),
        ("motia.config.py", "x = 1", "motia.config.py: it defines no `config`", "config = {...}"),
        ("motia.config.py", "config = [1]", "motia.config.py: `config` is no dict but list", "config = {...}"),
        ("motia.config.py", "config = {'a': object()}", "motia.config.py: TypeError", "only what JSON can"),
        ("motia.config.py", "config = {'a': float('nan')}", "motia.config.py: ValueError", "only what JSON can"),
        ("motia.config.py", "import sys\nsys.exit(3)", "motia.config.py:2: SystemExit: 3", "correct"),
        ("motia.config.py", "import os\nprint('oh no', flush=True)\nos._exit(3)", "status 3 before it was read: oh no", "only define"),  # noqa: E501
        ("motia.config.js", "const a = 1;\nthrow new Error('bad day')", "motia.config.js:2: Error: bad day", "only define values"),  # noqa: E501
        ("motia.config.js", "module.exports = {\n  a: 1\n  b: 2\n}", "motia.config.js:3: ", "look at"),
        ("motia.config.js", "exports.a = { b: () => 1 }", "motia.config.js: config.a.b is a function", "only what JSON can"),  # noqa: E501
        ("motia.config.js", "import './nowhere.js'; export default {}", "motia.config.js:1: ", "look whether"),
        ("motia.config.ts", "const a: number = 1;\nthrow new Error(`bad ${a}`)", "motia.config.ts:2: Error: bad 1", "only define values"),  # noqa: E501
        ("motia.config.ts", "export default {\n  a: 1\n  b: 2\n}", "motia.config.ts:3: ", ""),
        ("motia.config.ts", "export default async () => {\n  throw new Error('late');\n}", "motia.config.ts:2: Error: late", "only"),  # noqa: E501
        ("motia.config.js", "module.exports = 5", "motia.config.js: it exports no object", "module.exports = {...}"),
        ("motia.config.js", "process.exit(4)", "motia.config.js:1: the file ends the process", ""),
    ],
)  # fmt: skip
def test_a_file_that_fails_is_refused_with_its_line_and_a_hint(
    tmp_path: Path, needs: Callable[..., None], name: str, text: str, message: str, hint: str
) -> None:
    if not name.endswith(".py"):
        needs("node")

    error = refused(tmp_path, name, text)

    assert message in error.message
    assert hint in error.hint


def test_a_file_that_never_ends_is_stopped_with_all_it_started(tmp_path: Path) -> None:
    text = (
        "import os, subprocess, sys, time\n"
        "child = subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "open('pids', 'w').write(f'{os.getpid()} {child.pid}')\n"
        "time.sleep(60)"
    )

    error = refused(tmp_path, "motia.config.py", text, limit_s=2.0)

    assert "motia.config.py was still running after 2 s" in error.message
    assert "no waiting" in error.hint
    for pid in (tmp_path / "pids").read_text().split():
        assert _is_gone(int(pid))


CONFIG_TS = """
import { readFileSync } from 'node:fs';
import { type Limits, limits } from './lib/limits';
import names from './lib/names.json';

enum Port { Development = 4000, Production = 8080 }

const site: string = process.env.SITE ?? 'none';

export default async (): Promise<Record<string, { port: Port; limits?: Limits; cors: object; name?: string }>> => ({
  development: { port: Port.Development, limits, cors: { origins: [site] } },
  production: { port: await Promise.resolve(Port.Production), cors: {}, name: names[0] },
  file: { port: 1, cors: { length: readFileSync(new URL(import.meta.url)).length > 0 } },
});
"""


def test_typescript_is_evaluated_with_its_imports_and_the_environment(
    tmp_path: Path, needs: Callable[..., None]
) -> None:
    needs("node")
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib" / "limits.ts").write_text(
        "export type Limits = { payload_bytes: string };\nexport const limits: Limits = { payload_bytes: '2 MiB' };\n"
    )
    (tmp_path / "lib" / "names.json").write_text('["shop"]')
    path = tmp_path / "motia.config.ts"
    path.write_text(CONFIG_TS)

    found = read_config_file(path, environ={**ENVIRON, "SITE": "https://example.com"})

    assert found["development"] == {
        "port": 4000,
        "limits": {"payload_bytes": "2 MiB"},
        "cors": {"origins": ["https://example.com"]},
    }
    assert found["production"] == {"port": 8080, "cors": {}, "name": "shop"}


def test_a_missing_node_is_said(tmp_path: Path) -> None:
    path = tmp_path / "motia.config.js"
    path.write_text("module.exports = {}")

    with pytest.raises(StartError) as caught:
        read_config_file(path, environ={"PATH": str(tmp_path)})

    assert "motia.config.js needs Node.js" in caught.value.message
    assert "motia.config.py" in caught.value.hint


def _is_gone(pid: int) -> bool:
    # The orphan is reaped by the system's init: gone, or a zombie that waits for that.
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline:
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except (FileNotFoundError, ProcessLookupError):
            return True
        if state == "Z":
            return True
    return False
