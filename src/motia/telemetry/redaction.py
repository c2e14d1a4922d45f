"""What must not be shown: secrets in logs, fields, payloads and headers, by key name and by shape.

Invariants
1. A value under a sensitive key is replaced whole; true, false and null stay, they tell nothing.
2. Text is searched for the shapes of known secrets wherever it stands, also in keys' values deep inside.
3. Work is bounded: at most `DEPTH_MAX` levels and `NODES_MAX` values; what lies beyond is replaced, never shown.
4. Everything else, control characters included, stays as it is: the screen shows it as data.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Any

import msgspec

REDACTED = "[redacted]"
BEYOND = "[not shown: too deep or too large]"
DEPTH_MAX = 64
NODES_MAX = 20_000
CACHED_KEY_CHARS = 64

_SENSITIVE_PARTS = (
    "authorization",
    "cookie",
    "token",
    "secret",
    "password",
    "passwd",
    "passphrase",
    "apikey",
    "accesskey",
    "privatekey",
    "signingkey",
    "encryptionkey",
    "credential",
    "connectionstring",
)
_SENSITIVE_WHOLE = frozenset({"pwd", "pass", "pin", "cvv", "cvc", "ssn", "auth", "jwt", "sessionid", "xcsrf"})
_NOT_ALNUM = re.compile(r"[^a-z0-9]+")

# One alternation so that a line is searched once. Every quantifier that may meet a long input is
# over a character class that cannot match what follows it: no backtracking beyond one step.
_SHAPES = re.compile(
    r"""
    (?P<pem>-----BEGIN\ [A-Z0-9\ ]{0,40}PRIVATE\ KEY-----(?:(?!-----END)[\s\S])*(?:-----END\ [A-Z0-9\ ]{0,40}-----)?)
  | (?P<header>\b(?:proxy-)?(?:authorization|(?:set-)?cookie)["']?\s{0,4}[=:]\s{0,4}["']?)[^\r\n"'}]{1,8192}
  | (?P<scheme>\b(?:Bearer|Basic|Digest)\s+)(?P<scheme_value>[A-Za-z0-9+/=._~:-]{8,})
  | (?P<userinfo>(?<=://)[^\s/@?\#"'<>]{1,512}(?=@))
  | (?P<jwt>\beyJ[A-Za-z0-9_-]{5,}\.[A-Za-z0-9_-]{5,}(?:\.[A-Za-z0-9_-]*)?)
  | (?P<key>\b(?:
        sk-[A-Za-z0-9_-]{16,}
      | (?:sk|rk|pk|whsec)_(?:live_|test_)?[A-Za-z0-9]{16,}
      | gh[pousr]_[A-Za-z0-9]{20,}
      | github_pat_[A-Za-z0-9_]{20,}
      | glpat-[A-Za-z0-9_-]{16,}
      | xox[abeoprs]-[A-Za-z0-9-]{10,}
      | (?:AKIA|ASIA)[0-9A-Z]{16}
      | AIza[0-9A-Za-z_-]{30,}
      | npm_[A-Za-z0-9]{30,}
      | pypi-[A-Za-z0-9_-]{30,}
    ))
  | (?P<named>(?<![A-Za-z0-9])[A-Za-z0-9_-]{0,40}
        (?:passwor[dt]|passwd|secret|token|api[_-]?key|access[_-]?key|private[_-]?key)
        [A-Za-z0-9_-]{0,20}["']?\s{0,4}[=:]\s{0,4})
    (?P<named_value>"[^"\n]{0,4096}"?|'[^'\n]{0,4096}'?|[^\s,;&"'\]\)}]{1,4096})
    """,
    re.VERBOSE | re.IGNORECASE,
)
# A cheap test that most lines fail, so that the alternation runs on few of them: each shape above
# has one of these words in it. Searching for words is thirty times cheaper than one such pattern.
_WORDS = (
    "passw", "secret", "token", "key", "authoriz", "cookie", "bearer", "basic", "digest",
    "://", "eyj", "akia", "asia", "aiza",
)  # fmt: skip
_DASHED_WORDS = (
    "sk-", "sk_", "rk_", "pk_", "whsec_", "gho_", "ghp_", "ghr_", "ghs_", "ghu_", "github_pat_",
    "glpat-", "xox", "npm_", "pypi-", "-----begin",
)  # fmt: skip


def is_sensitive_key(key: str) -> bool:
    """Whether a value under this key is hidden: case, dashes and underscores do not matter."""
    return _is_sensitive(key) if len(key) <= CACHED_KEY_CHARS else _is_sensitive.__wrapped__(key)


def redact_text(text: str) -> str:
    """`text` with what looks like a secret replaced."""
    return _SHAPES.sub(_replace_shape, text) if _may_hold_secret(text) else text


def redact_value(value: Any) -> Any:
    """A decoded JSON value with its secrets replaced; `value` itself is not changed."""
    return _Walk().value(value, 0)


def redact_json(data: bytes | None) -> msgspec.Raw:
    """JSON text with its secrets replaced; None is null.

    Text that is no JSON is shown as one JSON string, redacted by shape.
    """
    if data is None:
        return msgspec.Raw(b"null")
    try:
        decoded = msgspec.json.decode(data)
    except (msgspec.DecodeError, RecursionError):
        decoded = data.decode("utf-8", "replace")
    return msgspec.Raw(msgspec.json.encode(redact_value(decoded)))


def cut_text(text: str, bytes_max: int) -> str:
    """`text`, or its first `bytes_max` bytes and the mark `… (n bytes cut)`."""
    if len(text) * 4 <= bytes_max:
        return text
    encoded = text.encode("utf-8", "replace")
    if len(encoded) <= bytes_max:
        return text
    kept = encoded[:bytes_max].decode("utf-8", "ignore")
    return f"{kept}… ({len(encoded) - len(kept.encode())} bytes cut)"


@lru_cache(maxsize=4_096)
def _is_sensitive(key: str) -> bool:
    plain = _NOT_ALNUM.sub("", key.lower())
    return plain in _SENSITIVE_WHOLE or any(part in plain for part in _SENSITIVE_PARTS)


def _may_hold_secret(text: str) -> bool:
    lower = text.lower()
    for word in _WORDS:
        if word in lower:
            return True
    if "-" in lower or "_" in lower:
        return any(word in lower for word in _DASHED_WORDS)
    return False


def _replace_shape(match: re.Match[str]) -> str:
    if match["scheme"] is not None:
        return match["scheme"] + REDACTED
    for name in ("header", "named"):
        if match[name] is not None:
            return match[name] + REDACTED
    return REDACTED


class _Walk:
    """One pass over a value, counting what it sees."""

    __slots__ = ("nodes",)

    def __init__(self) -> None:
        self.nodes = 0

    def value(self, value: Any, depth: int) -> Any:
        self.nodes += 1
        if isinstance(value, str):
            return redact_text(value)
        if not isinstance(value, dict | list | tuple):
            return value
        if depth >= DEPTH_MAX or self.nodes >= NODES_MAX:
            return BEYOND
        if isinstance(value, dict):
            return {str(key): self._member(str(key), item, depth) for key, item in value.items()}
        return [self.value(item, depth + 1) if self.nodes < NODES_MAX else BEYOND for item in value]

    def _member(self, key: str, item: Any, depth: int) -> Any:
        if item is None or isinstance(item, bool):
            return item
        if self.nodes >= NODES_MAX:
            return BEYOND
        if is_sensitive_key(key):
            return REDACTED
        return self.value(item, depth + 1)
