"""Migration 2: instances of workflows, and which runs are theirs. Frozen."""

from __future__ import annotations

SQL = """
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
