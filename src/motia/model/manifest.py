"""What a project has, as it is handed on: by each worker, merged by the engine, kept in the ledger."""

from __future__ import annotations

import msgspec

from motia.model.step import LoadFault, StepSpec, TopicSpec
from motia.model.workflow import WorkflowSpec


class Manifest(msgspec.Struct, frozen=True, kw_only=True):
    """What one worker loaded: steps, faults, and the project files it read on the way."""

    steps: tuple[StepSpec, ...] = ()
    faults: tuple[LoadFault, ...] = ()
    modules: tuple[str, ...] = ()
    """Project files (relative to the root) that were imported: a change of one means a reload."""
    file_modules: dict[str, tuple[str, ...]] = {}
    """Step file to the project files it imports, directly or not."""
    topics: tuple[TopicSpec, ...] = ()
    """Definitions of topics; no worker reports them, the engine reads motia/events."""
    workflows: tuple[WorkflowSpec, ...] = ()
    """Workflow configurations; no worker reports them either, the engine reads motia/workflows."""
