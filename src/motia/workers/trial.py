"""Loading a project in spite of files that end their worker: who does so is found out, named and left out.

Invariants
1. The first death condemns no file: the next load waits for each file before the following one.
2. A death of such a load condemns the file that was being loaded; one by a signal that may have come
   from outside only when it meets the same file again.
3. At most `CULPRITS_MAX` files are left out; one more and the load fails, as it does when the worker
   does not say what it loads, or ends before the first file.
4. A new generation begins with all files; in production all are tried again, later and later.
"""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import PurePath

import msgspec

from motia.model import LoadFault
from motia.protocol import LoadedManifest
from motia.workers.death import LastFile, WorkerLost
from motia.workers.nursery import Nursery
from motia.workers.worker import FILE_S, Worker

CULPRITS_MAX = 8
SPARED_MAX = 4
"""Deaths in one load that condemn no file; then it fails."""
RETRY_FIRST_S = 60.0
RETRY_CAP_S = 900.0
WORKER_ENDED = "worker-ended"
HINT_ENDS = (
    "look for what ends the process at its top level, in its start hooks and in what it imports; "
    "it is loaded again when it is saved"
)
HINT_HOLDS = (
    "look for an endless loop or a long wait at its top level, in its start hooks and in what it imports; "
    "it is loaded again when it is saved"
)


class Trial:
    """Gives the seats of one generation workers that have loaded its files. See the head of this file."""

    def __init__(self, nursery: Nursery, files: Sequence[str]) -> None:
        """Load `files` in workers of `nursery`."""
        self._nursery = nursery
        self._files = tuple(files)
        self._faults: dict[str, LoadFault] = {}
        self._is_wary = False
        """A file was condemned before: files are loaded apart from the first try on."""
        self._retries = 0

    @property
    def retry_s(self) -> float | None:
        """After how long to try the files again that were left out; None: not by itself, or there are none."""
        if not self._faults or not self._nursery.registry.config.is_production:
            return None
        return min(RETRY_FIRST_S * 2.0**self._retries, RETRY_CAP_S)

    def forgive(self) -> None:
        """Leave out no file in the next load."""
        self._faults.clear()
        self._retries += 1

    async def load(self, *, lane: str, restarts: int = 0) -> tuple[Worker, LoadedManifest]:
        """A worker that has loaded the files, but those that end it: they are faults of the manifest.

        Raises:
            WorkerLost: It was not to be had; the message says why.
        """
        suspect, tries_left = "", SPARED_MAX
        is_apart = self._is_wary
        while True:
            worker = await self._nursery.hire(lane=lane, restarts=restarts)
            left_out = dict(self._faults)
            try:
                manifest = await worker.load(
                    [file for file in self._files if file not in left_out], is_apart=is_apart
                )
            except BaseException as error:
                worker.retire()
                last = error.last_file if isinstance(error, WorkerLost) else None
                if last is None or last.file not in self._files:
                    raise
                if is_apart and (not last.is_from_outside or suspect == last.file):
                    if not self._condemn(last):
                        raise
                elif not (tries_left := tries_left - 1):
                    raise
                suspect = last.file if is_apart else ""
                is_apart = True
            else:
                return worker, _with_faults(manifest, left_out)

    def _condemn(self, last: LastFile) -> bool:
        """Whether the file may be left out."""
        self._is_wary = True
        if last.file not in self._faults and len(self._faults) >= CULPRITS_MAX:
            return False
        self._faults[last.file] = LoadFault(
            code=WORKER_ENDED,
            file=last.file,
            message=_message(last),
            hint=HINT_HOLDS if last.is_overdue else HINT_ENDS,
            stack=last.output,
        )
        return True


def _message(last: LastFile) -> str:
    name = PurePath(last.file).name
    if last.is_overdue:
        return f"{name} was not loaded within {FILE_S:.0f} s, so its worker was ended"
    return f"{name} ended the worker while it was loaded ({last.reason})"


def _with_faults(manifest: LoadedManifest, left_out: dict[str, LoadFault]) -> LoadedManifest:
    if not left_out:
        return manifest
    return msgspec.structs.replace(
        manifest,
        faults=(*manifest.faults, *left_out.values()),
        modules=tuple(sorted({*manifest.modules, *left_out})),
    )
