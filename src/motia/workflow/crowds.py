"""`Crowd`: which news of a large instance can change anything, so that not each makes it be read anew. Pure.

An instance with many runs is read whole for each look at it. Most ends of runs change nothing: a member
that still has open runs has not completed, and one that has failed fails again only more gravely (who is
told of failures is told of a dead run, and not of a cancelled one).

Invariants
1. `False` means that nothing is to be done now that was not to be done when the crowd was made, except to
   bring what is on record up to date, and to skip fewer than one in `SKIPS_PART` of the runs; the next look does that.
2. What is not known for sure is answered with a look.
"""

from __future__ import annotations

from collections.abc import Iterable

from motia.ledger import (
    FAILED_STATES,
    InstanceSnapshot,
    decode_spec,
    is_under_way,
    predecessors,
    standings,
    steps_of,
)
from motia.model import RunId, RunState, StepId

SKIPS_PART = 10
"""A look for runs to be skipped when they are such a part of all."""


class Crowd:
    """The runs of a running instance of which a look found that nothing is to be done."""

    def __init__(self, snapshot: InstanceSnapshot) -> None:
        """Keep who is open, by member."""
        found = standings(snapshot)
        spec = decode_spec(snapshot.record.spec)
        self._members = frozenset(steps_of(spec))
        self._doomed = {
            step for step in self._members if any(found[one].has_failed for one in predecessors(spec, step))
        }
        """Members whose runs are skipped."""
        self._to_skip = 0
        self._failed = {step: standing.state for step, standing in found.items() if standing.has_failed}
        self._known = {run.run for run in snapshot.runs}
        self._error_steps = {
            run.run for run in snapshot.runs if run.handles is not None and is_under_way(run)
        }
        self._open: dict[StepId, set[RunId]] = {}
        for run in snapshot.runs:
            if run.handles is None and is_under_way(run):
                self._open.setdefault(run.step, set()).add(run.run)

    def __len__(self) -> int:
        """How many runs a look at the instance reads."""
        return len(self._known)

    def joined(self, runs: Iterable[tuple[RunId, StepId]]) -> bool:
        """Runs of the trace were accepted; whether that asks for a look."""
        for run, step in runs:
            if step in self._members and run not in self._known:
                self._known.add(run)
                self._open.setdefault(step, set()).add(run)
                self._to_skip += step in self._doomed
        # Those to be skipped are skipped many at a time; the last of them may wait for the poll.
        # Any other that is held waits for the end of a member before it, which is told of.
        return self._to_skip > 0 and self._to_skip * SKIPS_PART >= len(self._known)

    def over(self, run: RunId, step: StepId, state: RunState) -> bool:
        """A run of the trace ended; whether that asks for a look."""
        if run in self._error_steps:
            return True
        if step not in self._members:
            # It may be of an error step that joined since: one of a member that has failed already, or a look
            # would have seen it. Its end matters once nothing else is open.
            return not any(self._open.values())
        if run not in self._known:
            return True
        still = self._open.get(step, set())
        if run not in still:
            return False
        still.discard(run)
        return self._fails(step, state) or not still

    def _fails(self, step: StepId, state: RunState) -> bool:
        """Whether an end makes its member fail, or more gravely than it had."""
        before = self._failed.get(step)
        graver = FAILED_STATES if before is None else FAILED_STATES[: FAILED_STATES.index(before)]
        return state in graver
