"""Migration 3: a run finds its replays. Frozen."""

from __future__ import annotations

SQL = """
CREATE INDEX runs_of_original ON runs (replay_of) WHERE replay_of IS NOT NULL;
"""
