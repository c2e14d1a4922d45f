"""worker.md, section 5: `loading` names the file before it is entered, whatever it does to the process."""

from __future__ import annotations

import pytest

from motia.protocol import Load, LoadedManifest, Loading

SUFFIX = {"python": ".py", "node": ".mjs", "ruby": ".rb"}
ENDS = {
    "python": "import os\nos._exit(3)\n",
    "node": "import { execSync } from 'node:child_process';\nexecSync(`kill -9 ${process.pid}`);\n",
    "ruby": "exit!(3)\n",
}
STARTS = {
    "python": "import motia\n\n\n@motia.on_start\ndef begin():\n    pass\n",
    "node": "import { onStart } from '@motia/core';\n\nonStart(() => {});\n",
    "ruby": "require 'motia'\n\nMotia.on_start {}\n",
}


@pytest.fixture
def project(language, tmp_path):
    """Writes step files of the language and returns their names."""
    (tmp_path / "motia" / "steps").mkdir(parents=True)

    def write(**texts):
        names = []
        for name, text in texts.items():
            names.append(f"motia/steps/{name}{SUFFIX[language.name]}")
            (tmp_path / names[-1]).write_text(text[language.name] if text else "")
        return str(tmp_path), tuple(names)

    return write


def said(worker):
    """The files named until the manifest or the end."""
    files = []
    while isinstance(message := worker.next(), Loading):
        files.append(message.file)
    return files, message


@pytest.mark.parametrize("apart", [False, True])
def test_each_file_and_each_start_hook_is_named_in_order(start, project, apart):
    root, files = project(a=None, b=STARTS, c=None)
    worker = start()
    worker.greet()

    worker.send(Load(root=root, files=files, tells=True, apart=apart))
    named, manifest = said(worker)

    assert isinstance(manifest, LoadedManifest)
    assert named == [*files, files[1]]
    assert manifest.faults == ()


def test_a_worker_that_was_not_asked_names_no_file(start, project):
    root, files = project(a=None)
    worker = start()
    worker.greet()

    worker.send(Load(root=root, files=files))

    assert isinstance(worker.next(), LoadedManifest)


def test_a_file_that_ends_the_process_was_named_before(start, project):
    root, files = project(a=None, b=ENDS, c=None)
    worker = start()
    worker.greet()

    worker.send(Load(root=root, files=files, tells=True))

    named = [worker.next(), worker.next()]
    assert [message.file for message in named] == list(files[:2])
    assert worker.ends()


def test_a_drain_during_the_load_is_no_fault(start, project):
    root, files = project(a=None, b=None)
    worker = start()
    worker.greet()

    worker.send(Load(root=root, files=files, tells=True))
    assert isinstance(worker.next(), Loading)

    assert worker.drain() == 0
