"""The tables of telemetry.db. A file of another version is set aside: nothing in it is a record of truth.

A row id is the time of writing (ms since the epoch) shifted left by 20 bits plus a counter: ids sort
by time, so the primary key serves paging, "since" and deletion by age.
"""

from __future__ import annotations

from functools import cache

VERSION = 2
APPLICATION_ID = 0x4D4F5441
ROW_ID_SHIFT = 20

TABLES = """
CREATE TABLE spans (
  id INTEGER PRIMARY KEY,
  kind TEXT NOT NULL,            -- request, attempt, user
  is_root INTEGER NOT NULL,
  trace TEXT NOT NULL,
  span TEXT NOT NULL,
  parent TEXT,
  step TEXT NOT NULL,
  run TEXT,
  attempt INTEGER NOT NULL,
  name TEXT NOT NULL,            -- method and path, or the name of a user span
  outcome TEXT NOT NULL,
  status INTEGER NOT NULL,
  is_failed INTEGER NOT NULL,
  at INTEGER NOT NULL,           -- request: start; attempt: ready; user: start
  total_us INTEGER NOT NULL,
  claimed_at INTEGER,
  sent_at INTEGER,
  answered_at INTEGER,
  committed_at INTEGER,
  wait_us INTEGER NOT NULL,
  handler_us INTEGER NOT NULL,
  error_name TEXT,
  error_message TEXT,
  error_stack TEXT,
  fields TEXT,
  fingerprint TEXT,              -- of what failed (see fingerprint.py)
  accepted_at INTEGER            -- first attempt of a run that waited to become ready: since when
);
CREATE INDEX spans_trace ON spans (trace);
CREATE INDEX spans_root ON spans (id) WHERE is_root;
CREATE INDEX spans_fingerprint ON spans (fingerprint, run) WHERE fingerprint IS NOT NULL;
CREATE INDEX spans_failed_run ON spans (run) WHERE fingerprint IS NOT NULL;

CREATE TABLE logs (
  id INTEGER PRIMARY KEY,
  at INTEGER NOT NULL,
  level INTEGER NOT NULL,
  step TEXT,
  trace TEXT,
  run TEXT,
  attempt INTEGER NOT NULL,
  source TEXT NOT NULL,
  message TEXT NOT NULL,
  fields TEXT
);
CREATE INDEX logs_trace ON logs (trace) WHERE trace IS NOT NULL;
CREATE INDEX logs_run ON logs (run) WHERE run IS NOT NULL;
CREATE INDEX logs_step ON logs (step, id) WHERE step IS NOT NULL;

CREATE TABLE errors (
  fingerprint TEXT PRIMARY KEY,
  step TEXT NOT NULL,
  name TEXT NOT NULL,
  message TEXT NOT NULL,
  stack TEXT NOT NULL,
  file TEXT NOT NULL,
  line INTEGER NOT NULL,
  function TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  run TEXT,
  trace TEXT NOT NULL,
  is_resolved INTEGER NOT NULL DEFAULT 0,
  again_at INTEGER               -- when it failed again after it was resolved
) WITHOUT ROWID;
CREATE INDEX errors_last_seen ON errors (last_seen_at);

CREATE TABLE failures (
  minute INTEGER NOT NULL,
  fingerprint TEXT NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (minute, fingerprint)
) WITHOUT ROWID;

CREATE TABLE minutes (
  minute INTEGER NOT NULL,
  step TEXT NOT NULL,
  count INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  histogram TEXT NOT NULL,
  PRIMARY KEY (minute, step)
) WITHOUT ROWID;

CREATE TABLE edges (
  source TEXT NOT NULL,
  target TEXT NOT NULL,
  first_seen_at INTEGER NOT NULL,
  last_seen_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (source, target)
) WITHOUT ROWID;
"""

LATER_ADDITIONS = """
CREATE TABLE IF NOT EXISTS rollups (
  width_ms INTEGER NOT NULL,     -- how many minutes a row spans (see folding.py)
  at INTEGER NOT NULL,           -- when it begins
  step TEXT NOT NULL,
  count INTEGER NOT NULL,
  errors INTEGER NOT NULL,
  histogram TEXT NOT NULL,
  PRIMARY KEY (width_ms, at, step)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS dropped_lines (
  trace TEXT NOT NULL,
  run TEXT NOT NULL,             -- empty: of the trace's request
  last_at INTEGER NOT NULL,
  count INTEGER NOT NULL,
  PRIMARY KEY (trace, run)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS dropped_lines_last ON dropped_lines (last_at);
CREATE INDEX IF NOT EXISTS spans_root_step ON spans (step, id) WHERE is_root;
CREATE INDEX IF NOT EXISTS spans_failed ON spans (trace) WHERE is_failed;
"""
"""What files of this version may not have yet: made at each opening."""

LATER_COLUMNS = (("spans", "accepted_at", "INTEGER"),)
"""Columns that files of this version may not have yet, each the last of its table."""

SPAN_CHUNKS = (32, 8, 1)
"""Rows of one statement. Each lets go of the interpreter lock, so fewer are faster."""


@cache
def insert_spans(count: int) -> str:
    """Insert `count` spans."""
    row = f"({', '.join('?' * 27)})"
    return f"INSERT INTO spans VALUES {', '.join([row] * count)}"


INSERT_LOG = f"INSERT INTO logs VALUES ({', '.join('?' * 10)})"

# Counts one failure; one that comes back after it was resolved is open again.
UPSERT_ERROR = """
INSERT INTO errors VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, 0, NULL)
ON CONFLICT (fingerprint) DO UPDATE SET
  message = excluded.message, stack = excluded.stack, line = excluded.line,
  last_seen_at = max(last_seen_at, excluded.last_seen_at), count = count + excluded.count,
  run = excluded.run, trace = excluded.trace,
  again_at = CASE WHEN is_resolved THEN excluded.last_seen_at ELSE again_at END, is_resolved = 0
"""

RESOLVE_ERROR = "UPDATE errors SET is_resolved = ?, again_at = NULL WHERE fingerprint = ?"

# Log lines that were not kept, by run.
ADD_DROPPED = """
INSERT INTO dropped_lines VALUES (?, ?, ?, ?)
ON CONFLICT (trace, run) DO UPDATE SET
  count = count + excluded.count, last_at = max(last_at, excluded.last_at)
"""
SELECT_DROPPED = (  # primary key
    "SELECT coalesce(sum(count), 0), coalesce(max(last_at), 0) FROM dropped_lines WHERE trace = ?"
)
SELECT_DROPPED_OF_RUN = f"{SELECT_DROPPED} AND run = ?"
# Those that are too old, and beyond a number of rows the oldest (dropped_lines_last).
FORGET_DROPPED = """
DELETE FROM dropped_lines WHERE last_at < max(?, coalesce(
  (SELECT last_at FROM dropped_lines ORDER BY last_at DESC LIMIT 1 OFFSET ?), 0))
"""
DROPPED_ROWS_MAX = 50_000

# One row a kind of failure and minute, whatever their number.
ADD_FAILURES = """
INSERT INTO failures VALUES (?, ?, ?)
ON CONFLICT (minute, fingerprint) DO UPDATE SET count = count + excluded.count
"""

# Spans_fingerprint, downwards by run. A run belongs to what it failed with last (spans_failed_run).
SELECT_FAILED_RUNS = """
SELECT DISTINCT run FROM spans INDEXED BY spans_fingerprint
WHERE fingerprint IS NOT NULL AND fingerprint = ? AND run < ? AND NOT EXISTS (
  SELECT 1 FROM spans AS later INDEXED BY spans_failed_run
  WHERE later.fingerprint IS NOT NULL AND later.run = spans.run AND later.id > spans.id
  AND later.fingerprint <> spans.fingerprint)
ORDER BY run DESC LIMIT ?
"""

# The rollup in memory holds the whole minute: the row is replaced, never added to.
REPLACE_MINUTE = "INSERT OR REPLACE INTO minutes VALUES (?, ?, ?, ?, ?)"
SELECT_MINUTES = "SELECT step, minute, count, errors, histogram FROM minutes WHERE minute >= ? AND minute < ?"
SELECT_ROLLUPS = (
    "SELECT step, at, count, errors, histogram FROM rollups WHERE width_ms = ? AND at >= ? AND at < ?"
)
REPLACE_ROLLUP = "INSERT OR REPLACE INTO rollups VALUES (?, ?, ?, ?, ?, ?)"
SELECT_MINUTE = "SELECT count, errors, histogram FROM minutes WHERE minute = ? AND step = ?"

UPSERT_EDGE = """
INSERT INTO edges VALUES (?, ?, ?, ?, ?)
ON CONFLICT (source, target) DO UPDATE SET
  last_seen_at = excluded.last_seen_at, count = count + excluded.count
"""
