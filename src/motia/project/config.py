"""The configuration as the rooms read it; `settings.py` finds, merges and checks the values."""

from __future__ import annotations

from pathlib import Path

import msgspec

MIB = 1024 * 1024
DAY_S = 86_400.0


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds of one node."""

    body_bytes: int = 10 * MIB
    payload_bytes: int = MIB
    state_bytes: int = MIB
    request_timeout_s: float = 60.0
    """Most time from the last header to the last byte of a request's body, and the cap of an api step's timeout."""
    header_timeout_s: float = 10.0
    keep_alive_s: float = 5.0
    requests_in_flight: int = 1_000
    connections: int = 10_000
    queue_depth: int = 100_000
    """Open runs of one step."""


class Retention(msgspec.Struct, frozen=True, kw_only=True):
    """How long finished things are kept, and how large the two stores may grow."""

    runs_s: float = 7 * DAY_S
    logs_s: float = 3 * DAY_S
    runs_bytes: int = 10 * 1024 * MIB
    logs_bytes: int = 2 * 1024 * MIB


class Workbench(msgspec.Struct, frozen=True, kw_only=True):
    """The Workbench: where it listens, and who may use it."""

    enabled: bool = True
    host: str = "127.0.0.1"
    port: int = 3000
    token: str | None = None
    """Logs in whoever may look and operate."""
    view_token: str | None = None
    """Logs in whoever may look."""
    hosts: tuple[str, ...] = ()
    """Names it answers for besides localhost and the address it is bound to."""
    base_path: str = ""
    """Path under which a proxy serves it: empty, or with a slash in front and none at the end."""
    trusted_proxies: tuple[str, ...] = ()
    """Addresses and networks whose X-Forwarded-Proto and X-Forwarded-For are believed."""


class WorkerPools(msgspec.Struct, frozen=True, kw_only=True):
    """Processes of each language. `request` 0: background workers take requests too (development)."""

    request: int = 0
    background: int = 1
    slots: int = 128
    """Invocations in flight in one worker process."""
    threads: int = 40
    """Threads for plain functions in one worker process."""


class Config(msgspec.Struct, frozen=True, kw_only=True):
    """Everything that can be configured, resolved. authoring.md, section 8."""

    root: Path
    environment: str = "development"
    host: str = "127.0.0.1"
    port: int = 3001
    workbench: Workbench = Workbench()
    database_url: str = "sqlite://./.motia/motia.db"
    redis_url: str | None = None
    limits: Limits = Limits()
    shutdown_grace_s: float = 30.0
    retention: Retention = Retention()
    cors_origins: tuple[str, ...] = ()
    """`localhost` stands for every origin on this machine, `*` for all."""
    triggers_strict: bool = False
    workers: WorkerPools = WorkerPools()
    trace_sample_per_s: int = 200
    """Plain successful api traces stored per step and second; counts stay exact."""

    @property
    def is_production(self) -> bool:
        """Whether this is production: safer defaults, no reload."""
        return self.environment == "production"

    @property
    def data_dir(self) -> Path:
        """Where the engine keeps its files."""
        return self.root / ".motia"
