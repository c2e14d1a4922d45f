"""Who runs when: claiming, keys, concurrency, retries, recovery, dead letters."""

from motia.dispatch.dispatcher import Dispatcher
from motia.dispatch.explain import Explanation
from motia.dispatch.intake import TriggerOptions
from motia.dispatch.node_state import POLL_S, PayloadValidator
from motia.dispatch.replay import ReplayProgress

__all__ = ["POLL_S", "Dispatcher", "Explanation", "PayloadValidator", "ReplayProgress", "TriggerOptions"]
