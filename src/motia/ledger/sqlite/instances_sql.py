"""Every statement about workflow instances. Each names the index it leans on."""

from __future__ import annotations

COLUMNS = (
    "id, workflow, trace, state, is_open, version, due_at, finished_at, reason, members_total,"
    " members_completed, start_run, start_span, start_node, start_state, start_reason, failure, memos,"
    " spec, start_payload, start_result"
)

# the writer's

SELECT_OPEN_TRACES = "SELECT id, trace FROM instances INDEXED BY instances_open WHERE is_open = 1"  # those
SELECT_LAST_INSTANCE = "SELECT max(id) FROM instances"  # primary key
SELECT_INSTANCE = f"SELECT {COLUMNS} FROM instances WHERE id = ?"  # primary key
INSERT_INSTANCE = f"INSERT INTO instances ({COLUMNS}) VALUES ({','.join('?' * 21)})"
UPDATE_INSTANCE = (  # primary key
    "UPDATE instances SET state = ?, is_open = ?, version = ?, due_at = ?, finished_at = ?, reason = ?,"
    " members_completed = ?, start_state = ?, start_reason = ?, start_payload = ?, start_result = ?,"
    " failure = ?, memos = ? WHERE id = ?"
)
INSERT_MEMBER_RUN = (  # primary key
    "INSERT INTO instance_runs (instance, run, step, is_held, counts) VALUES (?, ?, ?, ?, 1)"
)
SELECT_HOLDS_OF_RUN = (  # instance_runs_of_run
    "SELECT instance, is_held FROM instance_runs INDEXED BY instance_runs_of_run WHERE run = ?"
)
LET_GO = "UPDATE instance_runs SET is_held = 0 WHERE instance = ? AND run = ? AND is_held = 1"  # primary key
SELECT_PART = (  # primary keys
    "SELECT j.step, r.parent_run FROM instance_runs AS j CROSS JOIN runs AS r ON r.id = j.run"
    " WHERE j.instance = ? AND j.run = ?"
)
SELECT_COUNTED = (  # primary key
    "SELECT step FROM instance_runs WHERE instance = ? AND run = ? AND counts = 1"
)
MARK_SUPERSEDED = (  # primary key
    "UPDATE instance_runs SET counts = 0 WHERE instance = ? AND run IN (SELECT value FROM json_each(?))"
)
SELECT_HELD_RUN = (  # primary key
    "SELECT state, step, key, lane, due_at FROM runs WHERE id = ? AND state IN ('blocked', 'parked')"
)
MARK_FREED = "UPDATE runs SET state = ?, ready_at = ?, in_key_queue = ? WHERE id = ?"  # primary key
MARK_SKIPPED = "UPDATE runs SET state = 'skipped', reason = ?, finished_at = ? WHERE id = ?"  # primary key

# retention

DELETE_INSTANCES = (  # instances_finished
    "DELETE FROM instances WHERE id IN (SELECT id FROM instances INDEXED BY instances_finished"
    " WHERE finished_at IS NOT NULL AND finished_at < ? AND is_open IS NULL"
    " ORDER BY finished_at, id LIMIT ?) RETURNING id"
)
DELETE_RUNS_OF = "DELETE FROM instance_runs WHERE instance IN (SELECT value FROM json_each(?))"  # primary key
DELETE_MEMBER_RUNS = (  # instance_runs_of_run
    "DELETE FROM instance_runs WHERE run IN (SELECT value FROM json_each(?))"
)

# reads

SELECT_MEMBER_RUNS = (  # primary keys
    "SELECT j.run, j.step, r.state, j.is_held, r.finished_at, r.reason, r.parent_run FROM instance_runs AS j"
    " CROSS JOIN runs AS r ON r.id = j.run WHERE j.instance = ? AND j.counts = 1 ORDER BY j.run"
)
SELECT_OPEN_INSTANCES = (  # instances_open
    "SELECT id, trace FROM instances INDEXED BY instances_open WHERE is_open = 1 AND id > ?"
    " ORDER BY id LIMIT ?"
)
SELECT_DUE_INSTANCES = (  # instances_due
    "SELECT id FROM instances INDEXED BY instances_due WHERE state = 'running' AND due_at IS NOT NULL"
    " AND due_at <= ? ORDER BY due_at, id LIMIT ?"
)
SELECT_NEXT_DUE_INSTANCE = (  # instances_due, the first behind
    "SELECT due_at FROM instances INDEXED BY instances_due WHERE state = 'running' AND due_at IS NOT NULL"
    " AND due_at > ? ORDER BY due_at LIMIT 1"
)
SELECT_NEXT_WORKFLOW = (  # instances_by_workflow, the first behind
    "SELECT workflow FROM instances INDEXED BY instances_by_workflow WHERE workflow > ?"
    " ORDER BY workflow LIMIT 1"
)
COUNT_INSTANCES = (  # instances_by_workflow_state alone
    "SELECT count(*) FROM (SELECT 1 FROM instances INDEXED BY instances_by_workflow_state"
    " WHERE workflow = ? AND state = ? LIMIT ?)"
)
