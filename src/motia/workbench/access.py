"""Who may use the Workbench: admits requests, logs people in and out, says who asks. No I/O.

Invariants
1. Nobody is somebody without a session (from a one-time code or a token) or a token in `Authorization`.
2. A session's cookie is HttpOnly and SameSite=Strict, for our path only, and Secure behind TLS. It counts
   for a change only when the browser says that a page of ours asks (see `arrivals`).
3. Codes and tokens are compared in constant time. After `GUESSES_BURST` wrong ones from one address
   further ones are not looked at for a while, right or wrong.
4. A session that is restored after a restart has what it had, at most; one that a token opened ends
   when that token is no more.
"""

from __future__ import annotations

import hmac
import re
from collections.abc import Iterable
from typing import NoReturn

from motia.model import CallerError, WorldError
from motia.project import Config
from motia.runtime import Clock
from motia.workbench.arrivals import Arrival, Arrivals, CrossSite, Seen, came_from_page
from motia.workbench.bucket import Buckets
from motia.workbench.endpoint import Caller, Permission
from motia.workbench.sessions import BY_CODE, Codes, Kept, Session, Sessions, digest, mark_of

GUESSES_BURST = 10
GUESSES_REFILL_S = 6.0
ADDRESSES_MAX = 4_096
SESSION_TTL_S = 12 * 3_600.0
SESSION_TTL_DEVELOPMENT_S = 7 * 86_400.0
COOKIES_TRIED_MAX = 8
_BEARER = re.compile(r"[Bb]earer +([\x21-\x7e]{1,1000})")


class Unauthenticated(CallerError):
    """Nobody is logged in. Nothing was done."""

    code = "unauthenticated"
    status = 401


class CodeRefused(Unauthenticated):
    """The one-time code was used, is too old, or never was."""

    code = "code-refused"


class TokenRefused(Unauthenticated):
    """No token of this Workbench."""

    code = "token-refused"


class TooManyGuesses(WorldError):
    """Too many wrong codes or tokens came from this address."""

    code = "too-many-guesses"
    status = 429
    retry_after_s = GUESSES_REFILL_S


class Access:
    """See the head of this file."""

    def __init__(self, config: Config, *, clock: Clock, port: int) -> None:
        """Nobody is logged in. `port` tells cookies of several engines on one machine apart."""
        workbench = config.workbench
        ttl_s = SESSION_TTL_S if config.is_production else SESSION_TTL_DEVELOPMENT_S
        self._arrivals = Arrivals(workbench)
        self._codes = Codes(clock)
        self._sessions = Sessions(clock, ttl_s=ttl_s)
        self._guesses = Buckets(
            clock, burst=GUESSES_BURST, refill_s=GUESSES_REFILL_S, names_max=ADDRESSES_MAX
        )
        self._tokens = tuple(
            (digest(token), permission)
            for token, permission in (
                (workbench.token, Permission.OPERATE),
                (workbench.view_token, Permission.VIEW),
            )
            if token is not None
        )
        self._cookie = f"motia_workbench_{port}"
        self._path = f"{workbench.base_path}/"

    @property
    def takes_tokens(self) -> bool:
        """Whether there is a token to log in with."""
        return bool(self._tokens)

    def admit(self, arrival: Arrival) -> Seen:
        """See `Arrivals.admit`."""
        return self._arrivals.admit(arrival)

    def issue_code(self) -> str:
        """A one-time code that logs in whoever may operate."""
        return self._codes.issue()

    def redeem(self, code: str, seen: Seen) -> str:
        """Log in by a one-time code; what is returned is for the cookie.

        Raises:
            CodeRefused: It is no code, or none any more.
            TooManyGuesses: It was not looked at.
        """
        self._check_guesses(seen)
        if not self._codes.redeem(code):
            self._guess(seen, CodeRefused("this link was used already, or is too old", hint=_ASK_AGAIN))
        return self._sessions.open(who=f"link opened at {seen.client}", permission=Permission.OPERATE)

    def log_in(self, token: str, seen: Seen) -> str:
        """Log in by a token; what is returned is for the cookie.

        Raises:
            TokenRefused: It is none of ours.
            TooManyGuesses: It was not looked at.
        """
        permission = self._permission_of(token, seen)
        return self._sessions.open(
            who=f"token at {seen.client}", permission=permission, opened_by=mark_of(digest(token))
        )

    def kept(self) -> tuple[Kept, ...]:
        """Who is logged in, to be restored after a restart; no secret is in it."""
        return self._sessions.kept()

    def restore(self, kept: Iterable[Kept]) -> None:
        """Log in again who was before a restart, as far as invariant 4 goes."""
        openers = {mark_of(known): permission for known, permission in self._tokens}
        self._sessions.restore(kept, openers={BY_CODE: Permission.OPERATE, **openers})

    def log_out(self, arrival: Arrival) -> None:
        """End the sessions of a request's cookies."""
        for token in self._cookies(arrival):
            self._sessions.close(token)

    def caller(self, arrival: Arrival, seen: Seen) -> Caller:
        """Who asks.

        Raises:
            Unauthenticated: Nobody that is known.
            TokenRefused, TooManyGuesses: By a token that is none of ours.
            CrossSite: A cookie came with a change, and the browser does not say from which page.
        """
        bearer = arrival.one(b"authorization")
        if bearer is not None and (match := _BEARER.fullmatch(bearer)) is not None:
            permission = self._permission_of(match[1], seen)
            return Caller(who=f"token at {seen.client}", permission=permission)
        session = self.session(arrival)
        if session is None:
            raise Unauthenticated("log in first", hint=_ASK_AGAIN)
        if not arrival.is_safe and not came_from_page(arrival):
            raise CrossSite(
                "the request says neither Origin nor Sec-Fetch-Site",
                hint="programs log in with the header Authorization: Bearer, not with a cookie",
            )
        return Caller(who=session.who, permission=session.permission, expires_at=session.expires_at)

    def session(self, arrival: Arrival) -> Session | None:
        """The session of a request's cookie, while it lasts."""
        found = (self._sessions.find(token) for token in self._cookies(arrival))
        return next((session for session in found if session is not None), None)

    def cookie_of(self, token: str, seen: Seen) -> str:
        """The Set-Cookie that carries a session; an empty token takes it away."""
        age_s = int(self._sessions.ttl_s) if token else 0
        secure = "; Secure" if seen.scheme == "https" else ""
        return (
            f"{self._cookie}={token}; Path={self._path}; Max-Age={age_s}; HttpOnly; SameSite=Strict{secure}"
        )

    def _cookies(self, arrival: Arrival) -> list[str]:
        pairs = (pair.strip().partition("=") for text in arrival.all(b"cookie") for pair in text.split(";"))
        # Another program on this host may have set one of this name: ours is among them.
        return [value for name, _, value in pairs if name == self._cookie][:COOKIES_TRIED_MAX]

    def _permission_of(self, token: str, seen: Seen) -> Permission:
        self._check_guesses(seen)
        given, found = digest(token), None
        for known, permission in self._tokens:
            if hmac.compare_digest(known, given):
                found = permission
        if found is None:
            self._guess(seen, TokenRefused("this is no token of this Workbench", hint=_ASK_AGAIN))
        return found

    def _check_guesses(self, seen: Seen) -> None:
        if self._guesses.of(seen.client).is_empty:
            raise TooManyGuesses(
                "too many wrong codes or tokens came from this address",
                hint=f"one more is looked at every {GUESSES_REFILL_S:g} s",
            )

    def _guess(self, seen: Seen, error: CallerError) -> NoReturn:
        self._guesses.of(seen.client).take()
        raise error


_ASK_AGAIN = "`motia workbench` on the engine's machine prints a new link"
