"""How the garbage collector is set for a long-lived process."""

from __future__ import annotations

import gc

GC_YOUNG_OBJECTS = 20_000
"""Objects between two looks of the collector at the young ones: requests and runs leave no cycles
behind, so that a look for each 700 (Python's own figure) costs and finds nothing."""


def spare_collector() -> None:
    """What is loaded stays: later collections need not look at it, and look less often at the new."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(GC_YOUNG_OBJECTS, 20, 20)
