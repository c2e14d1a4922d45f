"""`motia openapi`."""

from __future__ import annotations

import json
from pathlib import Path

from motia.cli.openapi import openapi


def test_the_document_has_the_api_steps(project):
    document = project.json(openapi)

    assert document["openapi"].startswith("3.")
    assert "post" in document["paths"]["/users/{id}"]


def test_it_can_be_written_to_a_file(project, tmp_path: Path):
    done = project.run(openapi, "-o", str(tmp_path / "openapi.json"), "--no-json")

    assert done.stdout.startswith("Wrote ")
    assert "paths" in json.loads((tmp_path / "openapi.json").read_text())
