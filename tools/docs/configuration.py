"""The page of configuration keys, from the project room's list of them."""

from __future__ import annotations

from typing import Any

from motia.project import KEYS, NEEDS

INTRODUCTION = """# Configuration

<!-- Written by `python -m tools.docs`; do not edit. -->

A key is looked for as a flag of the command line, then in the environment (the real one, then `.env`),
then in `motia.config.py`, `motia.config.js` (`.mjs`, `.cjs`) or `motia.config.ts`; else its default holds.
[How to configure a project](../how-to/configure.md) shows the file in each language.
`motia config` prints each value and where it came from.

| key | variable | in development | in production | meaning |
|---|---|---|---|---|
"""

RUNTIMES = """
## Runtimes

A project needs the runtime of each language that it has step files of.
The environment of the project decides: the real one, then `.env`.

| language | needs | looked for in this order |
|---|---|---|
| Python | 3.11 or newer | the Python that runs the engine |
| JavaScript, TypeScript | Node {node} or newer | `MOTIA_NODE`, `node` on the PATH, the extra `motia-engine[node]` |
| Ruby | {ruby} or newer | `MOTIA_RUBY`, `ruby` on the `PATH` |

`MOTIA_NODE` and `MOTIA_RUBY` hold a path, one relative to the project, or a name on the `PATH`.
One that is set and cannot be used is an error; nothing else is looked for then.
Version managers (nvm, volta, rbenv, asdf, mise) count through the `PATH`.
Without its runtime a language's files are one fault, `no-runtime`, and all other steps run; `motia start` refuses.
`motia doctor` shows version and path of each.

Workers get the project's whole environment: `NODE_OPTIONS`, `RUBYOPT` and all that steps read themselves.
Ruby steps see the gems of the project's `Gemfile` through Bundler, when there is one.
"""

MEANINGS = {
    "host": "Address that the API listens on.",
    "port": "Port of the API; 0 takes a free one.",
    "workbench.enabled": "Whether the Workbench is served.",
    "workbench.host": "Address that the Workbench listens on.",
    "workbench.port": "Port of the Workbench; 0 takes a free one, `motia dev` the next free one.",
    "workbench.token": "Secret of 128 bits or more that logs in whoever may operate; required in production.",
    "workbench.view_token": "Secret of 128 bits or more that logs in whoever may only look.",
    "workbench.hosts": "Names that the Workbench answers for, besides localhost and the address it is bound to.",
    "workbench.base_path": "Path under which a proxy serves the Workbench, such as `/workbench`.",
    "workbench.trusted_proxies": "Addresses of proxies whose `X-Forwarded-Proto` and `X-Forwarded-For` count.",
    "database.url": "Where the ledger is kept.",
    "redis.url": "Carries wake-ups between nodes.",
    "limits.body_bytes": "Largest body of a request, bytes.",
    "limits.payload_bytes": "Largest payload of an event, bytes.",
    "limits.state_bytes": "Largest value of the state store, bytes.",
    "limits.request_timeout": "Most time for the body of a request, and the cap of an api step's timeout.",
    "limits.header_timeout": "Most time for the headers of a request.",
    "limits.keep_alive": "How long an idle connection is kept.",
    "limits.requests_in_flight": "Most requests at once; more wait, then get 503.",
    "limits.connections": "Most connections at once.",
    "limits.queue_depth": "Most open runs of one step.",
    "shutdown.grace": "How long requests and runs in flight may take to finish at shutdown.",
    "retention.runs": "How long finished runs are kept.",
    "retention.logs": "How long logs and traces are kept.",
    "retention.runs_bytes": "How large the ledger may grow before its oldest finished runs go.",
    "retention.logs_bytes": "How large logs and traces may grow before the oldest go.",
    "cors.origins": "Origins that may call the API from a browser; `localhost` is every one on this machine, `*` all.",
    "triggers.strict": "Whether a trigger of an id that nothing handles is an error instead of parked.",
    "workers.request": "Worker processes for requests, a language; 0: the background ones take them too.",
    "workers.background": "Worker processes for events and schedules, a language.",
    "workers.slots": "Invocations in flight in one worker process.",
    "workers.threads": "Threads for plain functions in one worker process.",
    "traces.sample_per_s": "Plain api traces stored, a step and second; failed, slow and triggering ones are all kept.",
}
MACHINE_MADE = {
    ("workers.request", "production"): "one for two processors",
    ("workers.background", "production"): "one for two processors",
}
UNITS = {1024**3: "GiB", 1024**2: "MiB", 1024: "KiB"}


def configuration_page() -> str:
    """The page: one row a key, in the order of `motia config`.

    Raises:
        KeyError: A key has no meaning written here.
    """
    least = {language: need.least_text for language, need in NEEDS.items()}
    return f"{INTRODUCTION}{rows()}{RUNTIMES.format(**least)}"


def rows() -> str:
    """The table, without its head."""
    return "".join(
        f"| `{key.name}` | `{key.variable}` | {shown(key, 'development')} | {shown(key, 'production')} "
        f"| {MEANINGS[key.name]} |\n"
        for key in KEYS
    )


def shown(key: Any, environment: str) -> str:
    """The key's default in an environment, for people; never one that depends on this machine."""
    made = MACHINE_MADE.get((key.name, environment))
    return made or value_text(key.name, key.default(environment))


def value_text(name: str, value: Any) -> str:
    """A default with its unit."""
    if value is None or value == ():
        return "none"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return ", ".join(f"`{item}`" for item in value)
    if name.endswith("_bytes"):
        return next(
            (f"{value // size:,} {unit}" for size, unit in UNITS.items() if value % size == 0), str(value)
        )
    if isinstance(value, float):
        return f"{value / 86_400:g} days" if value >= 86_400 else f"{value:g} s"
    return f"`{value}`" if isinstance(value, str) else f"{value}" if "port" in name else f"{value:,}"
