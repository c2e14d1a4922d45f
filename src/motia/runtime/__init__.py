"""Clock, random source and life cycle: what every room runs on and tests can turn."""

from motia.runtime.clock import Clock, FrozenClock, SystemClock, Timer
from motia.runtime.collector import spare_collector
from motia.runtime.duty import Duty

__all__ = ["Clock", "Duty", "FrozenClock", "SystemClock", "Timer", "spare_collector"]
