"""Changes of the state store on their way to the live feed: which groups and keys, never values.

Invariants
1. What waits is bounded: `GROUPS_MAX` groups, `KEYS_MAX` names each. What does not fit is not lost
   but told less exactly: some keys of the group, or of any group.
2. A group is told at most once a flush, however often it changed.
"""

from __future__ import annotations

from typing import Any

GROUPS_MAX = 50
KEYS_MAX = 20
KEY_CHARS_MAX = 100


class StateChanges:
    """What changed since the last `take`."""

    def __init__(self) -> None:
        """Nothing did."""
        # A group's keys; None in place of what is not named: all keys, or one too many.
        self._groups: dict[str | None, dict[str | None, None]] = {}

    def __bool__(self) -> bool:
        """Whether anything did."""
        return bool(self._groups)

    def note(self, group: str, key: str | None) -> None:
        """A key of `group` changed, or (None) all of them."""
        keys = self._groups.get(group)
        if keys is None:
            slot = group if len(self._groups) < GROUPS_MAX and len(group) <= KEY_CHARS_MAX else None
            keys = self._groups.setdefault(slot, {})
            key = key if slot is not None else None
        if key is not None and (len(keys) >= KEYS_MAX or len(key) > KEY_CHARS_MAX) and key not in keys:
            key = None
        keys[key] = None

    def take(self) -> list[dict[str, Any]]:
        """An item for the feed a group: its name (None: any), its `keys`, and whether these `are_all`."""
        groups, self._groups = self._groups, {}
        return [
            {"group": group, "keys": [key for key in keys if key is not None], "are_all": None not in keys}
            for group, keys in groups.items()
        ]
