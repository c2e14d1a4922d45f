"""SIGKILL of the engine and of workers under load: nothing acknowledged lost, no framework effect twice."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest

from .harness import KILLS, EngineUnderTest, Load, chance, wait_until

KILLS_A_LIFE = 5


@pytest.fixture
def engine(tmp_path: Path):
    engine = EngineUnderTest(tmp_path)
    yield engine
    engine.close()


def test_killing_the_engine_loses_nothing_acknowledged(engine: EngineUnderTest):
    random = chance()
    with Load(engine) as load:
        for _ in range(KILLS):
            engine.start()
            _let_run(random.uniform(0.05, 0.6))
            engine.kill()
    engine.start()

    _assert_everything_is_whole(engine, load)
    assert engine.stop() == 0
    _assert_the_database_is_sound(engine)


def test_killing_workers_loses_nothing_acknowledged(engine: EngineUnderTest):
    random = chance()
    engine.start()
    with Load(engine) as load:
        for kill in range(KILLS):
            if kill % KILLS_A_LIFE == 0 and kill:
                assert engine.stop() == 0  # a fresh engine starts dead workers again without a pause
                engine.start()
            _let_run(random.uniform(0.05, 0.4))
            victim = random.choice(_live_workers(engine))
            os.kill(victim, signal.SIGKILL)
            wait_until(lambda victim=victim: victim not in _live_workers(engine), "the dead worker is gone")
            wait_until(lambda: bool(_live_workers(engine)), "a worker is back")

    _assert_everything_is_whole(engine, load)
    assert engine.stop() == 0
    _assert_the_database_is_sound(engine)


def test_workers_die_with_their_engine(engine: EngineUnderTest):
    engine.start()
    workers = _live_workers(engine)

    engine.kill()

    assert workers
    wait_until(lambda: not any(_exists(pid) for pid in workers), "the workers are gone", limit_s=5)


def _assert_everything_is_whole(engine: EngineUnderTest, load: Load) -> None:
    wait_until(lambda: engine.open_runs() == 0, "every run is final", limit_s=60)
    executed = {line.split()[1] for line in engine.done_file.read_text().splitlines()}
    work, follow = engine.runs("work"), engine.runs("follow")
    by_id = {run["id"]: run for run in work}

    assert len(load.acknowledged) >= KILLS, "the load was acknowledged at all"
    for n, run in load.acknowledged.items():
        assert run in by_id, f"number {n} was acknowledged as run {run} and is not in the ledger"
        assert by_id[run]["state"] == "completed", by_id[run]
        assert run in executed, f"run {run} is completed and was never executed"
    children = Counter(run["parent_run"] for run in follow)
    assert children == Counter(list(by_id)), "each run has its one follow-up, no more and no fewer"


def _assert_the_database_is_sound(engine: EngineUnderTest) -> None:
    check = (
        "import apsw, sys; db = apsw.Connection(sys.argv[1]); "
        "print(db.execute('pragma integrity_check').fetchall()[0][0])"
    )
    done = subprocess.run(
        [sys.executable, "-c", check, str(engine.root / ".motia" / "motia.db")],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "ok"


def _live_workers(engine: EngineUnderTest) -> list[int]:
    return [
        worker["pid"]
        for worker in engine.control("GET", "/v1/workers")["workers"]
        if worker["state"] == "ready"
    ]


def _exists(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False


def _let_run(duration_s: float) -> None:
    """The one place that lets real time pass: the kill must come at a moment nobody chose."""
    time.sleep(duration_s)
