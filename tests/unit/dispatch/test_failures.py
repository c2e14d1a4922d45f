from __future__ import annotations

import random
from typing import Any

import msgspec
import pytest

from motia.dispatch.failures import (
    CRASHES_MAX,
    MESSAGE_CHARS_MAX,
    RETRY_AFTER_MS_MAX,
    Complete,
    Release,
    backoff_ms,
    decide,
    error_of,
)
from motia.model import (
    Backoff,
    Cancelled,
    Claim,
    Dead,
    Epoch,
    Problem,
    RetryAt,
    RunId,
    Source,
    StepId,
    StepKind,
    StepSpec,
    TraceId,
    TriggerKind,
)
from motia.protocol import Failure
from motia.workers import Died, Failed, NoWorker, Responded, Returned

NOW = 1_000_000
STEADY = Backoff(jitter=False)


def spec(**options: Any) -> StepSpec:
    options.setdefault("backoff", STEADY)
    return StepSpec(
        id=StepId("s"), kind=StepKind.EVENT, language="python", source=Source(file="s.py"), **options
    )


def claim(**fields: Any) -> Claim:
    values: dict[str, Any] = {
        "run": RunId("0" * 16),
        "step": StepId("s"),
        "target": "s",
        "kind": TriggerKind.EVENT,
        "epoch": Epoch(1),
        "attempt": 1,
        "payload": b"{}",
        "trace": TraceId("0" * 32),
        "parent_span": None,
        "parent_run": None,
        "created_at": 0,
        "ready_at": 0,
        "claimed_at": 0,
    }
    return Claim(**{**values, **fields})


def failed(kind: str = "error", **fields: Any) -> Failed:
    return Failed(Failure(invocation=1, name="Boom", message="it broke", kind=kind, **fields))


def decided(
    answer: Any, *, of: Claim | None = None, by: StepSpec | None = None, cancel: str | None = None
) -> Any:
    return decide(by or spec(), of or claim(), answer, cancel_reason=cancel, now=NOW, random=random.Random(1))


def test_a_returned_value_completes() -> None:
    assert decided(Returned(b"7", 1, 1)) == Complete(b"7")


def test_a_response_of_an_event_step_completes_without_a_result() -> None:
    assert decided(Responded(200, (), b"", None, 1, 1)) == Complete(None)


@pytest.mark.parametrize(("attempt", "delay_ms"), [(1, 1_000), (2, 2_000), (3, 4_000)])
def test_an_error_is_retried_three_times_exponentially(attempt: int, delay_ms: int) -> None:
    decision = decided(failed(), of=claim(attempt=attempt))

    assert decision.outcome == RetryAt(NOW + delay_ms)


def test_the_fourth_failed_attempt_is_dead() -> None:
    assert decided(failed(), of=claim(attempt=4)).outcome == Dead("retries_used")


def test_without_retries_the_first_failure_is_dead() -> None:
    assert decided(failed(), by=spec(retries=0)).outcome == Dead("retries_used")


@pytest.mark.parametrize("kind", ["fatal", "validation"])
def test_what_must_not_be_retried_is_dead_at_once(kind: str) -> None:
    decision = decided(failed(kind))

    assert decision.outcome == Dead("fatal")
    assert decision.error.kind == kind


def test_a_timeout_is_retried_and_names_itself_in_the_end() -> None:
    assert isinstance(decided(failed("timeout")).outcome, RetryAt)
    assert decided(failed("timeout"), of=claim(attempt=4)).outcome == Dead("timeout")


def test_retry_after_chooses_its_delay_within_a_day() -> None:
    assert decided(failed("retry_after", retry_after_ms=90_000)).outcome == RetryAt(NOW + 90_000)
    assert decided(failed("retry_after", retry_after_ms=10**12)).outcome == RetryAt(NOW + RETRY_AFTER_MS_MAX)
    assert decided(failed("retry_after", retry_after_ms=-5)).outcome == RetryAt(NOW)


def test_retry_after_uses_retries_up() -> None:
    assert decided(failed("retry_after"), of=claim(attempt=4)).outcome == Dead("retries_used")


def test_an_http_error_of_an_event_step_is_an_error() -> None:
    decision = decided(failed("http", status=404))

    assert isinstance(decision.outcome, RetryAt)
    assert decision.error.kind == "error"


def test_a_worker_without_the_step_costs_no_attempt_and_holds_the_step() -> None:
    assert decided(failed("not_loaded")) == Release(reason="it broke", holds_step=True)
    assert decided(NoWorker("full")) == Release(reason="full", holds_step=True)


def test_the_crash_of_a_run_alone_counts() -> None:
    decision = decided(Died("w", "signal 11", was_alone=True), of=claim(crashes=CRASHES_MAX - 2))

    assert decision.crashed
    assert decision.suspect


def test_the_third_crash_is_a_crash_loop() -> None:
    decision = decided(Died("w", "signal 11", was_alone=True), of=claim(crashes=CRASHES_MAX - 1))

    assert decision.outcome == Dead("crash_loop")
    assert "signal 11" in decision.error.message


def test_a_bystander_of_a_crash_is_a_suspect_without_blame() -> None:
    decision = decided(Died("w", "signal 11", was_alone=False), of=claim(crashes=CRASHES_MAX - 1))

    assert decision.suspect
    assert not decision.crashed


def test_who_died_for_another_is_not_even_a_suspect() -> None:
    decision = decided(Died("w", "killed", was_alone=True, is_blameless=True), of=claim(crashes=2))

    assert isinstance(decision, Release)
    assert not decision.crashed
    assert not decision.suspect


@pytest.mark.parametrize(
    "answer", [failed("cancelled"), failed("error"), failed("timeout"), Died("w", "x", True), NoWorker("x")]
)
def test_after_a_cancel_by_hand_every_failure_is_the_cancel(answer: Any) -> None:
    assert decided(answer, cancel="cancel").outcome == Cancelled("by_hand")


@pytest.mark.parametrize(
    "answer", [failed("cancelled"), failed("error"), Died("w", "x", True), NoWorker("x")]
)
def test_after_a_shutdown_no_failure_costs_an_attempt(answer: Any) -> None:
    decision = decided(answer, cancel="shutdown", of=claim(attempt=4, crashes=2))

    assert decision == Release(reason="shutdown")


def test_a_result_counts_even_after_a_cancel() -> None:
    assert decided(Returned(b"1", 1, 1), cancel="cancel") == Complete(b"1")


def test_a_handler_that_cancels_itself_has_failed() -> None:
    assert isinstance(decided(failed("cancelled")).outcome, RetryAt)


def test_a_suspect_stays_one_when_it_is_released() -> None:
    assert decided(NoWorker("x"), of=claim(is_suspect=True)).suspect


def test_jitter_draws_from_the_upper_half_and_the_cap_holds() -> None:
    drawn = [
        backoff_ms(Backoff(), retry, random.Random(seed)) for retry in (1, 30, 5_000) for seed in range(50)
    ]

    assert all(500 <= delay <= 1_000 for delay in drawn[:50])
    assert all(30_000 <= delay <= 60_000 for delay in drawn[50:])
    assert len(set(drawn[:50])) > 10


def test_long_messages_are_cut_with_a_mark() -> None:
    error = error_of(Failure(invocation=1, name="E", message="x" * (MESSAGE_CHARS_MAX + 5)))

    assert error.message.endswith("… (5 characters cut)")


def test_problems_are_kept_as_details() -> None:
    problem = Problem(path="/a", message="missing")
    error = error_of(Failure(invocation=1, name="E", message="m", kind="validation", problems=(problem,)))

    assert error.details is not None
    assert msgspec.json.decode(error.details) == [msgspec.to_builtins(problem)]
