"""The schema of the ledger's database as it is today; `migrations` leads to it, a test proves that.

Only what is open or failed is in an index besides `runs_by_step`, so that the cost of an event does
not grow with the finished runs behind it, and every index that all runs are in is appended to.
`runs_open` has `finished_at`, always null there, so that it covers queries that name its condition.
What is about workflows is in tables of its own: a run that is in none writes nothing there.
"""

from __future__ import annotations

SCHEMA = """
CREATE TABLE migrations (version INTEGER PRIMARY KEY, name TEXT NOT NULL, applied_at INTEGER NOT NULL);

CREATE TABLE meta (name TEXT PRIMARY KEY, value BLOB) WITHOUT ROWID;

CREATE TABLE runs (
  id INTEGER PRIMARY KEY,
  event INTEGER NOT NULL,
  step TEXT NOT NULL,
  target TEXT NOT NULL,
  kind TEXT NOT NULL,
  state TEXT NOT NULL,
  trace TEXT NOT NULL,
  parent_run INTEGER,
  parent_span TEXT,
  priority INTEGER NOT NULL,
  due_at INTEGER NOT NULL,
  ready_at INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  crashes INTEGER NOT NULL DEFAULT 0,
  epoch INTEGER NOT NULL,
  node TEXT,
  is_suspect INTEGER NOT NULL DEFAULT 0,
  cancel_requested INTEGER NOT NULL DEFAULT 0,
  key TEXT,
  in_key_queue INTEGER,
  blocks_on_dead INTEGER NOT NULL,
  lane TEXT,
  retry_count INTEGER NOT NULL,
  replay_of INTEGER,
  fingerprint TEXT,
  occurrence INTEGER,
  started_at INTEGER,
  finished_at INTEGER,
  reason TEXT,
  error BLOB,
  info BLOB,
  result BLOB,
  payload BLOB NOT NULL
);
CREATE INDEX runs_by_step ON runs (step);
CREATE INDEX runs_by_kind ON runs (kind) WHERE kind <> 'event';
CREATE INDEX runs_open ON runs (step, state, finished_at, priority DESC, due_at) WHERE finished_at IS NULL;
CREATE INDEX runs_ready_by_lane ON runs (step, lane, priority DESC, due_at)
  WHERE state = 'ready' AND lane IS NOT NULL;
CREATE INDEX runs_due ON runs (due_at) WHERE state IN ('scheduled', 'retrying');
CREATE INDEX runs_in_key ON runs (step, key) WHERE in_key_queue = 1;
CREATE INDEX runs_parked ON runs (target) WHERE state = 'parked';
CREATE INDEX runs_of_parent ON runs (parent_run, fingerprint, occurrence) WHERE parent_run IS NOT NULL;
CREATE INDEX runs_of_original ON runs (replay_of) WHERE replay_of IS NOT NULL;
CREATE INDEX runs_failed ON runs (state) WHERE state IN ('dead', 'cancelled', 'skipped');
CREATE INDEX runs_failed_by_step ON runs (step, state) WHERE state IN ('dead', 'cancelled', 'skipped');

CREATE TABLE trace_blocks (first INTEGER PRIMARY KEY, last INTEGER NOT NULL, marks BLOB NOT NULL);

CREATE TABLE attempts (
  run INTEGER NOT NULL,
  epoch INTEGER NOT NULL,
  attempt INTEGER NOT NULL,
  node TEXT,
  started_at INTEGER NOT NULL,
  finished_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  error BLOB,
  PRIMARY KEY (run, epoch)
) WITHOUT ROWID;

CREATE TABLE event_keys (
  target TEXT NOT NULL,
  key TEXT NOT NULL,
  event INTEGER NOT NULL,
  run_count INTEGER NOT NULL,
  digest BLOB NOT NULL,
  expires_at INTEGER NOT NULL,
  PRIMARY KEY (target, key)
) WITHOUT ROWID;
CREATE INDEX event_keys_by_expiry ON event_keys (expires_at);

CREATE TABLE paused_steps (step TEXT PRIMARY KEY) WITHOUT ROWID;

CREATE TABLE nodes (node TEXT PRIMARY KEY, expires_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE cron_fires (
  step TEXT NOT NULL,
  instant_at INTEGER NOT NULL,
  outcome TEXT NOT NULL,
  fired_at INTEGER NOT NULL,
  run INTEGER,
  reason TEXT NOT NULL,
  PRIMARY KEY (step, instant_at)
) WITHOUT ROWID;

CREATE TABLE cron_seen (step TEXT PRIMARY KEY, schedule TEXT NOT NULL, seen_at INTEGER NOT NULL) WITHOUT ROWID;

CREATE TABLE state (
  id INTEGER PRIMARY KEY,
  grp TEXT NOT NULL,
  key TEXT NOT NULL,
  value BLOB NOT NULL,
  version INTEGER NOT NULL,
  updated_at INTEGER NOT NULL,
  UNIQUE (grp, key)
);

CREATE TABLE http_keys (
  id INTEGER PRIMARY KEY,
  step TEXT NOT NULL,
  key TEXT NOT NULL,
  digest TEXT NOT NULL,
  expires_at INTEGER NOT NULL,
  status INTEGER,
  headers BLOB,
  body BLOB,
  UNIQUE (step, key)
);
CREATE INDEX http_keys_by_expiry ON http_keys (expires_at);

CREATE TABLE instances (
  id INTEGER PRIMARY KEY,
  workflow TEXT NOT NULL,
  trace TEXT NOT NULL,
  state TEXT NOT NULL,
  is_open INTEGER,
  version INTEGER NOT NULL,
  due_at INTEGER,
  finished_at INTEGER,
  reason TEXT NOT NULL,
  members_total INTEGER NOT NULL,
  members_completed INTEGER NOT NULL,
  start_run INTEGER,
  start_span TEXT,
  start_node TEXT,
  start_state TEXT,
  start_reason TEXT,
  failure INTEGER,
  memos BLOB NOT NULL,
  spec BLOB NOT NULL,
  start_payload BLOB,
  start_result BLOB
);
CREATE INDEX instances_open ON instances (is_open) WHERE is_open = 1;
CREATE INDEX instances_due ON instances (due_at) WHERE state = 'running' AND due_at IS NOT NULL;
CREATE INDEX instances_finished ON instances (finished_at) WHERE finished_at IS NOT NULL;
CREATE INDEX instances_by_trace ON instances (trace);
CREATE INDEX instances_by_state ON instances (state);
CREATE INDEX instances_by_workflow ON instances (workflow);
CREATE INDEX instances_by_workflow_state ON instances (workflow, state);

CREATE TABLE instance_runs (
  instance INTEGER NOT NULL,
  run INTEGER NOT NULL,
  step TEXT NOT NULL,
  is_held INTEGER NOT NULL,
  counts INTEGER NOT NULL,
  PRIMARY KEY (instance, run)
) WITHOUT ROWID;
CREATE INDEX instance_runs_of_run ON instance_runs (run);
"""
