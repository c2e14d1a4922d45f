"""The statements of the telemetry store fit its tables."""

from __future__ import annotations

import apsw
import pytest

from motia.telemetry.schema import SELECT_FAILED_RUNS, SPAN_CHUNKS, TABLES, insert_spans


@pytest.mark.parametrize("count", SPAN_CHUNKS)
def test_a_chunk_of_spans_is_one_statement(count: int) -> None:
    database = apsw.Connection(":memory:")
    database.execute(TABLES)
    columns = len(database.execute("SELECT * FROM pragma_table_info('spans')").fetchall())
    rows = [(number + 1, *["x"] * (columns - 1)) for number in range(count)]

    database.execute(insert_spans(count), [value for row in rows for value in row])

    assert database.execute("SELECT count(*) FROM spans").fetchone() == (count,)


def test_runs_of_a_failure_are_found_by_index_alone() -> None:
    database = apsw.Connection(":memory:")
    database.execute(TABLES)

    plan = [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {SELECT_FAILED_RUNS}", ("f", "g", 1))]

    assert not [line for line in plan if line.startswith("SCAN") or "TEMP B-TREE" in line], plan


def test_chunks_go_down_to_one() -> None:
    assert SPAN_CHUNKS[-1] == 1
    assert list(SPAN_CHUNKS) == sorted(SPAN_CHUNKS, reverse=True)
