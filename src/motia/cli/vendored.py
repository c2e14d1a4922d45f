"""The copy of `@motia/core` inside a project: packs the engine's own into `vendor/`, and renews it.

Editors, `tsc`, tests and `npx motia` use the copy; steps always get the library that came with the
engine. No registry is ever asked for it: a package of that name there is somebody else's.

Invariants
1. Equal content gives equal bytes: the same engine packs the same file on every machine.
2. package.json is changed only where it names an older tarball of ours, and nowhere else.
"""

from __future__ import annotations

import gzip
import io
import json
import re
import tarfile
from pathlib import Path
from typing import Any, NamedTuple

from motia.cli.errors import CommandError

PACKAGE = "@motia/core"
FOLDERS = ("bin", "dist")
LEFT_OUT = ("devDependencies", "scripts", "private")
FOLDER = "vendor"
SPEC = re.compile(r'("@motia/core"\s*:\s*")file:(?:\./)?(vendor/motia-core-[^"]+\.tgz)(")')
PACKED_AT = 499_162_500
"""npm's own instant for every file of a package (October 1985): zip tools refuse 1970."""


class Packed(NamedTuple):
    """A package as npm installs it."""

    path: str
    """Where it belongs in a project: `vendor/motia-core-<version>.tgz`."""
    content: bytes


def pack(sdk: Path) -> Packed:
    """Pack the Node library at `sdk`.

    Raises:
        CommandError: It is not built.
    """
    manifest = _manifest(sdk)
    if not (sdk / "dist" / "index.mjs").is_file():
        raise CommandError(
            f"the Node library in {sdk} is not built",
            hint=f"in a checkout of Motia: npm ci && npm run build in {sdk}; a wheel has it built",
        )
    entries = {"package/package.json": (json.dumps(manifest, indent=2) + "\n").encode()}
    for folder in FOLDERS:
        for path in sorted((sdk / folder).rglob("*")):
            if path.is_file():
                entries[f"package/{path.relative_to(sdk).as_posix()}"] = path.read_bytes()
    return Packed(f"{FOLDER}/motia-core-{manifest['version']}.tgz", _compressed(_tar(entries)))


class Renewed(NamedTuple):
    """What was done about the copy."""

    path: str = ""
    """Path of the new tarball; empty when nothing was to be done."""

    def __bool__(self) -> bool:
        return bool(self.path)


def renew(root: Path, sdk: Path) -> Renewed:
    """Bring the project's copy to what came with the engine.

    A project that does not take `@motia/core` from its own `vendor/` is left as it is.

    Raises:
        CommandError: The engine's library is not built.
    """
    manifest = root / "package.json"
    text = manifest.read_text("utf-8")
    named = SPEC.search(text)
    if named is None:
        return Renewed()
    packed = pack(sdk)
    path = root / packed.path
    if named[2] == packed.path and path.is_file() and _is_same(path.read_bytes(), packed.content):
        return Renewed()
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(packed.content)
    if named[2] != packed.path:
        manifest.write_text(SPEC.sub(rf"\g<1>file:{packed.path}\g<3>", text), "utf-8")
        (root / named[2]).unlink(missing_ok=True)
    return Renewed(packed.path)


def forget_in_lock(root: Path) -> None:
    """Take `@motia/core` out of npm's lock files, which hold the digest of the former tarball.

    npm refuses a file whose digest is another one, and has no option to renew a single one.
    """
    for lock in (root / "package-lock.json", root / "node_modules" / ".package-lock.json"):
        try:
            content = json.loads(lock.read_text("utf-8"))
        except (OSError, ValueError):
            continue
        if content.get("packages", {}).pop(f"node_modules/{PACKAGE}", None) is not None:
            lock.write_text(json.dumps(content, indent=2, ensure_ascii=False) + "\n", "utf-8")


def _manifest(sdk: Path) -> dict[str, Any]:
    try:
        manifest = json.loads((sdk / "package.json").read_text("utf-8"))
    except OSError as error:
        raise CommandError(
            f"the Node library that belongs to this engine is not there: {sdk}",
            hint="install the engine again from its wheel",
        ) from error
    return {key: value for key, value in manifest.items() if key not in LEFT_OUT}


def _tar(entries: dict[str, bytes]) -> bytes:
    buffer = io.BytesIO()
    with tarfile.open(fileobj=buffer, mode="w", format=tarfile.USTAR_FORMAT) as archive:
        for name in sorted(entries):
            info = tarfile.TarInfo(name)
            info.size = len(entries[name])
            info.mtime = PACKED_AT
            info.mode = 0o755 if name.startswith("package/bin/") else 0o644
            archive.addfile(info, io.BytesIO(entries[name]))
    return buffer.getvalue()


def _compressed(content: bytes) -> bytes:
    return gzip.compress(content, 9, mtime=0)


def _is_same(one: bytes, other: bytes) -> bool:
    """Whether two packages hold the same; compressors of different versions write different bytes."""
    try:
        return one == other or gzip.decompress(one) == gzip.decompress(other)
    except (OSError, EOFError):
        return False
