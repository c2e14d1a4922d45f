"""`motia serve-test`: the engine of a test in another language. Hidden: libraries call it, people do not."""

from __future__ import annotations

import asyncio
import os
from datetime import datetime
from pathlib import Path

import click

from motia.cli.command import Scope, command
from motia.cli.screen import log_line

LINE_BYTES_MAX = 16 * 1024 * 1024


@command("serve-test", example="motia serve-test --seed 7 --project demo", is_data=False)
@click.option(
    "--start", metavar="INSTANT", help="Time to start at, ISO 8601 with a zone; default: 2026-01-01."
)
@click.option("--seed", type=int, default=1, help="Seed of the engine's chance; default: 1.")
@click.option("--lenient", is_flag=True, help="Go on with faults in the project.")
def serve_test(scope: Scope, start: str | None, seed: int, lenient: bool) -> None:
    """Run an engine for a test: orders on standard input, answers on standard output.

    The ledger is in memory, the API on a free port, and time stands still until it is turned.
    """
    # Whatever else prints goes to standard error: the output is a line protocol.
    answers = os.dup(1)
    os.dup2(2, 1)
    code = asyncio.run(_serve(scope.root, answers, start=start, seed=seed, strict=not lenient))
    if code:
        raise click.exceptions.Exit(code)


async def _serve(root: Path, answers: int, *, start: str | None, seed: int, strict: bool) -> int:
    from motia.testing import serve_remote

    loop = asyncio.get_running_loop()
    orders = asyncio.StreamReader(limit=LINE_BYTES_MAX)
    with os.fdopen(0, "rb", closefd=False) as source, os.fdopen(answers, "wb") as target:
        await loop.connect_read_pipe(lambda: asyncio.StreamReaderProtocol(orders), source)
        sink, _ = await loop.connect_write_pipe(asyncio.Protocol, target)
        try:
            return await serve_remote(
                root,
                orders,
                sink,
                start=datetime.fromisoformat(start) if start else None,
                seed=seed,
                strict=strict,
                format_log=lambda line: click.unstyle(log_line(line)),
            )
        finally:
            sink.close()
