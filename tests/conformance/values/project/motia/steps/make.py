"""Makes values that are hard to say in JSON."""

import datetime

from motia import event, trigger

MiB = 1024 * 1024
DAY = datetime.datetime(2026, 1, 31, 12, 30, 15, 250_000, tzinfo=datetime.UTC)


def nested(depth):
    value = 1
    for _ in range(depth):
        value = [value]
    return value


def circle():
    value = {}
    value["a"] = {"b": value}
    return value


MAKE = {
    "surrogate": lambda: {"a": ["\ud800"]},
    "surrogate-key": lambda: {"a": {"\udfff": 1}},
    "bytes": lambda: {"a": [b"\xff\xfe"]},
    "nan": lambda: {"a": [float("nan")]},
    "infinity": lambda: {"a": [float("-inf")]},
    "time": lambda: {"at": DAY},
    "date": lambda: {"at": DAY.date()},
    "missing": lambda: {"a": None},
    "big": lambda: {"a": [2**53 + 1]},
    "deep-64": lambda: nested(64),
    "deep-65": lambda: nested(65),
    "large": lambda: {"a": "x" * (MiB - 8)},
    "too-large": lambda: {"a": "x" * (MiB - 7)},
    "circular": circle,
    "function": lambda: {"a": [len]},
}


@event(id="make-python", retries=0)
async def make(payload):
    return MAKE[payload]()


@event(id="send-python", retries=0)
async def send(name, target):
    await trigger(target, MAKE[name]())
