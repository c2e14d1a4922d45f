"""Every statement about runs that the writer makes. Each names the index it leans on."""

from __future__ import annotations

from functools import cache

CHUNKS = (64, 16, 4, 1)
"""Rows of one multi-row statement: few shapes, so that all of them stay prepared."""

# Columns of a new run in the order of Store.insert; the rest have their defaults.
INSERT_COLUMNS = (
    "id",
    "event",
    "step",
    "target",
    "kind",
    "state",
    "trace",
    "parent_run",
    "parent_span",
    "priority",
    "due_at",
    "ready_at",
    "attempt",
    "epoch",
    "node",
    "started_at",
    "key",
    "in_key_queue",
    "blocks_on_dead",
    "lane",
    "retry_count",
    "replay_of",
    "fingerprint",
    "occurrence",
    "info",
    "payload",
)


@cache
def insert_runs(count: int) -> str:
    """Insert `count` runs; ids rise, so the table and `runs_by_step` are appended to."""
    row = f"({','.join('?' * len(INSERT_COLUMNS))})"
    return f"INSERT INTO runs ({','.join(INSERT_COLUMNS)}) VALUES {','.join([row] * count)}"


@cache
def complete_runs(count: int) -> str:
    """Running -> completed for `count` runs whose fence the books have checked; primary key."""
    return (
        f"WITH done (id, result, at) AS (VALUES {','.join(['(?,?,?)'] * count)})"
        " UPDATE runs SET state = 'completed', result = done.result, finished_at = done.at,"
        " in_key_queue = NULL, error = NULL, reason = NULL FROM done WHERE runs.id = done.id"
    )


# claiming

SELECT_READY = (  # runs_open: its order is the order of claims
    "SELECT id, target, kind, epoch, attempt, payload, trace, parent_span, parent_run, ready_at,"
    " retry_count, crashes, is_suspect, key, lane, priority, info, blocks_on_dead, due_at"
    " FROM runs INDEXED BY runs_open"
    " WHERE finished_at IS NULL AND step = ? AND state = 'ready'"
    " ORDER BY priority DESC, due_at, id LIMIT ?"
)
SELECT_READY_OF_LANE = (  # runs_ready_by_lane: a full lane's backlog is stepped over, not read
    "SELECT id, target, kind, epoch, attempt, payload, trace, parent_span, parent_run, ready_at,"
    " retry_count, crashes, is_suspect, key, lane, priority, info, blocks_on_dead, due_at"
    " FROM runs INDEXED BY runs_ready_by_lane"
    " WHERE state = 'ready' AND lane IS NOT NULL AND step = ? AND lane = ?"
    " ORDER BY priority DESC, due_at, id LIMIT ?"
)
SELECT_READY_WITHOUT_LANE = (  # runs_open; only asked when there is such a run
    "SELECT id, target, kind, epoch, attempt, payload, trace, parent_span, parent_run, ready_at,"
    " retry_count, crashes, is_suspect, key, lane, priority, info, blocks_on_dead, due_at"
    " FROM runs INDEXED BY runs_open"
    " WHERE finished_at IS NULL AND step = ? AND state = 'ready' AND lane IS NULL"
    " ORDER BY priority DESC, due_at, id LIMIT ?"
)
MARK_CLAIMED = (  # primary key
    "UPDATE runs SET state = 'running', epoch = epoch + 1, attempt = attempt + 1, node = ?, started_at = ?"
    " WHERE id IN (SELECT value FROM json_each(?))"
)

# leaving running

INSERT_ATTEMPT = (  # primary key
    "INSERT INTO attempts (run, epoch, attempt, node, started_at, finished_at, outcome, error)"
    " VALUES (?, ?, ?, ?, ?, ?, ?, ?)"
)
MARK_RETRYING = (  # primary key; it failed without a crash, so it is above suspicion
    "UPDATE runs SET state = 'retrying', due_at = ?, error = ?, is_suspect = 0 WHERE id = ?"
)
MARK_FAILED = (  # primary key
    "UPDATE runs SET state = ?, reason = ?, error = ?, finished_at = ?, in_key_queue = ? WHERE id = ?"
)
MARK_RELEASED = (  # primary key; the attempt is taken back, so the next claim gives its number again
    "UPDATE runs SET state = 'ready', ready_at = ?, attempt = attempt - 1, crashes = crashes + ?,"
    " is_suspect = is_suspect OR ? WHERE id = ?"
)

# order by key

SELECT_NEXT_IN_KEY = (  # runs_in_key, whose order is that of acceptance
    "SELECT id, lane, due_at FROM runs INDEXED BY runs_in_key"
    " WHERE in_key_queue = 1 AND step = ? AND key = ? AND state = 'blocked' ORDER BY id LIMIT 1"
)
MARK_UNBLOCKED = "UPDATE runs SET state = ?, ready_at = ? WHERE id = ?"  # primary key
SELECT_BLOCKING_DEAD = (  # primary key
    "SELECT 1 FROM runs WHERE id = ? AND state = 'dead' AND in_key_queue = 1 AND step = ? AND key = ?"
)
MARK_OUT_OF_KEY = "UPDATE runs SET in_key_queue = NULL WHERE id = ?"  # primary key

# time

SELECT_DUE = (  # runs_due
    "SELECT id, step, state, lane FROM runs INDEXED BY runs_due"
    " WHERE state IN ('scheduled', 'retrying') AND due_at <= ? ORDER BY due_at, id LIMIT ?"
)
MARK_READY = (  # primary key
    "UPDATE runs SET state = 'ready', ready_at = ? WHERE id IN (SELECT value FROM json_each(?))"
)
SELECT_NEXT_DUE = (  # runs_due, its first entry
    "SELECT min(due_at) FROM runs INDEXED BY runs_due WHERE state IN ('scheduled', 'retrying')"
)

# by hand

SELECT_FOR_CANCEL = "SELECT state, step, lane, key, in_key_queue FROM runs WHERE id = ?"  # primary key
MARK_CANCEL_REQUESTED = "UPDATE runs SET cancel_requested = 1, reason = ? WHERE id = ?"  # primary key
MARK_CANCELLED = (  # primary key
    "UPDATE runs SET state = 'cancelled', reason = ?, finished_at = ?, in_key_queue = NULL WHERE id = ?"
)
INSERT_PAUSED = "INSERT OR IGNORE INTO paused_steps (step) VALUES (?)"  # primary key
DELETE_PAUSED = "DELETE FROM paused_steps WHERE step = ?"  # primary key

# dedupe

SELECT_EVENT_KEY = (  # primary key
    "SELECT event, run_count, digest FROM event_keys WHERE target = ? AND key = ? AND expires_at > ?"
)
INSERT_EVENT_KEY = (  # primary key; an expired entry is replaced
    "INSERT OR REPLACE INTO event_keys (target, key, event, run_count, digest, expires_at)"
    " VALUES (?, ?, ?, ?, ?, ?)"
)
SELECT_CHILD = (  # runs_of_parent
    "SELECT event FROM runs INDEXED BY runs_of_parent"
    " WHERE parent_run IS NOT NULL AND parent_run = ? AND fingerprint = ? AND occurrence = ? LIMIT 1"
)
SELECT_EVENT_RUNS = (  # primary key: the runs of one event have consecutive ids
    "SELECT id, state, trace FROM runs WHERE id >= ? AND id < ? AND event = ? ORDER BY id"
)

# parked

SELECT_PARKED = (  # runs_parked
    "SELECT id, step, key, due_at, kind, trace, parent_run, parent_span, priority, retry_count, replay_of,"
    " info, payload FROM runs INDEXED BY runs_parked WHERE state = 'parked' AND target = ? ORDER BY id LIMIT ?"
)
MARK_DELIVERED = (  # primary key
    "UPDATE runs SET state = ?, step = ?, key = ?, lane = ?, in_key_queue = ?, blocks_on_dead = ?, ready_at = ?"
    " WHERE id = ?"
)

# the trace index

INSERT_TRACE_BLOCK = "INSERT INTO trace_blocks (first, last, marks) VALUES (?, ?, ?)"  # appended
SELECT_TRACE_TAIL = (  # primary key
    "SELECT id, trace FROM runs WHERE id > (SELECT coalesce(max(last), 0) FROM trace_blocks) ORDER BY id"
)

# the books at open

SELECT_LAST_ID = "SELECT max(id) FROM runs"  # primary key
SELECT_LAST_GIVEN = "SELECT value FROM meta WHERE name = 'last_run_number'"  # primary key
COUNT_OPEN = (  # runs_open and its rows
    "SELECT step, state, lane, count(*) FROM runs INDEXED BY runs_open WHERE finished_at IS NULL"
    " GROUP BY step, state, lane"
)
COUNT_IN_KEYS = (  # runs_in_key alone
    "SELECT step, key, count(*) FROM runs INDEXED BY runs_in_key WHERE in_key_queue = 1 GROUP BY step, key"
)
SELECT_RUNNING = (  # runs_open of one step
    "SELECT id, step, epoch, attempt, lane, key, node, started_at, blocks_on_dead, cancel_requested, reason"
    " FROM runs INDEXED BY runs_open WHERE finished_at IS NULL AND step = ? AND state = 'running'"
)
SELECT_PAUSED = "SELECT step FROM paused_steps"  # all of it
