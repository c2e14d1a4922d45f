"""Traces, logs, metrics, redaction and the live feed, off the hot path."""

from motia.telemetry.feed import Feed, FeedFilter, FeedItem, Subscription
from motia.telemetry.fingerprint import fingerprint_of_error
from motia.telemetry.log_text import has_text
from motia.telemetry.redaction import (
    REDACTED,
    is_sensitive_key,
    redact_json,
    redact_text,
    redact_value,
)
from motia.telemetry.seam import Recorder
from motia.telemetry.telemetry import LogSink, Telemetry
from motia.telemetry.views import (
    ErrorGroup,
    ErrorPage,
    FailurePoint,
    LogFilter,
    LogPage,
    LogView,
    MetricPoint,
    ObservedEdge,
    SpanView,
    StepMetrics,
    TraceFilter,
    TracePage,
    TraceSummary,
    TraceView,
)

__all__ = [
    "REDACTED",
    "ErrorGroup",
    "ErrorPage",
    "FailurePoint",
    "Feed",
    "FeedFilter",
    "FeedItem",
    "LogFilter",
    "LogPage",
    "LogSink",
    "LogView",
    "MetricPoint",
    "ObservedEdge",
    "Recorder",
    "SpanView",
    "StepMetrics",
    "Subscription",
    "Telemetry",
    "TraceFilter",
    "TracePage",
    "TraceSummary",
    "TraceView",
    "fingerprint_of_error",
    "has_text",
    "is_sensitive_key",
    "redact_json",
    "redact_text",
    "redact_value",
]
