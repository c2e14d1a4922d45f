"""motia/workflows as a project has it: read in every language, checked as a whole, a change live at once."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from motia.testing import app

STEPS = """
from motia import api, event


@api(id="place-order", method="POST", path="/orders")
async def place_order(body):
    return body


for name in ("reserve-stock", "charge-card", "release-stock"):
    event(id=name)(lambda payload: payload)
"""
ORDER = """\
id: order
start: place-order
steps:
  reserve-stock: {}
  charge-card: { after: [reserve-stock] }
"""
BROKEN = """\
id: order
start: place-ordr
steps:
  reserve-stok: {}
  charge-card: { after: [place-order, charge-card], whit: {} }
  place-order: {}
on_failure: release-stok
timout: 1h
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    for name, text in (("steps/shop.py", STEPS), ("workflows/deep/order.yaml", ORDER)):
        path = tmp_path / "motia" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return tmp_path


def test_check_tells_everything_at_once(project: Path, run_motia: Callable[..., Any]) -> None:
    assert run_motia("check", cwd=project).returncode == 0
    (project / "motia" / "workflows" / "deep" / "order.yaml").write_text(BROKEN)
    (project / "motia" / "workflows" / "other.py").write_text(
        "from motia import workflow\nworkflow(id='pay', start='charge-card', steps={'place-order': None})\n"
    )

    done = run_motia("check", "--json", cwd=project, check=False)

    assert done.returncode != 0
    faults = json.loads(done.stdout)["faults"]
    assert {(fault["code"], fault["file"].rpartition("/")[2], fault["line"]) for fault in faults} == {
        ("unknown-option", "order.yaml", 5),
        ("unknown-option", "order.yaml", 8),
        ("workflow-circle", "order.yaml", 5),
        ("unknown-step", "order.yaml", 2),
        ("unknown-step", "order.yaml", 4),
        ("unknown-step", "order.yaml", 7),
        ("api-member", "order.yaml", 6),
        ("api-member", "other.py", 2),
    }
    assert "did you mean 'timeout'?" in {fault["hint"] for fault in faults}


async def test_what_is_configured_is_in_the_catalog_and_an_api_member_is_not(project: Path) -> None:
    (project / "motia" / "workflows" / "bad.yaml").write_text(
        "id: bad\nstart: charge-card\nsteps: { place-order: {} }\n"
    )

    async with app(project, strict=False) as client:
        assert [fault.code for fault in client.faults] == ["api-member"]
        assert list(client.engine.catalog.workflows) == ["order"]


def test_a_changed_file_is_live_and_a_broken_one_is_told_and_mended(
    project: Path, serve: Callable[..., Any]
) -> None:
    engine = serve(project, "dev")
    engine.wait_line("Steps")
    file = project / "motia" / "workflows" / "deep" / "order.yaml"

    file.write_text(BROKEN)
    told = engine.wait_line("motia/workflows/deep/order.yaml")
    engine.wait_line("its last good version goes on")
    file.write_text(ORDER)
    mended = engine.wait_line("mended")

    assert "motia/workflows/deep/order.yaml" in told
    assert "motia/workflows/deep/order.yaml" in mended


def test_a_project_with_a_broken_workflow_does_not_start(
    project: Path, run_motia: Callable[..., Any]
) -> None:
    (project / "motia" / "workflows" / "deep" / "order.yaml").write_text(BROKEN)

    done = run_motia("start", "--port", "0", cwd=project, check=False)

    assert done.returncode != 0
    assert "motia/workflows/deep/order.yaml" in done.stdout + done.stderr
