"""`make demo`: the example shop under sample traffic until Ctrl-C."""

from __future__ import annotations

import argparse
import contextlib
import http.client
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections import deque
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import urlsplit

import click

from motia.project import NEEDS, TITLES, Runtime, find_runtime
from tools.journey import drawn, folded, journey, languages_of

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / "examples" / "shop"
START_LIMIT_S = 30.0
PAUSE_S = 3.0
SETTLE_S = 1.0
POLL_S = 0.2
FIRST_NAMES = ("Ana", "Ben", "Chloe", "Dario", "Ella", "Finn")
ORDERS_KEPT = 20
SHIPPED_AFTER = 3
"""Orders later, one has left the shop as a rule and can be sent back."""
PRODUCTS = ("coffee", "tea", "cake")
OPEN_STATES = {"scheduled", "blocked", "ready", "running", "retrying"}
ORDER_LIMIT_S = 10.0
WIDTH_MAX = 110
NUMBERS = ("no", "one", "two", "three", "four")


class Demo(NamedTuple):
    """The running shop: where its project is and where it answers."""

    project: Path
    api: str

    def motia(self, *arguments: str) -> Any:
        """What a command says, as JSON; an empty list when it fails."""
        command = [sys.executable, "-m", "motia", *arguments, "--project", str(self.project), "--json"]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        return json.loads(done.stdout) if done.returncode == 0 else []

    def workbench(self) -> str:
        """A fresh one-time address of the Workbench; empty when it is not to be had."""
        said = self.motia("workbench")
        return str(said["url"]) if said else ""

    def send(self, method: str, path: str, body: object) -> tuple[int, str]:
        """Status and trace id of the answer to a request."""
        status, trace, _ = self.ask(method, path, body)
        return status, trace

    def ask(self, method: str, path: str, body: object) -> tuple[int, str, bytes]:
        """The same, and its body."""
        address = urlsplit(self.api)
        connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=10)
        try:
            text = None if body is None else json.dumps(body)
            connection.request(method, path, text, {"content-type": "application/json"})
            response = connection.getresponse()
            return response.status, response.headers.get("x-trace-id", ""), response.read()
        finally:
            connection.close()


def main(arguments: Sequence[str] | None = None) -> int:
    """Start the shop, send traffic, say what to try; returns the engine's exit code."""
    options = _options(arguments)
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    ports = [] if options.port is None else ["--port", str(options.port)]
    engine = subprocess.Popen(
        [sys.executable, "-m", "motia", "dev", "--project", str(options.project), *ports],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,  # Ctrl-C reaches this script alone, which passes it on once
    )
    try:
        demo = Demo(options.project, wait_for_api(engine, options.project))
        has_node = _show_order(demo)
        if not options.once:
            _run(demo, engine, has_node=has_node)
    except KeyboardInterrupt:
        pass
    except TimeoutError as error:
        print(error, file=sys.stderr)
        engine.terminate()
        return engine.wait() or 1
    return end(engine)


def end(engine: subprocess.Popen[bytes]) -> int:
    """Let the engine finish what is in flight; each further Ctrl-C is passed on, and stops it at once."""
    while True:
        try:
            engine.send_signal(signal.SIGINT)
            return engine.wait()
        except KeyboardInterrupt:
            continue


def _options(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="python -m tools.demo", description=__doc__)
    parser.add_argument("--project", type=Path, default=SHOP, help="the shop, or a copy of it")
    parser.add_argument("--port", type=int, help="port of the API; 0 takes a free one")
    parser.add_argument("--once", action="store_true", help="end after the first order")
    return parser.parse_args(arguments)


def _run(demo: Demo, engine: subprocess.Popen[bytes], *, has_node: bool) -> None:
    Traffic(demo, random.Random(1)).send(6)
    time.sleep(SETTLE_S)  # their log lines first, then what to try
    click.echo(
        invitation(
            demo.api, workbench=demo.workbench(), project=demo.project, width=_width(), has_node=has_node
        )
    )
    sys.stdout.flush()
    traffic = Traffic(demo, random.Random())
    while engine.poll() is None:
        time.sleep(PAUSE_S)
        traffic.send(1)


def wait_for_api(engine: subprocess.Popen[bytes], project: Path) -> str:
    """The API's address, once it answers."""
    record = project / ".motia" / "engine.json"
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        if engine.poll() is not None:
            raise TimeoutError(f"The engine ended with code {engine.returncode} before it was ready.")
        try:
            found = json.loads(record.read_text())
            if (
                found["pid"] == engine.pid
                and Demo(project, found["api"]).send("GET", "/ready", None)[0] == 200
            ):
                return found["api"]
        except (OSError, ValueError, KeyError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"The engine was not ready after {START_LIMIT_S:.0f} s.")


class Traffic:
    """Requests of people who sign up, order, and now and then send something back."""

    def __init__(self, demo: Demo, chance: random.Random) -> None:
        """Send nothing yet."""
        self._demo = demo
        self._chance = chance
        self._ordered: deque[str] = deque(maxlen=ORDERS_KEPT)

    def send(self, count: int) -> None:
        """What `count` people do; nothing more once the engine stops."""
        with contextlib.suppress(OSError):
            for _ in range(count):
                self._one()

    def _one(self) -> None:
        demo, chance = self._demo, self._chance
        name = chance.choice(FIRST_NAMES)
        demo.send("POST", "/users", {"name": name, "email": f"{name.lower()}@example.com"})
        items = [{"product": chance.choice(PRODUCTS), "quantity": chance.randint(1, 3)}]
        status, _, answer = demo.ask("POST", "/orders", {"userId": name.lower(), "items": items})
        if chance.random() < 0.25:
            demo.send("POST", "/imports", {"products": list(PRODUCTS)})
        if len(self._ordered) > SHIPPED_AFTER and chance.random() < 0.25:
            demo.send("POST", "/returns", {"orderId": self._ordered.popleft()})
        if status == 202:
            self._ordered.append(json.loads(answer)["id"])


def _show_order(demo: Demo) -> bool:
    """Send one order and print the runs that it caused; whether there is a step that takes orders."""
    order = {"userId": "ada", "items": [{"product": "tea", "quantity": 2}]}
    status, trace = demo.send("POST", "/orders", order)
    steps = {step["id"]: step for step in demo.motia("steps")}
    runs: list[dict[str, Any]] = []
    until = time.monotonic() + ORDER_LIMIT_S
    while "place-order" in steps and time.monotonic() < until:
        runs = demo.motia("runs", "list", "--trace", trace)
        if runs and not any(run["state"] in OPEN_STATES for run in runs):
            break
        time.sleep(POLL_S)
    missing = [found for found in map(_runtime, NEEDS) if not found.is_usable]
    click.echo(story(runs, steps, status=status, trace=trace, missing=missing, width=_width()))
    sys.stdout.flush()
    return "place-order" in steps


def _runtime(language: str) -> Runtime:
    return find_runtime(language, os.environ)


def _width() -> int:
    return min(shutil.get_terminal_size((WIDTH_MAX, 0)).columns, WIDTH_MAX)


def story(
    runs: Sequence[Mapping[str, Any]],
    steps: Mapping[str, Mapping[str, Any]],
    *,
    status: int,
    trace: str,
    missing: Sequence[Runtime],
    width: int,
) -> str:
    """What is told of the first order: its way through the languages, and which of them this machine has not."""
    parts = []
    if "place-order" in steps:
        languages = languages_of(runs, steps, start="place-order")
        noun = "language" if len(languages) == 1 else "languages"
        title = f"One order, {NUMBERS[len(languages)]} {noun}, one trace"
        lines = journey(runs, steps, start="place-order", answer=f"answered {status}")
        parts += [f"{click.style(title, bold=True)} ({trace})", drawn(lines, width=width)]
    else:
        parts.append(
            "Orders are taken by a step in TypeScript, which does not run here; what is in Python does."
        )
    for runtime in missing:
        title = TITLES[runtime.language]
        parts.append(
            f"{click.style('!', fg='yellow', bold=True)} {title} steps do not run: {runtime.problem}.\n"
            f"  To get it: {runtime.hint}"
        )
    return "\n" + "\n\n".join(parts) + "\n"


def invitation(api: str, *, project: Path, width: int, workbench: str = "", has_node: bool = True) -> str:
    """What there is to try, as commands that can be copied; without Node only what Python answers."""
    motia = str(_short(Path(sys.executable).parent / "motia"))
    where = f"--project {_short(project)}"
    json_type = "-H 'content-type: application/json'"
    ada = """-d '{"name":"Ada","email":"ada@example.com"}'"""
    imports = """-d '{"products":["tea","cake"]}'"""
    with_node = (
        (
            "a sign-up: TypeScript answers, Ruby and Python do the rest",
            (f"curl -i {api}/users", json_type, ada),
        ),
        ("a body that zod refuses", (f"curl -i {api}/users", json_type, """-d '{"name":""}'""")),
        ("a JavaScript schedule, now", (f"{motia} cron run daily-report", where)),
    )
    commands = (
        *(with_node if has_node else ()),
        ("a batch of background jobs in Python", (f"curl -i {api}/imports", json_type, imports)),
        ("every run, and those that failed for good", (f"{motia} runs list", where)),
        ("", (f"{motia} runs list --state dead", where)),
        ("what the steps say, as they say it", (f"{motia} logs -f", where)),
        *(
            (("another address of the Workbench: each works once", (f"{motia} workbench", where)),)
            if workbench
            else ()
        ),
    )
    tried = "\n".join(
        (f"  {click.style(f'# {why}', fg='bright_black')}\n" if why else "") + folded(parts, width=width)
        for why, parts in commands
    )
    opened = (
        f"  Workbench  {click.style(workbench, bold=True)}  (every run as it happens)\n" if workbench else ""
    )
    return (
        f"\n{click.style('The shop is running, with a little traffic. Ctrl-C stops it.', bold=True)}\n\n"
        f"{opened}  API        {api}\n  Reference  {api}/docs\n\n"
        f"Things to try in another terminal:\n\n{tried}\n\n"
        f"Edit a file below {_short(project)}/motia/steps, of any language: the change is live at once.\n"
    )


def _short(path: Path) -> Path:
    with contextlib.suppress(ValueError):
        return path.relative_to(Path.cwd())
    return path


if __name__ == "__main__":
    sys.exit(main())
