"""Who is logged in: one-time codes, and the sessions that they become. No I/O.

Invariants
1. A code works once and for `CODE_TTL_S`; a session for its time. Both are random: 128 and 256 bits.
2. Neither is kept: only what it hashes to. Comparing takes the same time wherever they differ.
3. There are at most `CODES_MAX` codes and `SESSIONS_MAX` sessions; a new one takes the place of the oldest.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict

import msgspec

from motia.runtime import Clock
from motia.workbench.endpoint import Permission

CODE_BYTES = 16
CODE_TTL_S = 600.0
CODES_MAX = 16
SESSION_BYTES = 32
SESSIONS_MAX = 1_000


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is logged in, until `expires_at`."""

    who: str
    permission: Permission
    expires_at: int


class Codes:
    """One-time codes."""

    def __init__(self, clock: Clock) -> None:
        """There are none yet."""
        self._clock = clock
        self._open: OrderedDict[bytes, float] = OrderedDict()

    def issue(self) -> str:
        """A new code."""
        code = secrets.token_urlsafe(CODE_BYTES)
        self._open[digest(code)] = self._clock.mono() + CODE_TTL_S
        while len(self._open) > CODES_MAX:
            self._open.popitem(last=False)
        return code

    def redeem(self, code: str) -> bool:
        """Whether `code` is one; it is none any more."""
        wanted, found = digest(code), None
        for known in self._open:
            if hmac.compare_digest(known, wanted):
                found = known
        if found is None:
            return False
        return self._open.pop(found) > self._clock.mono()


class Sessions:
    """Who is logged in."""

    def __init__(self, clock: Clock, *, ttl_s: float) -> None:
        """Nobody is yet; a session lasts `ttl_s` seconds."""
        self._clock = clock
        self.ttl_s = ttl_s
        self._open: OrderedDict[bytes, Session] = OrderedDict()

    def __len__(self) -> int:
        """How many there are, expired ones that nobody asked for included."""
        return len(self._open)

    def open(self, *, who: str, permission: Permission) -> str:
        """Log somebody in; what is returned is for their cookie alone."""
        token = secrets.token_urlsafe(SESSION_BYTES)
        expires_at = self._clock.now_ms() + int(self.ttl_s * 1_000)
        self._open[digest(token)] = Session(who=who, permission=permission, expires_at=expires_at)
        while len(self._open) > SESSIONS_MAX:
            self._open.popitem(last=False)
        return token

    def find(self, token: str) -> Session | None:
        """The session of `token`, while it lasts."""
        key = digest(token)  # looked up by a hash: how far a guess is right shows in no time that it takes
        session = self._open.get(key)
        if session is not None and session.expires_at <= self._clock.now_ms():
            del self._open[key]
            return None
        return session

    def close(self, token: str) -> None:
        """Log out. Safe twice."""
        self._open.pop(digest(token), None)


def digest(text: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
