"""The form of one workflow configuration: which options it has, and whether its members can all run.

Invariants
1. A configuration with an error becomes no workflow but a draft; all its errors are told at once.
2. What is no draft has no circle, and every member follows the start step.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Final

import msgspec

from motia.model import LoadFault, Source, StepId, WorkflowMember, WorkflowSpec
from motia.project.config_keys import read_duration_s
from motia.project.names import close_to, name_reason
from motia.project.workflow_order import circles, unreachable
from motia.project.workflow_text import Written

MEMBERS_MAX: Final = 500
TIMEOUT_S_MAX: Final = 366 * 86_400
MEMBER_OPTIONS: Final = ("after", "with")
EXAMPLE: Final = "steps: { reserve-stock: {}, charge-card: { after: [reserve-stock] } }"
_REQUIRED: Final = {
    "id": "name the workflow, such as id: order",
    "start": "name the step whose run opens an instance, such as start: place-order",
    "steps": f"name the steps that follow it: {EXAMPLE}",
}


def options_of(language: str) -> tuple[str, ...]:
    """The options of a configuration, as they are spelled in a language (`yaml` is one)."""
    on_failure = "onFailure" if language == "node" else "on_failure"
    return ("id", "description", "start", "steps", on_failure, "timeout")


class Read(msgspec.Struct, frozen=True, kw_only=True):
    """What one configuration says."""

    spec: WorkflowSpec | None
    """None: it is not even an object."""
    faults: tuple[LoadFault, ...]
    """With one of them `spec` is a draft: names in it can be checked, nothing else."""


def read_workflow(written: Written, *, file: str, language: str) -> Read:
    """The workflow that `written` configures."""
    form = _Form(file, language)
    spec = form.read(written)
    return Read(spec=spec, faults=tuple(form.faults))


class _Form:
    def __init__(self, file: str, language: str) -> None:
        self.faults: list[LoadFault] = []
        self._file = file
        self._options = options_of(language)
        self._on_failure = self._options[4]
        self._name = "the workflow"

    def read(self, written: Written) -> WorkflowSpec | None:
        options = written.value
        if not isinstance(options, dict):
            self._fault(
                written.line,
                "invalid-workflow",
                f"a workflow is an object, and this is {written.shown}",
                f"write id: …, start: … and {EXAMPLE}",
            )
            return None
        given = options.get("id")
        if given is not None and isinstance(given.value, str) and given.value:
            self._name = f"workflow {given.value[:80]!r}"
        self._look_at_names(written.line, options)
        return self._spec(written.line, options)

    def _look_at_names(self, line: int, options: Mapping[str, Written]) -> None:
        for name, value in options.items():
            if name not in self._options:
                self._unknown(value.line, f"{self._name} has no option {name[:80]!r}", name, self._options)
        for name, hint in _REQUIRED.items():
            found = options.get(name)
            if found is None or found.value is None:
                at = line if found is None else found.line
                self._fault(at, "missing-option", f"{self._name}: the option {name!r} is missing", hint)

    def _spec(self, line: int, options: Mapping[str, Written]) -> WorkflowSpec:
        start = self._id(options.get("start"), "start")
        on_failure = self._id(options.get(self._on_failure), self._on_failure)
        members = self._members(options.get("steps"), start)
        if on_failure and (on_failure == start or on_failure in {member.step for member in members}):
            self._fault(
                options[self._on_failure].line,
                "invalid-option",
                f"{self._on_failure} of {self._name} names {on_failure!r}, which is a step of the workflow itself",
                "name a step that is none of it: it would wait for its own workflow",
            )
        return WorkflowSpec(
            id=self._id(options.get("id"), "id"),
            start=StepId(start),
            members=members,
            source=Source(file=self._file, line=line),
            description=self._text(options.get("description"), "description"),
            on_failure=StepId(on_failure) if on_failure else None,
            timeout_ms=self._timeout_ms(options.get("timeout")),
            lines=_lines(options, start=start, on_failure=on_failure),
        )

    # members

    def _members(self, steps: Written | None, start: str) -> tuple[WorkflowMember, ...]:
        if steps is None or steps.value is None:
            return ()
        if not isinstance(steps.value, dict) or not steps.value:
            self._wrong(steps, "steps", f"name at least one step: {EXAMPLE}")
            return ()
        if len(steps.value) > MEMBERS_MAX:
            message = f"{self._name} has {len(steps.value)} steps; {MEMBERS_MAX} is the limit"
            self._fault(steps.line, "invalid-option", message, "make it several workflows")
            return ()
        members: dict[str, WorkflowMember] = {}
        for name, written in steps.value.items():
            self._look_at_id(name, written.line, "steps")
            if name == start:
                self._fault(
                    written.line,
                    "start-is-member",
                    f"{self._name} starts with {name!r} and has it among its steps too",
                    "leave it out of steps: what has no `after` comes directly after it",
                )
                continue
            members[name] = self._member(name, written, {*steps.value, start} - {""})
        self._look_at_order(members, steps.value)
        return tuple(members.values())

    def _member(self, name: str, written: Written, known: set[str]) -> WorkflowMember:
        options = {} if written.value is None else written.value
        if not isinstance(options, dict):
            self._wrong(
                written,
                f"steps.{name}",
                "write { after: [other-step] }, or {} when it only follows the start",
            )
            options = {}
        for key, value in options.items():
            if key not in MEMBER_OPTIONS:
                message = f"step {name!r} of {self._name} has no option {key[:80]!r}"
                self._unknown(value.line, message, key, MEMBER_OPTIONS)
        return WorkflowMember(
            step=StepId(name),
            after=self._after(name, options.get("after"), known),
            constants=self._constants(name, options.get("with")),
        )

    def _after(self, name: str, written: Written | None, known: set[str]) -> tuple[StepId, ...]:
        if written is None or written.value is None:
            return ()
        several = written.value if isinstance(written.value, list) else [written]
        found: dict[StepId, None] = {}
        for one in several:
            if not isinstance(one.value, str) or not one.value:
                self._wrong(
                    one, f"steps.{name}.after", "name the steps that it waits for: after: [reserve-stock]"
                )
            elif one.value not in known:
                self._fault(
                    one.line,
                    "unknown-member",
                    f"step {name!r} of {self._name} waits for {one.value[:80]!r}, which is no step of the workflow",
                    close_to(one.value, known) or f"its steps are {', '.join(sorted(known))}"[:300],
                )
            else:
                found[StepId(one.value)] = None
        return tuple(found)

    def _constants(self, name: str, written: Written | None) -> msgspec.Raw | None:
        if written is None or written.value is None:
            return None
        if not isinstance(written.value, dict):
            self._wrong(written, f"steps.{name}.with", "write an object: with: { carrier: dhl }")
            return None
        return msgspec.Raw(msgspec.json.encode(written.plain))

    def _look_at_order(self, members: dict[str, WorkflowMember], written: Mapping[str, Written]) -> None:
        after = {
            name: tuple(one for one in member.after if one in members) for name, member in members.items()
        }
        found = circles(after)
        for circle in found:
            self._fault(
                written[circle[0]].line,
                "workflow-circle",
                f"steps of {self._name} wait for each other: {' after '.join([*circle, circle[0]])}",
                "take one `after` out of the circle",
            )
        for name, blocker in unreachable(after, found):
            self._fault(
                written[name].line,
                "unreachable-member",
                f"step {name!r} of {self._name} can never run: it waits for {blocker!r}, which waits for itself",
                "mend the circle",
            )
        for name, member in members.items():
            # The start step comes before every member: waiting for it as well says nothing.
            members[name] = msgspec.structs.replace(member, after=after[name])

    # single values

    def _id(self, written: Written | None, name: str) -> str:
        if written is None or written.value is None:
            return ""
        if not isinstance(written.value, str):
            self._wrong(written, name, f'{name} is text, such as "place-order"')
            return ""
        return written.value if self._look_at_id(written.value, written.line, name) else ""

    def _look_at_id(self, value: str, line: int, name: str) -> bool:
        reason = name_reason(value)
        if reason:
            message = f"{name} of {self._name}: {value[:80]!r} {reason}"
            self._fault(
                line, "invalid-id", message, 'an id is printable text without spaces, such as "place-order"'
            )
        return not reason

    def _text(self, written: Written | None, name: str) -> str:
        if written is None or written.value is None:
            return ""
        if not isinstance(written.value, str):
            self._wrong(written, name, f"{name} is text")
            return ""
        return written.value

    def _timeout_ms(self, written: Written | None) -> int | None:
        if written is None or written.value is None:
            return None
        try:
            timeout_s = read_duration_s(written.value)
        except ValueError:
            timeout_s = 0.0
        if not 0.001 <= timeout_s <= TIMEOUT_S_MAX:
            self._wrong(
                written,
                "timeout",
                'seconds, or text such as "30s", "5m", "1h"; more than 0 and at most a year',
            )
            return None
        return round(timeout_s * 1_000)

    # faults

    def _wrong(self, written: Written, name: str, hint: str) -> None:
        message = f"{name} of {self._name} is {written.shown}"
        self._fault(written.line, "invalid-option", message, hint)

    def _unknown(self, line: int, message: str, name: str, known: Iterable[str]) -> None:
        hint = close_to(name, known) or f"known are {', '.join(known)}"
        self._fault(line, "unknown-option", message, hint)

    def _fault(self, line: int, code: str, message: str, hint: str) -> None:
        self.faults.append(LoadFault(code=code, file=self._file, line=line, message=message, hint=hint))


def _lines(options: Mapping[str, Written], *, start: str, on_failure: str) -> dict[str, int]:
    steps = options.get("steps")
    members = steps.value if steps is not None and isinstance(steps.value, dict) else {}
    found = {name: written.line for name, written in members.items()}
    for step, name in ((start, "start"), (on_failure, "on_failure"), (on_failure, "onFailure")):
        if step and name in options:
            found[step] = options[name].line
    return found
