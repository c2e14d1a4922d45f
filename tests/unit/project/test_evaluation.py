from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from motia.project.evaluation import EvaluationFailed, evaluate, evaluator


def test_what_a_file_exports_comes_back_as_schemas(tmp_path: Path) -> None:
    (tmp_path / "order.py").write_text("print('noise')\nschema = {'id': str}\n")

    answer = evaluate("python", tmp_path, ["order.py"], environ=os.environ)

    export = answer.files["order.py"].exports["default"]
    assert (
        bytes(export.schema or b"")
        == b'{"type":"object","properties":{"id":{"type":"string"}},"required":["id"]}'
    )
    assert export.line == 2
    assert answer.read == ("order.py",)


def test_a_file_that_never_ends_is_stopped(tmp_path: Path) -> None:
    (tmp_path / "order.py").write_text("print('here', flush=True)\nimport time\ntime.sleep(60)\n")
    started = time.monotonic()

    with pytest.raises(EvaluationFailed) as caught:
        evaluate("python", tmp_path, ["order.py"], environ=os.environ, limit_s=2.0)

    assert caught.value.message == "order.py was still running after 2 s and was stopped: here"
    assert time.monotonic() - started < 30


@pytest.mark.parametrize("language", ["node", "ruby"])
def test_a_missing_runtime_says_what_to_do(tmp_path: Path, language: str) -> None:
    with pytest.raises(EvaluationFailed) as caught:
        evaluator(language, tmp_path, {"PATH": str(tmp_path)})

    assert language in caught.value.message
    assert caught.value.hint
