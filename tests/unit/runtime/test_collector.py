import gc

from motia.runtime import spare_collector
from motia.runtime.collector import GC_YOUNG_OBJECTS


def test_what_is_loaded_is_left_alone_and_the_new_is_looked_at_less_often():
    before = gc.get_threshold()
    try:
        spare_collector()

        assert gc.get_freeze_count() > 0
        assert gc.get_threshold()[0] == GC_YOUNG_OBJECTS
    finally:
        gc.unfreeze()
        gc.set_threshold(*before)
