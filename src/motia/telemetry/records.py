"""The tuples that the recorder puts into its ring: a tag, then the values in the order given here.

| tag | values after it |
|---|---|
| REQUEST | trace, span, parent, step, method, path, status, started_at, total_us, wait_us, handler_us, error, stack |
| ATTEMPT | trace, span, parent, run, step, attempt, outcome, created_at, ready_at, claimed_at, sent_at, answered_at, committed_at, wait_us, handler_us, error_name, error_message, error_stack |
| RUN | run, step, state, trace, attempt, at |
| LOG | level, message, at, step, trace, run, attempt, fields, source |
| SPAN | trace, span, parent, name, step, run, started_at, duration_us, fields |
| EDGE | source, target, request |
| INSTANCE | instance, workflow, state, trace, at |
| DROPPED | trace, run (empty for a request), log lines |
"""  # noqa: E501 (a table's rows are lines)

from __future__ import annotations

from typing import Any

REQUEST = 0
ATTEMPT = 1
RUN = 2
LOG = 3
SPAN = 4
EDGE = 5
INSTANCE = 6
DROPPED = 7

Record = tuple[Any, ...]

LEVELS = {"debug": 10, "info": 20, "warn": 30, "warning": 30, "error": 40, "fatal": 40, "critical": 40}
LEVEL_NAMES = {10: "debug", 20: "info", 30: "warn", 40: "error"}
INFO = 20
