from __future__ import annotations

from simulation import Simulation

TURNS = 80


async def test_every_promise_holds_under_random_disasters(seed: int) -> None:
    simulation = Simulation(seed)
    try:
        await simulation.play(TURNS)
        await simulation.check()
    except BaseException:
        print(
            f"repeat with MOTIA_SEED={seed} pytest tests/crash/simulation; disasters: {simulation.disasters}"
        )
        raise
    finally:
        await simulation.close()
