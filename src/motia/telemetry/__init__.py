"""Traces, logs, metrics, redaction and the live feed, off the hot path."""

from motia.telemetry.seam import Recorder

__all__ = ["Recorder"]
