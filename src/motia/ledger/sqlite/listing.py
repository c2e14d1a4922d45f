"""Reads of runs: one, its attempts and children, lists and counts. Functions of a reader's thread.

A list takes the index that its filter narrows most and goes down by id from there:

| filter | way |
|---|---|
| ids | the table, a row an id |
| trace | trace_blocks, then the few thousand runs of each block that has the trace's mark |
| an open state | runs_open: as many as are open |
| dead, cancelled, skipped | runs_failed_by_step, runs_failed |
| a kind other than event | runs_by_kind |
| a step | runs_by_step |
| none of these | the table |

What no index answers (a text, completed runs of a step, two of these at once) is looked for window by
window (`searching`) when the caller gives a time: then a page may be short and say how far it got.
"""

from __future__ import annotations

import heapq
from collections import Counter
from collections.abc import Iterator
from typing import Any, NamedTuple

import apsw
import msgspec

from motia.ledger.numbers import created_at_of, first_number_at, number_of
from motia.ledger.rules import COUNT_MAX
from motia.ledger.seam import KeyHolder, QueueDepth
from motia.ledger.sqlite.searching import Search
from motia.ledger.sqlite.store import trace_mark
from motia.model import (
    FINAL_STATES,
    OPEN_STATES,
    Attempt,
    Epoch,
    NodeId,
    Run,
    RunError,
    RunFilter,
    RunId,
    RunPage,
    RunState,
    RunTally,
    SpanId,
    StepId,
    TraceId,
    TriggerKind,
    run_id_of,
)

COLUMNS = (
    "id, event, step, target, kind, state, trace, parent_run, parent_span, payload, result, error, reason,"
    " attempt, crashes, epoch, node, key, lane, priority, retry_count, replay_of, due_at, started_at,"
    " finished_at, cancel_requested, info"
)
ID_MAX = (1 << 63) - 1
FAILED = FINAL_STATES - {RunState.COMPLETED}

SELECT_RUN = f"SELECT {COLUMNS} FROM runs WHERE id = ?"  # primary key
SELECT_ATTEMPTS = (  # primary key
    "SELECT run, attempt, epoch, node, started_at, finished_at, outcome, error FROM attempts"
    " WHERE run = ? ORDER BY epoch"
)
SELECT_CHILDREN = (  # runs_of_parent, then sorted
    f"SELECT {COLUMNS} FROM runs WHERE id IN (SELECT id FROM runs INDEXED BY runs_of_parent"
    " WHERE parent_run IS NOT NULL AND parent_run = ? ORDER BY id LIMIT ?) ORDER BY id"
)
SELECT_REPLAYS = (  # runs_of_original, whose entries of a run are in the order of ids
    f"SELECT {COLUMNS} FROM runs INDEXED BY runs_of_original"
    " WHERE replay_of IS NOT NULL AND replay_of = ? ORDER BY id DESC LIMIT ?"
)
SELECT_RUNNING = (  # runs_open
    f"SELECT {COLUMNS} FROM runs INDEXED BY runs_open"
    " WHERE finished_at IS NULL AND step = ? AND state = 'running' AND (? IS NULL OR lane = ?)"
    " ORDER BY started_at, id LIMIT ?"
)
COUNT_DEPTHS = (  # runs_open alone
    "SELECT step, state, count(*), min(id) FROM runs INDEXED BY runs_open WHERE finished_at IS NULL"
    " GROUP BY step, state"
)
COUNT_PARKED = (  # runs_parked alone
    "SELECT target, count(*) FROM runs INDEXED BY runs_parked WHERE state = 'parked' GROUP BY target"
)
SELECT_HOLDER = (  # runs_in_key: the one that is not blocked, else the oldest
    "SELECT id, state, due_at FROM runs INDEXED BY runs_in_key"
    " WHERE in_key_queue = 1 AND step = ? AND key = ? ORDER BY state = 'blocked', id LIMIT 1"
)
SELECT_BLOCKED = "SELECT step, key, state FROM runs WHERE id = ? AND in_key_queue = 1"  # primary key
SELECT_TRACE_BLOCKS = (  # the whole table, four bytes a run
    "SELECT first, last FROM trace_blocks WHERE instr(marks, ?) > 0 AND first <= ? AND last >= ?"
    " ORDER BY first DESC"
)
SELECT_TRACE_END = "SELECT coalesce(max(last), 0) FROM trace_blocks"  # its last row


def get(conn: apsw.Connection, run: RunId) -> Run | None:
    """See `Ledger.get`."""
    row = conn.execute(SELECT_RUN, (number_of(run),)).fetchone()
    return None if row is None else _run(row)


def attempts(conn: apsw.Connection, run: RunId) -> list[Attempt]:
    """See `Ledger.attempts`."""
    return [
        Attempt(
            run=run_id_of(number),
            attempt=attempt,
            epoch=Epoch(epoch),
            node=None if node is None else NodeId(node),
            started_at=started_at,
            finished_at=finished_at,
            outcome=outcome,
            error=_error(error),
        )
        for number, attempt, epoch, node, started_at, finished_at, outcome, error in conn.execute(
            SELECT_ATTEMPTS, (number_of(run),)
        )
    ]


def children(conn: apsw.Connection, run: RunId, limit: int) -> list[Run]:
    """See `Ledger.children`."""
    return [_run(row) for row in conn.execute(SELECT_CHILDREN, (number_of(run), limit))]


def replays(conn: apsw.Connection, run: RunId, limit: int) -> list[Run]:
    """See `Ledger.replays`."""
    return [_run(row) for row in conn.execute(SELECT_REPLAYS, (number_of(run), limit))]


def running(conn: apsw.Connection, step: StepId, lane: str | None, limit: int) -> list[Run]:
    """See `Ledger.running`."""
    return [_run(row) for row in conn.execute(SELECT_RUNNING, (step, lane, lane, limit))]


def depths(conn: apsw.Connection) -> list[QueueDepth]:
    """See `Ledger.depths`."""
    by_step: dict[str, dict[RunState, int]] = {}
    oldest: dict[str, int] = {}
    for step, state, count, first in conn.execute(COUNT_DEPTHS):
        by_step.setdefault(step, {})[RunState(state)] = count
        if state == RunState.READY:
            oldest[step] = created_at_of(first)
    return [
        QueueDepth(step=StepId(step), by_state=counts, oldest_ready_at=oldest.get(step))
        for step, counts in by_step.items()
    ]


def parked_targets(conn: apsw.Connection) -> dict[str, int]:
    """See `Ledger.parked_targets`."""
    return dict(conn.execute(COUNT_PARKED))


def key_holder(conn: apsw.Connection, run: RunId) -> KeyHolder | None:
    """See `Ledger.key_holder`."""
    found = conn.execute(SELECT_BLOCKED, (number_of(run),)).fetchone()
    if found is None or found[2] != RunState.BLOCKED:
        return None
    holder = conn.execute(SELECT_HOLDER, found[:2]).fetchone()
    assert holder is not None
    number, state, due_at = holder
    return KeyHolder(run=run_id_of(number), state=RunState(state), due_at=due_at)


def list_runs(
    conn: apsw.Connection, where: RunFilter, limit: int, cursor: str | None, search: Search | None = None
) -> RunPage:
    """See `Ledger.list_runs`; the cursor is the id of the last run shown, or looked at."""
    before = ID_MAX if cursor is None else max(number_of(RunId(cursor)), 0)
    rows = list(_select(conn, where, columns=COLUMNS, before=before, limit=limit + 1, search=search))
    stopped_at = None if search is None else search.stopped_at
    if stopped_at is not None:
        # Beyond where the search ended nothing is known to be next.
        rows = [row for row in rows if row[0] >= stopped_at]
    runs = tuple(_run(row) for row in rows[:limit])
    if len(rows) > limit:
        return RunPage(runs=runs, cursor=runs[-1].id)
    if stopped_at is None:
        return RunPage(runs=runs)
    return RunPage(runs=runs, cursor=run_id_of(stopped_at), searched_from_at=created_at_of(stopped_at))


def find_final(conn: apsw.Connection, where: RunFilter, limit: int) -> list[int]:
    """Numbers of finished runs that fit, newest first."""
    states = tuple(FINAL_STATES & set(where.states)) if where.states else tuple(FINAL_STATES)
    if not states:
        return []
    where = msgspec.structs.replace(where, states=states)
    return [row[0] for row in _select(conn, where, columns="id", before=ID_MAX, limit=limit)]


def tally_runs(conn: apsw.Connection, where: RunFilter, search: Search | None = None) -> RunTally:
    """See `Ledger.tally_runs`; states without runs are left out."""
    states = tuple(dict.fromkeys(where.states or tuple(RunState)))
    if where.trace is not None and not where.ids:
        counts = _count_of_trace(conn, where)
    elif not _is_plain(where) and RunState.COMPLETED in states:
        counts = _count_in_one_go(conn, where, states, search)
    else:
        counts = _count_by_state(conn, where, states, search)
    by_state = {state: min(counts[state], COUNT_MAX) for state in states if counts.get(state)}
    stopped_at = None if search is None else search.stopped_at
    return RunTally(
        by_state=by_state, searched_from_at=None if stopped_at is None else created_at_of(stopped_at)
    )


def _is_plain(where: RunFilter) -> bool:
    return not where.ids and where.kind is None and where.trace is None and where.text is None


def _count_by_state(
    conn: apsw.Connection, where: RunFilter, states: tuple[RunState, ...], search: Search | None
) -> dict[RunState, int]:
    counts: dict[RunState, int] = {}
    has_completed = RunState.COMPLETED in states
    others = tuple(OPEN_STATES | FAILED) if has_completed else ()
    for state in dict.fromkeys((*others, *states)):
        if state is not RunState.COMPLETED:
            counts[state] = _count_of_state(conn, where, state, search)
    if has_completed:
        counts[RunState.COMPLETED] = _count_completed(conn, where, sum(counts.values()))
    return counts


def _count_of_state(conn: apsw.Connection, where: RunFilter, state: RunState, search: Search | None) -> int:
    way = _way_for(where, state)
    count = 0
    for low, before in _windows(conn, where, state, way, before=_high(where, ID_MAX), search=search):
        terms, bindings = _terms(where, state, way, low=low, before=before)
        statement = f"SELECT count(*) FROM (SELECT 1 FROM runs {_indexed(way)} WHERE {terms} LIMIT ?)"
        count += int(conn.execute(statement, (*bindings, COUNT_MAX - count)).get)
        if count >= COUNT_MAX:
            break
    return count


def _count_in_one_go(
    conn: apsw.Connection, where: RunFilter, states: tuple[RunState, ...], search: Search | None
) -> dict[RunState, int]:
    """All states in one look: what is not in an index is read once, not once a state."""
    every = msgspec.structs.replace(where, states=())
    way = _way_for(every, None)
    counts: Counter[RunState] = Counter()
    for low, before in _windows(conn, every, None, way, before=_high(every, ID_MAX), search=search):
        terms, bindings = _terms(every, None, way, low=low, before=before)
        statement = f"SELECT state, count(*) FROM runs {_indexed(way)} WHERE {terms} GROUP BY state"
        for state, count in conn.execute(statement, bindings):
            counts[RunState(state)] += count
        if all(counts[state] >= COUNT_MAX for state in states):
            break
    return counts


def _count_of_trace(conn: apsw.Connection, where: RunFilter) -> dict[RunState, int]:
    """One look at the trace's blocks for all states: finding its runs costs more than telling them apart."""
    every = msgspec.structs.replace(where, states=())
    rows = _select(conn, every, columns="id, state", before=ID_MAX, limit=COUNT_MAX * len(RunState))
    return Counter(RunState(row[1]) for row in rows)


def _count_completed(conn: apsw.Connection, where: RunFilter, others: int) -> int:
    """All that are in the index, less those in another state: nothing reads a finished row."""
    low, high = _low(where), _high(where, ID_MAX)
    # The index has a tenth of the table's pages; a stretch of time is only in the table's order.
    is_of_all_time = low <= 0 and high >= ID_MAX
    way = _Way("runs_by_step" if where.step is not None or is_of_all_time else "", ())
    terms, bindings = _terms(where, None, way, low=low, before=high)
    statement = f"SELECT count(*) FROM (SELECT 1 FROM runs {_indexed(way)} WHERE {terms} LIMIT ?)"
    total = conn.execute(statement, (*bindings, COUNT_MAX + others)).get
    return min(total - others, COUNT_MAX)


class _Way(NamedTuple):
    index: str
    terms: tuple[str, ...]


def _select(
    conn: apsw.Connection,
    where: RunFilter,
    *,
    columns: str,
    before: int,
    limit: int,
    search: Search | None = None,
) -> Iterator[Any]:
    """Rows that fit, newest first: one ordered statement a state (and window), merged."""
    high = _high(where, before)
    if where.trace is not None and not where.ids:
        return _limited(_of_trace(conn, where, columns=columns, before=high, limit=limit), limit)
    parts = [
        _rows(conn, where, state, columns=columns, before=high, limit=limit, search=search)
        for state in dict.fromkeys(where.states) or (None,)
    ]
    return _limited(heapq.merge(*parts, key=lambda row: -row[0]), limit)


def _rows(
    conn: apsw.Connection,
    where: RunFilter,
    state: RunState | None,
    *,
    columns: str,
    before: int,
    limit: int,
    search: Search | None,
) -> Iterator[Any]:
    way = _way_for(where, state)
    for low, high in _windows(conn, where, state, way, before=before, search=search):
        terms, bindings = _terms(where, state, way, low=low, before=high)
        statement = f"SELECT {columns} FROM runs {_indexed(way)} WHERE {terms} ORDER BY id DESC LIMIT ?"
        if columns != "id" and way.index == "runs_open":
            # Sort ids, not rows with their payloads.
            statement = (
                f"SELECT {columns} FROM runs WHERE id IN (SELECT id FROM runs {_indexed(way)} WHERE {terms}"
                " ORDER BY id DESC LIMIT ?) ORDER BY id DESC"
            )
        yield from conn.execute(statement, (*bindings, limit))


def _windows(
    conn: apsw.Connection,
    where: RunFilter,
    state: RunState | None,
    way: _Way,
    *,
    before: int,
    search: Search | None,
) -> Iterator[tuple[int, int]]:
    """The stretches of numbers to look at: one, unless rows have to be read that may not fit."""
    low = _low(where)
    if search is None or where.ids or not _is_searched(where, state, way):
        return iter(((low, before),))
    step = where.step if way.index == "runs_by_step" else None
    return search.windows(conn, low=low, before=before, step=step)


def _is_searched(where: RunFilter, state: RunState | None, way: _Way) -> bool:
    """Whether the index leaves rows over that do not fit. Open runs are few, and not in the order of ids."""
    if way.index == "runs_open":
        return False
    leaves_kind = where.kind is not None and way.index != "runs_by_kind"
    leaves_step = where.step is not None and way.index == "runs_by_kind"
    return where.text is not None or leaves_kind or leaves_step or state is RunState.COMPLETED


def _of_trace(
    conn: apsw.Connection, where: RunFilter, *, columns: str, before: int, limit: int
) -> Iterator[Any]:
    assert where.trace is not None
    low = _low(where)
    end = int(conn.execute(SELECT_TRACE_END).get)
    blocks = conn.execute(SELECT_TRACE_BLOCKS, (trace_mark(where.trace), before, low)).fetchall()
    states = dict.fromkeys(where.states)
    for first, last in [(max(end + 1, low), ID_MAX), *((max(first, low), last) for first, last in blocks)]:
        terms, bindings = _terms(where, None, _Way("", ()), low=first, before=min(before, last + 1))
        statement = f"SELECT {columns}, state FROM runs WHERE {terms} ORDER BY id DESC LIMIT ?"
        for row in conn.execute(statement, (*bindings, limit if not states else -1)):
            if not states or row[-1] in states:
                yield row[:-1]


def _way_for(where: RunFilter, state: RunState | None) -> _Way:
    if where.ids:
        return _Way("", ())
    if state in OPEN_STATES:
        return _Way("runs_open", ("finished_at IS NULL",))
    if state in FAILED:
        index = "runs_failed" if where.step is None else "runs_failed_by_step"
        return _Way(index, ("state IN ('dead', 'cancelled', 'skipped')",))
    if where.kind is not None and where.kind is not TriggerKind.EVENT:
        return _Way("runs_by_kind", ("kind <> 'event'",))
    return _Way("runs_by_step" if where.step is not None else "", ())


def _terms(
    where: RunFilter, state: RunState | None, way: _Way, *, low: int, before: int
) -> tuple[str, tuple[Any, ...]]:
    terms = [*way.terms, "id >= ?", "id < ?"]
    bindings: list[Any] = [low, before]
    for column, value in (
        ("step", where.step),
        ("state", state),
        ("kind", where.kind),
        ("trace", where.trace),
    ):
        if value is not None:
            terms.append(f"{column} = ?")
            bindings.append(value)
    if where.ids:
        terms.append("id IN (SELECT value FROM json_each(?))")
        bindings.append(msgspec.json.encode([number_of(run) for run in where.ids]).decode())
    if where.text is not None:
        text = where.text.encode()
        terms.append("(instr(payload, ?) > 0 OR instr(error, ?) > 0)")
        bindings += [text, text]
    return " AND ".join(terms), tuple(bindings)


def _indexed(way: _Way) -> str:
    return f"INDEXED BY {way.index}" if way.index else "NOT INDEXED"


def _low(where: RunFilter) -> int:
    return 0 if where.created_from is None else first_number_at(where.created_from)


def _high(where: RunFilter, before: int) -> int:
    return before if where.created_until is None else min(before, first_number_at(where.created_until))


def _limited(rows: Iterator[Any], limit: int) -> Iterator[Any]:
    for row, _ in zip(rows, range(limit), strict=False):
        yield row


def _error(text: bytes | None) -> RunError | None:
    return None if text is None else msgspec.json.decode(text, type=RunError)


def _run(row: Any) -> Run:
    (number, event, step, target, kind, state, trace, parent_run, parent_span, payload, result) = row[:11]
    (error, reason, attempt, crashes, epoch, node, key, lane, priority, retry_count, replay_of) = row[11:22]
    due_at, started_at, finished_at, cancel_requested, info = row[22:]
    return Run(
        id=run_id_of(number),
        event=run_id_of(event),
        step=StepId(step),
        target=target,
        kind=TriggerKind(kind),
        state=RunState(state),
        trace=TraceId(trace),
        parent_run=None if parent_run is None else run_id_of(parent_run),
        parent_span=None if parent_span is None else SpanId(parent_span),
        payload=payload,
        result=result,
        error=_error(error),
        reason=reason,
        attempt=attempt,
        crashes=crashes,
        epoch=Epoch(epoch),
        node=None if node is None else NodeId(node),
        key=key,
        lane=lane,
        priority=priority,
        retry_count=retry_count,
        replay_of=None if replay_of is None else run_id_of(replay_of),
        created_at=created_at_of(number),
        due_at=due_at,
        started_at=started_at,
        finished_at=finished_at,
        cancel_requested=bool(cancel_requested),
        info=info,
    )
