"""Who runs when: claiming, keys, concurrency, retries, recovery, dead letters."""

from motia.dispatch.dispatcher import Dispatcher
from motia.dispatch.explain import Explanation
from motia.dispatch.intake import TriggerOptions
from motia.dispatch.node_state import PayloadValidator
from motia.dispatch.replay import ReplayProgress

__all__ = ["Dispatcher", "Explanation", "PayloadValidator", "ReplayProgress", "TriggerOptions"]
