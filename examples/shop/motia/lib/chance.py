"""Chance for the example: some calls to the outside world fail, as they do.

`SHOP_FAILURE_RATE` (0 to 1, default 0.2) says how often; the tests set it to 0 or 1.
"""

import os
import random


class OutsideWorldError(Exception):
    """A payment provider or carrier that did not answer."""


def may_fail(what: str) -> None:
    """Raise `OutsideWorldError` now and then."""
    if random.random() < float(os.environ.get("SHOP_FAILURE_RATE", "0.2")):
        raise OutsideWorldError(f"{what} did not answer")
