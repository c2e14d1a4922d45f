"""Who is logged in: one-time codes, and the sessions that they become. No I/O.

Invariants
1. A code works once and for `CODE_TTL_S`; a session for its time. Both are random: 128 and 256 bits.
2. Neither is kept: only what it hashes to. Comparing takes the same time wherever they differ.
3. There are at most `CODES_MAX` codes and `SESSIONS_MAX` sessions; a new one takes the place of the oldest.
4. A session that is restored is never more than one that is opened now: not longer, and what opened it
   must still open one with its permission.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections import OrderedDict
from collections.abc import Iterable, Mapping

import msgspec

from motia.runtime import Clock
from motia.workbench.endpoint import Permission

CODE_BYTES = 16
CODE_TTL_S = 600.0
CODES_MAX = 16
SESSION_BYTES = 32
SESSIONS_MAX = 1_000
DIGEST_BYTES = 32
BY_CODE = "code"


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who is logged in, until `expires_at`."""

    who: str
    permission: Permission
    expires_at: int
    opened_by: str = BY_CODE
    """`BY_CODE`, or the mark of a token (see `mark_of`)."""


class Kept(Session, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A session as it is kept over a restart; `digest` is what its secret hashes to."""

    digest: bytes


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

    def open(self, *, who: str, permission: Permission, opened_by: str = BY_CODE) -> str:
        """Log somebody in; what is returned is for their cookie alone."""
        token = secrets.token_urlsafe(SESSION_BYTES)
        self._open[digest(token)] = Session(
            who=who, permission=permission, expires_at=self._ends_at(), opened_by=opened_by
        )
        while len(self._open) > SESSIONS_MAX:
            self._open.popitem(last=False)
        return token

    def kept(self) -> tuple[Kept, ...]:
        """Those that have not expired, oldest first, as they may be written down."""
        now = self._clock.now_ms()
        return tuple(
            Kept(
                digest=key,
                who=one.who,
                permission=one.permission,
                expires_at=one.expires_at,
                opened_by=one.opened_by,
            )
            for key, one in self._open.items()
            if one.expires_at > now
        )

    def restore(self, kept: Iterable[Kept], *, openers: Mapping[str, Permission]) -> None:
        """Log in again who was, by what still opens a session of that permission (`openers`: by mark)."""
        now, ends_at = self._clock.now_ms(), self._ends_at()
        for one in kept:
            if one.expires_at <= now or openers.get(one.opened_by) is not one.permission:
                continue
            if len(self._open) < SESSIONS_MAX:
                self._open[one.digest] = Session(
                    who=one.who,
                    permission=one.permission,
                    expires_at=min(one.expires_at, ends_at),
                    opened_by=one.opened_by,
                )

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

    def _ends_at(self) -> int:
        return self._clock.now_ms() + int(self.ttl_s * 1_000)


def mark_of(token_digest: bytes) -> str:
    """Names a token without telling it, nor what is compared with it."""
    return hashlib.sha256(b"opened by " + token_digest).hexdigest()


def digest(text: str) -> bytes:
    """What is kept of a secret."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()
