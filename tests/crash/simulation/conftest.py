from __future__ import annotations

import os
import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).parents[2] / "doubles"))
sys.path.insert(0, str(Path(__file__).parent))


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """One test a seed: MOTIA_SEEDS says how many, MOTIA_SEED names a single one to look at."""
    if "seed" in metafunc.fixturenames:
        single = os.environ.get("MOTIA_SEED")
        seeds = [int(single)] if single else range(1, int(os.environ.get("MOTIA_SEEDS", "20")) + 1)
        metafunc.parametrize("seed", seeds)
