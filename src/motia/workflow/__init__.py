"""Workflow instances: what comes after what, and what becomes of it when one of them fails."""

from motia.workflow.wording import handling, why_of
from motia.workflow.workflows import Workflows

__all__ = ["Workflows", "handling", "why_of"]
