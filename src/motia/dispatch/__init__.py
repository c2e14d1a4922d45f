"""Who runs when: claiming, keys, concurrency, retries, recovery, dead letters."""

from motia.dispatch.deliveries import delivery_of, parked_delivery
from motia.dispatch.dispatcher import Dispatcher
from motia.dispatch.explain import Explanation
from motia.dispatch.intake import TriggerOptions
from motia.dispatch.node_state import POLL_S, NodeState, PayloadValidator
from motia.dispatch.payload import problems_for, read_payload
from motia.dispatch.periodic import Periodic
from motia.dispatch.replay import ReplayProgress
from motia.dispatch.start_requests import StartRequests

__all__ = [
    "POLL_S",
    "Dispatcher",
    "Explanation",
    "NodeState",
    "PayloadValidator",
    "Periodic",
    "ReplayProgress",
    "StartRequests",
    "TriggerOptions",
    "delivery_of",
    "parked_delivery",
    "problems_for",
    "read_payload",
]
