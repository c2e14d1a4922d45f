"""`make demo`: the example shop under sample traffic until Ctrl-C."""

from __future__ import annotations

import contextlib
import http.client
import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

ROOT = Path(__file__).resolve().parent.parent
SHOP = ROOT / "examples" / "shop"
START_LIMIT_S = 30.0
PAUSE_S = 2.0
FIRST_NAMES = ("Ada", "Grace", "Alan", "Edsger", "Barbara", "Donald")
PRODUCTS = ("coffee", "tea", "cake")
OPEN_STATES = {"scheduled", "blocked", "ready", "running", "retrying"}
ORDER_LIMIT_S = 10.0


def main() -> int:
    """Start the shop, send traffic, say what to try; returns the engine's exit code."""
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    engine = subprocess.Popen(
        [sys.executable, "-m", "motia.cli.main", "dev", "--project", str(SHOP)],
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        start_new_session=True,  # Ctrl-C reaches this script alone, which passes it on once
    )
    try:
        api = _wait_for_api(engine)
        _show_order(api)
        _send(api, random.Random(1), count=6)
        _say(api)
        chance = random.Random()
        while engine.poll() is None:
            time.sleep(PAUSE_S)
            _send(api, chance, count=1)
    except KeyboardInterrupt:
        engine.send_signal(signal.SIGINT)
    except TimeoutError as error:
        print(error, file=sys.stderr)
        engine.terminate()
        return engine.wait() or 1
    return engine.wait()


def _wait_for_api(engine: subprocess.Popen[bytes]) -> str:
    """The API's address, once it answers."""
    record = SHOP / ".motia" / "engine.json"
    until = time.monotonic() + START_LIMIT_S
    while time.monotonic() < until:
        if engine.poll() is not None:
            raise TimeoutError(f"The engine ended with code {engine.returncode} before it was ready.")
        try:
            found = json.loads(record.read_text())
            if found["pid"] == engine.pid and _request(found["api"], "GET", "/ready", None) == 200:
                return found["api"]
        except (OSError, ValueError, KeyError):
            pass
        time.sleep(0.05)
    raise TimeoutError(f"The engine was not ready after {START_LIMIT_S:.0f} s.")


def _send(api: str, chance: random.Random, *, count: int) -> None:
    for _ in range(count):
        name = chance.choice(FIRST_NAMES)
        try:
            _request(api, "POST", "/users", {"name": name, "email": f"{name.lower()}@example.com"})
            items = [{"product": chance.choice(PRODUCTS), "quantity": chance.randint(1, 3)}]
            _request(api, "POST", "/orders", {"userId": name.lower(), "items": items})
        except OSError:
            return  # the engine is stopping


def _show_order(api: str) -> None:
    """Send one order and print the runs that it caused: one trace through every language."""
    order = {"userId": "ada", "items": [{"product": "tea", "quantity": 2}]}
    status, trace = _answer(api, "POST", "/orders", order)
    languages = {step["id"]: step["language"] for step in _motia("steps")}
    runs: list[dict[str, Any]] = []
    until = time.monotonic() + ORDER_LIMIT_S
    while time.monotonic() < until:
        runs = _motia("runs", "list", "--trace", trace)
        if runs and not any(run["state"] in OPEN_STATES for run in runs):
            break
        time.sleep(0.2)
    print(f"\nOne order, trace {trace}:\n")
    print(f"  {'place-order':<18} {languages.get('place-order', ''):<8} answered {status}")
    for run in sorted(runs, key=lambda run: (run["created_at"], run["id"])):
        tries = f", attempt {run['attempt']}" if run["attempt"] > 1 else ""
        print(
            f"  {run['step']:<18} {languages.get(run['step'], '(nothing runs it)'):<8} {run['state']}{tries}"
        )


def _motia(*arguments: str) -> Any:
    command = [sys.executable, "-m", "motia.cli.main", *arguments, "--project", str(SHOP), "--json"]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    return json.loads(done.stdout) if done.returncode == 0 else []


def _request(api: str, method: str, path: str, body: object) -> int:
    return _answer(api, method, path, body)[0]


def _answer(api: str, method: str, path: str, body: object) -> tuple[int, str]:
    """Status and trace id of the answer."""
    address = urlsplit(api)
    connection = http.client.HTTPConnection(address.hostname or "127.0.0.1", address.port, timeout=10)
    try:
        text = None if body is None else json.dumps(body)
        connection.request(method, path, text, {"content-type": "application/json"})
        response = connection.getresponse()
        return response.status, response.headers["x-trace-id"]
    finally:
        connection.close()


def _say(api: str) -> None:
    motia = f"{Path(sys.executable).parent / 'motia'}"
    with contextlib.suppress(ValueError):
        motia = f"{Path(motia).relative_to(Path.cwd())}"
    print(
        f"""
The shop is running, with a little traffic. Ctrl-C stops it.

  API        {api}
  Reference  {api}/docs

Things to try in another terminal:

  curl -i {api}/users -H 'content-type: application/json' -d '{{"name":"Ada","email":"ada@example.com"}}'
  curl -i {api}/users -H 'content-type: application/json' -d '{{"name":""}}'
  {motia} runs list --project examples/shop
  {motia} runs list --project examples/shop --state dead
  {motia} logs -f --project examples/shop
  {motia} cron run daily-report --project examples/shop

Edit a file below examples/shop/motia/steps: the change is live at once.
""",
        flush=True,
    )


if __name__ == "__main__":
    sys.exit(main())
