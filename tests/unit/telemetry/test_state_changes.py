import random
from pathlib import Path

from motia.project import Config
from motia.runtime import FrozenClock
from motia.telemetry import FeedFilter, Telemetry
from motia.telemetry.state_changes import GROUPS_MAX, KEY_CHARS_MAX, KEYS_MAX, StateChanges


def test_a_group_is_told_once_with_its_keys():
    changes = StateChanges()
    for key in ("a", "b", "a"):
        changes.note("users", key)
    changes.note("carts", "c")

    assert changes.take() == [
        {"group": "users", "keys": ["a", "b"], "are_all": True},
        {"group": "carts", "keys": ["c"], "are_all": True},
    ]
    assert not changes
    assert changes.take() == []


def test_a_group_that_was_cleared_names_not_all():
    changes = StateChanges()
    changes.note("users", "a")
    changes.note("users", None)

    assert changes.take() == [{"group": "users", "keys": ["a"], "are_all": False}]


def test_what_waits_is_bounded_and_told_less_exactly():
    changes = StateChanges()
    for number in range(10_000):
        changes.note("users", f"user-{number}")
        changes.note(f"group-{number}", "key")
    changes.note("users", "user-0")
    changes.note("g" * (KEY_CHARS_MAX + 1), "x")
    changes.note("users", "k" * (KEY_CHARS_MAX + 1))

    items = changes.take()

    assert len(items) == GROUPS_MAX + 1
    assert items[0] == {"group": "users", "keys": [f"user-{n}" for n in range(KEYS_MAX)], "are_all": False}
    assert items[-1] == {"group": None, "keys": [], "are_all": False}


async def test_changes_reach_who_listens_coalesced_and_nobody_else(tmp_path):
    clock = FrozenClock()
    telemetry = Telemetry(
        tmp_path / "t.db", clock=clock, random=random.Random(1), config=Config(root=Path("/nowhere"))
    )
    await telemetry.start()
    telemetry.state_changed("unheard", "a")
    with telemetry.feed.subscribe(FeedFilter(kinds=("state",))) as heard:
        for number in range(500):
            telemetry.state_changed("users", str(number % 3))
        await clock.advance(0.2)

        item = heard.try_next()
        assert item is not None
        assert item.data == {"group": "users", "keys": ["0", "1", "2"], "are_all": True}
        assert heard.try_next() is None
    await telemetry.stop()
