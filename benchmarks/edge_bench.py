"""The edge alone against FastAPI: POST with validation, in requests a second and CPU per request.

    python benchmarks/edge_bench.py --fastapi-python /path/to/venv/bin/python

Ours is one engine process whose worker is an async function in the process (the hop to a real worker is
measured elsewhere); FastAPI runs with `--workers 2`. Rounds are interleaved; medians are printed. Needs
`wrk`. CPU is what the operating system says of every process of the server.
"""

from __future__ import annotations

import argparse
import asyncio
import gc
import json
import os
import re
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

BODY = '{"name":"widget","quantity":3,"tags":["a","b"],"price":9.5}'
SCHEMA = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "quantity": {"type": "integer", "minimum": 1},
        "tags": {"type": "array", "items": {"type": "string"}},
        "price": {"type": "number"},
    },
    "required": ["name", "quantity"],
}
WRK_SCRIPT = f"""
wrk.method = "POST"
wrk.body = '{BODY}'
wrk.headers["Content-Type"] = "application/json"
"""
FASTAPI_APP = """
from fastapi import FastAPI
from pydantic import BaseModel, Field

class Item(BaseModel):
    name: str = Field(min_length=1)
    quantity: int = Field(ge=1)
    tags: list[str] = []
    price: float = 0

app = FastAPI()

@app.post("/items")
async def create(item: Item) -> dict:
    return {"name": item.name, "total": item.quantity * item.price}
"""


def serve_ours(port: int) -> None:
    import msgspec
    import uvloop

    from benchmarks.edge_stand_ins import Records, Workers
    from motia.edge import Edge
    from motia.model import RequestSchemas, Source, StepId, StepKind, StepSpec
    from motia.project import Catalog, Config
    from motia.runtime import SystemClock

    async def main() -> None:
        sock = socket.socket()
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        sock.bind(("127.0.0.1", port))
        config = Config(root=Path(tempfile.mkdtemp()))
        edge = Edge(
            config=config,
            workers=Workers(),
            recorder=Records(),
            clock=SystemClock(),
            ledger=None,
            sock=sock,
            is_ready=lambda: True,
        )
        step = StepSpec(
            id=StepId("create"),
            kind=StepKind.API,
            language="python",
            source=Source(file="a.py"),
            method="POST",
            path="/items",
            request=RequestSchemas(body=msgspec.Raw(json.dumps(SCHEMA).encode())),
        )
        edge.use_catalog(Catalog([step]))
        await edge.start()
        gc.collect()
        gc.freeze()  # as the engine does after load
        stop = asyncio.Event()
        asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
        await stop.wait()
        await edge.stop()

    uvloop.run(main())


def free_port() -> int:
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]


def wait_for(port: int) -> None:
    for _ in range(200):
        with socket.socket() as sock:
            if sock.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise SystemExit("the server did not start")


def cpu_s(pid: int) -> float:
    """CPU seconds of the processes of group `pid` so far."""
    total = 0.0
    tick = os.sysconf("SC_CLK_TCK")
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if int(fields[2]) == pid:
                total += (int(fields[11]) + int(fields[12])) / tick
    return total


def measure(
    command: list[str], port: int, *, seconds: int, connections: int, cwd: str
) -> tuple[float, float]:
    """Requests a second and CPU microseconds a request."""
    root = Path(__file__).parents[1]
    environment = {**os.environ, "PYTHONPATH": os.pathsep.join((str(root / "src"), str(root)))}
    server = subprocess.Popen(
        command,
        cwd=cwd,
        env=environment,
        start_new_session=True,
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    try:
        wait_for(port)
        script = Path(cwd) / "post.lua"
        script.write_text(WRK_SCRIPT)
        url = f"http://127.0.0.1:{port}/items"
        load = ["wrk", "-t1", f"-c{connections}", "-s", str(script), url]
        subprocess.run([*load, "-d1s"], check=True, stdout=subprocess.DEVNULL)
        before = cpu_s(server.pid)
        output = subprocess.run([*load, f"-d{seconds}s"], check=True, capture_output=True, text=True).stdout
        spent = cpu_s(server.pid) - before
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(10)
    if "Non-2xx" in output:
        raise SystemExit(output)
    total = int(re.search(r"(\d+) requests in", output)[1])
    rate = float(re.search(r"Requests/sec:\s+([\d.]+)", output)[1])
    return rate, spent / total * 1_000_000


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--serve", type=int)
    parser.add_argument("--fastapi-python")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--seconds", type=int, default=4)
    parser.add_argument("--connections", type=int, default=64)
    options = parser.parse_args()
    if options.serve:
        serve_ours(options.serve)
        return
    figures: dict[str, list[tuple[float, float]]] = {}
    with tempfile.TemporaryDirectory() as cwd:
        (Path(cwd) / "peer.py").write_text(FASTAPI_APP)
        for _ in range(options.rounds):
            port = free_port()
            rivals = {
                "motia edge, 1 process": [sys.executable, str(Path(__file__).resolve()), "--serve", str(port)]
            }
            if options.fastapi_python:
                rivals["FastAPI, --workers 2"] = [
                    options.fastapi_python, "-m", "uvicorn", "peer:app", "--port", str(port),
                    "--workers", "2", "--no-access-log", "--log-level", "warning",
                ]  # fmt: skip
            for name, command in rivals.items():
                figure = measure(
                    command, port, seconds=options.seconds, connections=options.connections, cwd=cwd
                )
                figures.setdefault(name, []).append(figure)
    for name, measured in figures.items():
        rates, costs = zip(*measured, strict=True)
        spread = f"{min(rates):,.0f} to {max(rates):,.0f}"
        print(
            f"{name:24} {statistics.median(rates):>9,.0f}/s ({spread})  {statistics.median(costs):6.1f} µs CPU each"
        )


if __name__ == "__main__":
    main()
