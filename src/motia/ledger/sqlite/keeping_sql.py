"""Every statement about nodes, cron, the state store, HTTP keys and retention."""

from __future__ import annotations

# nodes (primary key)

UPSERT_NODE = "INSERT OR REPLACE INTO nodes (node, expires_at) VALUES (?, ?)"
RENEW_NODE = "UPDATE nodes SET expires_at = ? WHERE node = ? AND expires_at >= ?"
DELETE_NODE = "DELETE FROM nodes WHERE node = ?"

# cron (primary key)

SELECT_FIRE = "SELECT 1 FROM cron_fires WHERE step = ? AND instant_at = ?"
INSERT_FIRE = (
    "INSERT INTO cron_fires (step, instant_at, outcome, fired_at, run, reason) VALUES (?, ?, ?, ?, ?, ?)"
)
SELECT_FIRES = (
    "SELECT step, instant_at, outcome, fired_at, run, reason FROM cron_fires WHERE step = ?"
    " ORDER BY instant_at DESC LIMIT ?"
)
SELECT_SEEN = "SELECT seen_at FROM cron_seen WHERE step = ? AND schedule = ?"
UPSERT_SEEN = "INSERT OR REPLACE INTO cron_seen (step, schedule, seen_at) VALUES (?, ?, ?)"

# state (the unique index on group and key)

SELECT_STATE = "SELECT grp, key, value, version, updated_at FROM state WHERE grp = ? AND key = ?"
UPSERT_STATE = (
    "INSERT INTO state (grp, key, value, version, updated_at) VALUES (?, ?, ?, ?, ?)"
    " ON CONFLICT (grp, key) DO UPDATE SET value = excluded.value, version = excluded.version,"
    " updated_at = excluded.updated_at"
)
DELETE_STATE = "DELETE FROM state WHERE grp = ? AND key = ?"
SELECT_GROUP = (
    "SELECT grp, key, value, version, updated_at FROM state WHERE grp = ? AND key > ? ORDER BY key LIMIT ?"
)
COUNT_GROUPS = "SELECT grp, count(*) FROM state GROUP BY grp ORDER BY grp LIMIT ?"
CLEAR_GROUP = "DELETE FROM state WHERE grp = ?"

# HTTP keys (the unique index on step and key)

SELECT_HTTP_KEY = (
    "SELECT digest, status, headers, body FROM http_keys WHERE step = ? AND key = ? AND expires_at > ?"
)
INSERT_HTTP_KEY = "INSERT OR REPLACE INTO http_keys (step, key, digest, expires_at) VALUES (?, ?, ?, ?)"
FINISH_HTTP_KEY = "UPDATE http_keys SET status = ?, headers = ?, body = ? WHERE step = ? AND key = ?"
DELETE_HTTP_KEY = "DELETE FROM http_keys WHERE step = ? AND key = ?"
DELETE_HTTP_IN_FLIGHT = "DELETE FROM http_keys WHERE status IS NULL"  # all of it, once at open

# meta (primary key)

UPSERT_META = "INSERT OR REPLACE INTO meta (name, value) VALUES (?, ?)"
SELECT_META = "SELECT value FROM meta WHERE name = ?"
TOUCH_META = (
    "INSERT INTO meta (name, value) VALUES ('probes', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1"
)

# retention

SELECT_FINISHED = (  # primary key, from where the last batch ended
    "SELECT id FROM runs WHERE id > ? AND id < ? AND finished_at < ? ORDER BY id LIMIT ?"
)
SELECT_PARKED_BEFORE = (  # runs_parked: as many as there are parked runs
    "SELECT id, step FROM runs INDEXED BY runs_parked WHERE state = 'parked' AND id < ? LIMIT ?"
)
SELECT_TO_DELETE = (  # primary key; asked again by the writer, for things change
    "SELECT id, step, key, in_key_queue FROM runs"
    " WHERE id IN (SELECT value FROM json_each(?)) AND finished_at IS NOT NULL"
    " AND NOT EXISTS (SELECT 1 FROM instance_runs AS j CROSS JOIN instances AS i ON i.id = j.instance"
    " WHERE j.run = runs.id AND i.is_open = 1)"
)
SELECT_BEHIND = (  # runs_in_key
    "SELECT 1 FROM runs INDEXED BY runs_in_key WHERE in_key_queue = 1 AND step = ? AND key = ? AND id <> ?"
    " AND state = 'blocked' LIMIT 1"
)
DELETE_RUNS = "DELETE FROM runs WHERE id IN (SELECT value FROM json_each(?))"  # primary key
DELETE_ATTEMPTS = "DELETE FROM attempts WHERE run IN (SELECT value FROM json_each(?))"  # primary key
DELETE_TRACE_BLOCKS = (  # primary key: blocks whose every run is gone; the newest stays as the bound of the tail
    "DELETE FROM trace_blocks WHERE last < (SELECT min(id) FROM runs)"
    " AND first < (SELECT max(first) FROM trace_blocks)"
)
DELETE_EVENT_KEYS = (  # event_keys_by_expiry
    "DELETE FROM event_keys WHERE (target, key) IN"
    " (SELECT target, key FROM event_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)"
)
DELETE_HTTP_KEYS = (  # http_keys_by_expiry
    "DELETE FROM http_keys WHERE id IN (SELECT id FROM http_keys WHERE expires_at <= ? ORDER BY expires_at LIMIT ?)"
)
DELETE_FIRES = (  # all firings, a few a day and step; the last of each step stays
    "DELETE FROM cron_fires WHERE (step, instant_at) IN"
    " (SELECT step, instant_at FROM cron_fires AS f WHERE fired_at < ? AND instant_at <"
    " (SELECT max(instant_at) FROM cron_fires AS l WHERE l.step = f.step) LIMIT ?)"
)
