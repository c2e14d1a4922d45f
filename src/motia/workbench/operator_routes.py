"""What concerns the people in front of the Workbench: their session, what they did, what a doctor finds."""

from __future__ import annotations

import asyncio

import msgspec

from motia.workbench.audit import AuditPage
from motia.workbench.deps import NotRunning
from motia.workbench.endpoint import Call, Endpoint, Nothing, Permission, PermissionDenied, checked_limit


class SessionView(msgspec.Struct, frozen=True, kw_only=True):
    """Who asks and what they may. `expires_at`: when to log in again."""

    who: str
    permission: Permission
    environment: str
    expires_at: int | None


class Invitation(msgspec.Struct, frozen=True, kw_only=True):
    """An address that logs in whoever opens it first, for some minutes."""

    url: str


class AuditQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of the log."""

    limit: int = 100
    """1 to 1,000."""
    cursor: str | None = None


class FindingView(msgspec.Struct, frozen=True, kw_only=True):
    """A check: ok, warn or fail; `hint` says what to do when it is not ok."""

    check: str
    status: str
    found: str
    hint: str


class FindingList(msgspec.Struct, frozen=True, kw_only=True):
    """Every check of the machine and the project."""

    findings: tuple[FindingView, ...]


async def get_session(call: Call) -> SessionView:
    """What this caller may do."""
    caller = call.caller
    return SessionView(
        who=caller.who,
        permission=caller.permission,
        environment=call.deps.config.environment,
        expires_at=caller.expires_at,
    )


async def invite(call: Call) -> Invitation:
    """A one-time address of the Workbench; only by the control socket."""
    if not call.caller.is_local:
        raise PermissionDenied(
            "a one-time address is made on the engine's machine only", hint="run `motia workbench` there"
        )
    if call.deps.invite is None:
        raise NotRunning(
            "the Workbench is not served", hint="start an engine with workbench.enabled = true, and ask it"
        )
    return Invitation(url=call.deps.invite())


async def list_audit(call: Call) -> AuditPage:
    """What people did, newest first."""
    query = call.query(AuditQuery)
    limit = checked_limit(query.limit)
    if call.deps.audit is None:
        raise NotRunning("what people did is noted by the engine, and none runs", hint="start `motia dev`")
    return await call.deps.audit.page(limit=limit, cursor=query.cursor)


async def get_findings(call: Call) -> FindingList:
    """What `motia doctor` finds on the engine's machine."""
    diagnose = call.deps.diagnose
    if diagnose is None:
        raise NotRunning("the checks are made by the engine, and none runs", hint="run `motia doctor`")
    async with _diagnosing:  # it starts programs to ask their versions: one look at a time
        found = await asyncio.to_thread(diagnose)
    return FindingList(
        findings=tuple(
            FindingView(check=one.check, status=one.status, found=one.found, hint=one.hint) for one in found
        )
    )


_diagnosing = asyncio.Lock()

VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/session",
        permission=VIEW,
        summary="Who asks, and what they may",
        handler=get_session,
        answer=SessionView,
    ),
    Endpoint(
        method="POST",
        path="/v1/invitations",
        permission=OPERATE,
        summary="A one-time address of the Workbench",
        handler=invite,
        body=Nothing,
        answer=Invitation,
    ),
    Endpoint(
        method="GET",
        path="/v1/audit",
        permission=VIEW,
        summary="What people did",
        handler=list_audit,
        query=AuditQuery,
        answer=AuditPage,
    ),
    Endpoint(
        method="GET",
        path="/v1/doctor",
        permission=VIEW,
        summary="What a doctor finds on the engine's machine",
        handler=get_findings,
        answer=FindingList,
    ),
)
