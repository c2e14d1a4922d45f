"""What a project defines beside its steps: topics and workflows, read together.

Invariant: of two readings under way at once the later one is what stands.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from pathlib import Path

import msgspec

from motia.model import LoadFault, Manifest, TopicSpec, WorkflowSpec
from motia.project.discovery import Discovery
from motia.project.topics import TopicReader
from motia.project.workflows import WorkflowReader


class Definitions(msgspec.Struct, frozen=True, kw_only=True):
    """What motia/events and motia/workflows say."""

    topics: tuple[TopicSpec, ...] = ()
    workflows: tuple[WorkflowSpec, ...] = ()
    drafts: tuple[WorkflowSpec, ...] = ()
    """Workflows with a fault: not used, but the names in them can be checked."""
    faults: tuple[LoadFault, ...] = ()
    modules: tuple[str, ...] = ()
    """Project files that were read: a change of one means to read again."""

    def added_to(self, manifest: Manifest, *faults: LoadFault) -> Manifest:
        """`manifest` with topics and workflows, and with all faults."""
        return msgspec.structs.replace(
            manifest,
            topics=self.topics,
            workflows=self.workflows,
            faults=(*manifest.faults, *faults, *self.faults),
        )


class DefinitionReader:
    """Reads definitions again and again, evaluating only what changed. One per engine."""

    def __init__(self, root: Path, environ: Mapping[str, str]) -> None:
        """Read for the project at `root`; `environ` is what evaluated files get."""
        self._topics = TopicReader(root, environ)
        self._workflows = WorkflowReader(root, environ)
        self._reading = asyncio.Lock()

    def use_environ(self, environ: Mapping[str, str]) -> None:
        """Give evaluated files this environment from now on; all are evaluated again."""
        self._topics.use_environ(environ)
        self._workflows.use_environ(environ)

    async def read(self, discovery: Discovery) -> Definitions:
        """What the files of `discovery` define now."""
        async with self._reading:  # one after another, so that the last one to look is the last to tell
            topics, workflows = await asyncio.gather(
                asyncio.to_thread(self._topics.read, discovery.events),
                asyncio.to_thread(self._workflows.read, discovery.workflows),
            )
        return Definitions(
            topics=topics.topics,
            workflows=workflows.workflows,
            drafts=workflows.drafts,
            faults=(*topics.faults, *workflows.faults),
            modules=(*topics.modules, *workflows.modules),
        )
