"""Settings: the configuration resolved from flags, environment, `.env`, file and defaults.

Invariants
1. Precedence is flag, environment variable (the real one, then `.env`), file, default.
2. All faults are found in one go and reported in one error; no value of a secret is in it.
3. Every key has an origin.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import msgspec

from motia.model import StartError
from motia.project.config import Config
from motia.project.config_file import find_config_file, read_config_file
from motia.project.config_keys import KEY_BY_NAME, KEYS, ROOTS, ConfigKey
from motia.project.dotenv import merge_dotenv, read_dotenv

TOKEN_BITS_MIN: Final = 128
_ENVIRONMENT_NAMES: Final = frozenset({"development", "production", "test", "staging"})
_ENVIRONMENT_SHAPE = re.compile(r"[A-Za-z0-9_-]{1,64}")
_PREFIX: Final = "MOTIA_"


class ConfigFault(msgspec.Struct, frozen=True, kw_only=True):
    """One mistake in the configuration; `where` is a file with its section, a variable or a flag."""

    where: str
    message: str
    hint: str = ""


class Settings(msgspec.Struct, frozen=True, kw_only=True):
    """The resolved configuration and where each value came from."""

    config: Config
    origins: dict[str, tuple[Any, str]]
    """Dotted key to (value with secrets masked, where it came from), in the order of the reference."""
    environ: dict[str, str]
    """The real environment with what `.env` adds: what workers get."""
    real_environ: dict[str, str] = {}
    """The real environment alone."""
    warnings: tuple[str, ...] = ()


class _Layer(msgspec.Struct, frozen=True):
    values: dict[str, Any]
    where: dict[str, str]


def load_config(
    root: Path,
    *,
    command: str,
    environment: str | None,
    flags: Mapping[str, Any],
    environ: Mapping[str, str],
) -> Settings:
    """Find, evaluate, merge and check the configuration of the project at `root`.

    Args:
        root: The project's directory.
        command: The command that asks; `start` defaults to production, all others to development.
        environment: The flag `--env`; None when it was not given.
        flags: Key to value; `workbench.port`, `workbench_port` and `workbench-port` are one, None
            is a flag not given.
        environ: The real environment.

    Raises:
        StartError: The file cannot be evaluated, or keys or values are wrong: all of them at once,
            in the message and as a list of `{where, message, hint}` in `details`.
    """
    dotenv = read_dotenv(root / ".env")
    merged = merge_dotenv(environ, dotenv)
    name = _environment_of(command, environment, merged)
    faults: list[ConfigFault] = []
    warnings: list[str] = []
    layers = [
        _read_flags(flags, faults),
        _read_environ(merged, frozenset(dotenv) - frozenset(environ), faults, warnings),
        _read_file(root, name, merged, faults, warnings),
    ]
    values: dict[str, Any] = {}
    origins: dict[str, tuple[Any, str]] = {}
    for key in KEYS:
        layer = next((layer for layer in layers if key.name in layer.values), None)
        value = key.default(name) if layer is None else layer.values[key.name]
        values[key.field] = value
        origins[key.name] = (
            key.shown(value),
            _default_name(name) if layer is None else layer.where[key.name],
        )
    faults += _check_together(name, values, origins)
    if faults:
        raise _error_of(faults)
    if values["redis_url"] is not None:
        warnings.append("redis.url is set, but this version has no use for Redis yet")
    return Settings(
        config=_config_of(root, name, values),
        origins=origins,
        environ=merged,
        real_environ=dict(environ),
        warnings=tuple(warnings),
    )


def _environment_of(command: str, environment: str | None, environ: Mapping[str, str]) -> str:
    name = environment or environ.get("MOTIA_ENV") or environ.get("NODE_ENV")
    if not name:
        return "production" if command == "start" else "development"
    if not _ENVIRONMENT_SHAPE.fullmatch(name):
        where = "--env" if environment else "MOTIA_ENV" if environ.get("MOTIA_ENV") else "NODE_ENV"
        raise StartError(
            f"{where}: {name[:80]!r} is no name of an environment",
            hint="use development, production or a name of letters, digits, - and _",
        )
    return name


def _default_name(environment: str) -> str:
    return f"default ({'production' if environment == 'production' else 'development'})"


def _read_flags(flags: Mapping[str, Any], faults: list[ConfigFault]) -> _Layer:
    names = {_flat(key.name): key.name for key in KEYS}
    layer = _Layer({}, {})
    for given, value in flags.items():
        if value is None:
            continue
        flag = "--" + re.sub(r"[._]", "-", given)
        known = names.get(_flat(given))
        if known is None:
            faults.append(ConfigFault(where=flag, message="is no setting", hint=_closest(given)))
        else:
            _take(layer, KEY_BY_NAME[known], value, where=f"flag {flag}", faults=faults)
    return layer


def _read_environ(
    environ: Mapping[str, str], from_dotenv: frozenset[str], faults: list[ConfigFault], warnings: list[str]
) -> _Layer:
    layer = _Layer({}, {})
    variables = {key.variable: key for key in KEYS}
    for name, text in sorted(environ.items()):
        key = variables.get(name)
        where = f"{'.env' if name in from_dotenv else 'environment variable'} {name}"
        if key is None:
            close = (
                difflib.get_close_matches(name, variables, n=1, cutoff=0.85)
                if name.startswith(_PREFIX)
                else []
            )
            warnings += [f"{where} is no setting and has no effect; did you mean {found}?" for found in close]
        elif text.strip():
            _take(layer, key, text, where=where, faults=faults)
    return layer


def _read_file(
    root: Path, environment: str, environ: Mapping[str, str], faults: list[ConfigFault], warnings: list[str]
) -> _Layer:
    path = find_config_file(root)
    chosen = _Layer({}, {})
    if path is None:
        return chosen
    exported = read_config_file(path, environ=environ)
    if not _is_keyed(exported, environment):
        _read_section(exported, chosen, where=path.name, faults=faults)
        return chosen
    for name, section in exported.items():
        where = f"{path.name} [{name}]"
        if name in ROOTS:
            faults.append(
                ConfigFault(
                    where=path.name,
                    message=f"mixes environments with the setting {name!r}",
                    hint=f"move {name!r} into each environment, or use no environments at all",
                )
            )
        elif not isinstance(section, dict):
            faults.append(ConfigFault(where=where, message="is no object of settings", hint="write {...}"))
        else:
            # All sections are checked, so that a mistake in production's shows before the deployment.
            layer = chosen if name == environment else _Layer({}, {})
            _read_section(section, layer, where=where, faults=faults)
    if environment not in exported:
        warnings.append(
            f"{path.name} has no section {environment!r}, only {', '.join(map(repr, exported))}: defaults apply"
        )
    return chosen


def _is_keyed(exported: dict[str, Any], environment: str) -> bool:
    if any(name in _ENVIRONMENT_NAMES or name == environment for name in exported):
        return True
    # Names of one's own: keyed when each holds an object that has settings, and none is a setting or
    # looks like a misspelled one.
    return bool(exported) and all(
        not difflib.get_close_matches(_snake(name), ROOTS, n=1, cutoff=0.7)
        and isinstance(section, dict)
        and any(_snake(inner) in ROOTS for inner in section)
        for name, section in exported.items()
    )


def _read_section(section: dict[str, Any], layer: _Layer, *, where: str, faults: list[ConfigFault]) -> None:
    for name, value in _leaves(section):
        key = KEY_BY_NAME.get(name)
        if key is not None:
            if value is not None:
                _take(layer, key, value, where=where, faults=faults)
        elif name in ROOTS:
            inside = ", ".join(key.name for key in KEYS if key.name.startswith(name + "."))
            faults.append(
                ConfigFault(
                    where=where, message=f"{name!r} holds settings, not a value", hint=f"it has {inside}"
                )
            )
        else:
            faults.append(ConfigFault(where=where, message=f"unknown key {name!r}", hint=_closest(name)))


def _leaves(section: dict[str, Any], prefix: str = "") -> Iterator[tuple[str, Any]]:
    for name, value in section.items():
        dotted = prefix + _snake(name)
        is_known_group = any(key.startswith(dotted + ".") for key in KEY_BY_NAME)
        if isinstance(value, dict) and is_known_group:
            yield from _leaves(value, dotted + ".")
        else:
            yield dotted, value


def _snake(name: str) -> str:
    return re.sub(r"([a-z0-9])([A-Z])", r"\1_\2", name).lower()


def _flat(name: str) -> str:
    return re.sub(r"[._-]", "", name).lower()


def _closest(name: str) -> str:
    close = difflib.get_close_matches(_snake(name), KEY_BY_NAME, n=1, cutoff=0.5)
    if not close:
        last = _snake(name).rpartition(".")[2]
        close = [key for key in KEY_BY_NAME if key.rpartition(".")[2] == last][:1]
    return f"did you mean {close[0]!r}?" if close else "`motia config` lists every key"


def _take(layer: _Layer, key: ConfigKey, value: Any, *, where: str, faults: list[ConfigFault]) -> None:
    try:
        layer.values[key.name] = key.read(value)
        layer.where[key.name] = where
    except ValueError as error:
        layer.values[key.name] = key.development
        layer.where[key.name] = where
        faults.append(ConfigFault(where=where, message=f"{key.name} must be {error}"))


def _check_together(
    environment: str, values: dict[str, Any], origins: dict[str, tuple[Any, str]]
) -> Iterator[ConfigFault]:
    enabled, token = values["workbench.enabled"], values["workbench.token"]
    if enabled and values["port"] and values["port"] == values["workbench.port"]:
        yield ConfigFault(
            where=origins["workbench.port"][1],
            message=f"port and workbench.port are both {values['port']}",
            hint="give the Workbench a port of its own with --workbench-port or workbench.port",
        )
    if not enabled:
        return
    if environment == "production" and token is None:
        yield ConfigFault(
            where=origins["workbench.enabled"][1],
            message="workbench.enabled in production needs workbench.token",
            hint=_token_hint("MOTIA_WORKBENCH_TOKEN"),
        )
    for name, variable in (
        ("workbench.token", "MOTIA_WORKBENCH_TOKEN"),
        ("workbench.view_token", "MOTIA_WORKBENCH_VIEW_TOKEN"),
    ):
        given = values[name]
        if environment == "production" and given is not None and _token_bits(given) < TOKEN_BITS_MIN:
            yield ConfigFault(
                where=origins[name][1],
                message=f"{name} is too weak: it needs {TOKEN_BITS_MIN} random bits or more",
                hint=_token_hint(variable),
            )
    if token is not None and token == values["workbench.view_token"]:
        yield ConfigFault(
            where=origins["workbench.view_token"][1],
            message="workbench.view_token is the same as workbench.token",
            hint=_token_hint("MOTIA_WORKBENCH_VIEW_TOKEN"),
        )


def _token_hint(variable: str) -> str:
    return f"make one with `openssl rand -hex 32` and set {variable} to it"


def _token_bits(token: str) -> int:
    # An upper bound from the alphabet; repeated characters show that nobody drew it at random.
    if len(set(token)) < 8:
        return 0
    return len(token) * (4 if re.fullmatch(r"[0-9a-fA-F]+", token) else 6)


def _error_of(faults: list[ConfigFault]) -> StartError:
    lines = [
        f"{fault.where}: {fault.message}" + (f" ({fault.hint})" if fault.hint else "") for fault in faults
    ]
    details = [msgspec.to_builtins(fault) for fault in faults]
    if len(faults) == 1:
        only = faults[0]
        return StartError(
            f"{only.where}: {only.message}",
            hint=only.hint or "`motia config` prints each value and where it came from",
            details=details,
        )
    return StartError(
        f"{len(faults)} mistakes in the configuration:\n" + "\n".join(f"  {line}" for line in lines),
        hint="correct them all; `motia config` prints each value and where it came from",
        details=details,
    )


def _config_of(root: Path, environment: str, values: dict[str, Any]) -> Config:
    nested: dict[str, Any] = {"root": str(root), "environment": environment}
    for field, value in values.items():
        group, dot, name = field.rpartition(".")
        (nested.setdefault(group, {}) if dot else nested)[name] = value
    config = msgspec.convert(nested, Config, dec_hook=lambda kind, value: kind(value))
    return msgspec.structs.replace(config, root=root)
