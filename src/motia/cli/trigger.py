"""`motia trigger`: sends an event by hand."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from motia.cli.command import Scope, command

if TYPE_CHECKING:
    from motia.cli.client import Control

WAIT_DEFAULT_S = 60.0
WAIT_MARGIN_S = 10.0


@command(
    "trigger",
    example="""motia trigger resize-image --data '{"imageId": "7"}' --wait
motia trigger resize-image --data @payload.json --delay 5m""",
)
@click.argument("target", metavar="ID")
@click.option(
    "--data", metavar="JSON", default="{}", help="The payload; @FILE reads a file, - standard input."
)
@click.option(
    "--wait", is_flag=True, help="Wait for the run to finish, print its result; fail when it fails."
)
@click.option(
    "--timeout",
    type=click.FloatRange(min=0),
    default=WAIT_DEFAULT_S,
    help="Most seconds to wait; default 60.",
)
@click.option("--delay", metavar="DURATION", help="Run it later: 500ms, 30s, 5m, 2h, 1d.")
@click.option("--key", help="Ordering key: runs with an equal one go one after another.")
@click.option("--idempotency-key", help="A second event of this name is the first.")
@click.option("--priority", type=click.IntRange(-1_000, 1_000), help="Higher runs first.")
def trigger(
    scope: Scope,
    target: str,
    data: str,
    wait: bool,
    timeout: float,
    delay: str | None,
    key: str | None,
    idempotency_key: str | None,
    priority: int | None,
) -> None:
    """Send an event to a step or topic.

    ID is a step's id or a topic. An id that nothing handles is kept until something does, with a
    warning. Without a running engine the event is kept for the next start.
    """
    from motia.cli.client import connect
    from motia.cli.errors import CommandError
    from motia.cli.values import read_duration_ms, read_json

    body: dict[str, Any] = {"target": target, "payload": read_json(data, option="--data")}
    options = {"key": key, "idempotency_key": idempotency_key, "priority": priority}
    body |= {name: value for name, value in options.items() if value is not None}
    if delay is not None:
        body["delay_ms"] = read_duration_ms(delay, option="--delay")
    with connect(scope.root) as control:
        if wait:
            if not control.is_online:
                raise CommandError(
                    "no engine runs, so nothing would finish",
                    hint="start one with `motia dev`, or leave --wait out",
                )
            body["wait_ms"] = round(timeout * 1_000)
            # Before the wait, not after it: a mistyped id would be waited for in silence.
            _warn(scope, control, target)
        answer = control.request("POST", "/v1/trigger", body=body, limit_s=timeout + WAIT_MARGIN_S)
        if not wait and answer["state"] == "parked":
            _warn(scope, control, target)
    if wait:
        _tell_outcome(scope, answer, timeout)
    else:
        kept = "" if control.is_online else " (kept for the next start)"
        scope.out.done(f"Triggered {target}: run {answer['runId']}{kept}", answer)


def _warn(scope: Scope, control: Control, target: str) -> None:
    from motia.cli.targets import why_unhandled

    reason = why_unhandled(control, target)
    if reason is not None:
        scope.out.note(f"warning: {reason}")


def _tell_outcome(scope: Scope, answer: dict[str, Any], timeout: float) -> None:
    """Print the finished run's result, or fail with its error."""
    from motia.cli.errors import CommandError

    state = answer.get("state")
    if scope.out.is_json or state == "completed":
        scope.out.value(answer if scope.out.is_json else answer.get("result"))
    if state == "completed":
        return
    if scope.out.is_json:
        raise click.exceptions.Exit(1)
    error = answer.get("error") or {}
    run = answer["runId"]
    if error:
        raise CommandError(
            f"{error.get('name', 'Error')}: {error.get('message', '')}",
            hint=f"`motia runs show {run}` has the stack",
        )
    raise CommandError(
        f"run {run} is {state} after {timeout:g} s", hint=f"look again with `motia runs show {run}`"
    )
