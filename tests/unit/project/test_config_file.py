from __future__ import annotations

import os
import time
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
    ],
)
def test_every_form_of_file_is_evaluated_by_its_own_language(tmp_path: Path, name: str, text: str) -> None:
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
        ("motia.config.js", "const a = 1;\nthrow new Error('bad day')", "motia.config.js:2: Error: bad day", "correct"),
        ("motia.config.js", "module.exports = {\n  a: 1\n  b: 2\n}", "motia.config.js:3: SyntaxError", "correct"),
        ("motia.config.js", "module.exports = 5", "motia.config.js: it exports no object", "module.exports = {...}"),
        ("motia.config.js", "process.exit(4)", "status 4 before it was read", "only define"),
    ],
)  # fmt: skip
def test_a_file_that_fails_is_refused_with_its_line_and_a_hint(
    tmp_path: Path, name: str, text: str, message: str, hint: str
) -> None:
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


def test_typescript_says_which_node_it_needs(tmp_path: Path) -> None:
    node = tmp_path / "node"
    node.write_text("#!/bin/sh\necho v20.19.1\n")
    node.chmod(0o755)
    path = tmp_path / "motia.config.ts"
    path.write_text("export default { port: 5 as number }")

    with pytest.raises(StartError) as caught:
        read_config_file(path, environ={**ENVIRON, "MOTIA_NODE": str(node)})

    assert "motia.config.ts: Node.js 20.19.1 cannot read TypeScript" in caught.value.message
    assert "22.6" in caught.value.hint


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
