"""The state store: groups and keys with JSON values."""

from __future__ import annotations

import asyncio

import msgspec

from motia.ledger import StateEntry
from motia.model import CallerError, PayloadTooLarge, RunConflict
from motia.workbench.endpoint import Call, Endpoint, Nothing, Permission, checked_limit
from motia.workbench.run_routes import RawQuery
from motia.workbench.views import value_view

NAME_BYTES_MAX = 255


class KeyNotFound(CallerError):
    """The state store has no such key."""

    code = "key-not-found"
    status = 404


class GroupView(msgspec.Struct, frozen=True, kw_only=True):
    """A group and how many keys it has."""

    group: str
    keys: int


class GroupList(msgspec.Struct, frozen=True, kw_only=True):
    """Groups by name."""

    groups: tuple[GroupView, ...]
    cursor: str | None = None


class EntryView(msgspec.Struct, frozen=True, kw_only=True):
    """A key. `redacted`: something in the value is hidden; do not write it back."""

    group: str
    key: str
    value: msgspec.Raw
    version: int
    updated_at: int
    redacted: bool


class EntryList(msgspec.Struct, frozen=True, kw_only=True):
    """Keys in order; `cursor` asks for the next page."""

    entries: tuple[EntryView, ...]
    cursor: str | None = None


class GroupQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of the groups."""

    limit: int = 1_000
    cursor: str | None = None


class EntryQuery(msgspec.Struct, frozen=True, kw_only=True):
    """Which page of a group; `raw` hides nothing."""

    limit: int = 100
    cursor: str | None = None
    raw: bool = False


class SetBody(msgspec.Struct, frozen=True, kw_only=True):
    """The new value. With `version` only if the key still has that version (0: is not there)."""

    value: msgspec.Raw
    version: int | None = None


class Deleted(msgspec.Struct, frozen=True, kw_only=True):
    """Whether it was there."""

    deleted: bool


class Cleared(msgspec.Struct, frozen=True, kw_only=True):
    """How many keys there were."""

    count: int


async def list_groups(call: Call) -> GroupList:
    """Groups and their sizes."""
    query = call.query(GroupQuery)
    limit = checked_limit(query.limit)
    groups = sorted((await call.deps.ledger.state_groups()).items())
    rest = [pair for pair in groups if query.cursor is None or pair[0] > query.cursor]
    page = rest[:limit]
    return GroupList(
        groups=tuple(GroupView(group=group, keys=keys) for group, keys in page),
        cursor=page[-1][0] if len(rest) > limit else None,
    )


async def list_entries(call: Call) -> EntryList:
    """Keys of a group with their values."""
    query = call.query(EntryQuery)
    limit = checked_limit(query.limit)
    found = await call.deps.ledger.state_list(call.params["group"], limit=limit + 1, after=query.cursor or "")
    page = found[:limit]
    return EntryList(
        # Values are looked through for secrets, and may be large: not on the engine's loop.
        entries=await asyncio.to_thread(lambda: tuple(_view(entry, raw=query.raw) for entry in page)),
        cursor=page[-1].key if len(found) > limit else None,
    )


async def get_entry(call: Call) -> EntryView:
    """One key."""
    group, key = _names(call)
    entry = await call.deps.ledger.state_get(group, key)
    if entry is None:
        raise KeyNotFound(
            f"there is no {group}/{key}", hint=f"`motia state list {group}` lists what there is"
        )
    return _view(entry, raw=call.query(RawQuery).raw)


async def set_entry(call: Call) -> EntryView:
    """Set a key, if wished only when nobody changed it meanwhile."""
    group, key = _names(call)
    body = call.body(SetBody)
    value = bytes(body.value)
    limit = call.deps.config.limits.state_bytes
    if len(value) > limit:
        raise PayloadTooLarge(f"the value has {len(value):,} bytes, {limit:,} are the most")
    ledger = call.deps.ledger
    if body.version is None:
        entry = await ledger.state_set(group, key, value)
        call.deps.telemetry.state_changed(group, key)
        return _view(entry, raw=False)
    done, entry = await ledger.state_compare_and_set(group, key, version=body.version, value=value)
    if not done or entry is None:
        met = f"has version {entry.version}" if entry is not None else "is not there"
        raise RunConflict(
            f"{group}/{key} {met}, not {body.version}", hint="read it again, then decide; nothing was changed"
        )
    call.deps.telemetry.state_changed(group, key)
    return _view(entry, raw=False)


async def delete_entry(call: Call) -> Deleted:
    """Delete a key."""
    group, key = _names(call)
    is_deleted = await call.deps.ledger.state_delete(group, key)
    if is_deleted:
        call.deps.telemetry.state_changed(group, key)
    return Deleted(deleted=is_deleted)


async def clear_group(call: Call) -> Cleared:
    """Delete all keys of a group."""
    group = call.params["group"]
    count = await call.deps.ledger.state_clear(group)
    if count:
        call.deps.telemetry.state_changed(group, None)
    return Cleared(count=count)


def _names(call: Call) -> tuple[str, str]:
    group, key = call.params["group"], call.params["key"]
    for what, name in (("group", group), ("key", key)):
        if not 1 <= len(name.encode("utf-8", "replace")) <= NAME_BYTES_MAX:
            raise CallerError(f"the {what} is empty or longer than {NAME_BYTES_MAX} bytes")
    return group, key


def _view(entry: StateEntry, *, raw: bool) -> EntryView:
    value, is_redacted = value_view(entry.value, raw=raw)
    return EntryView(
        group=entry.group,
        key=entry.key,
        value=value or msgspec.Raw(b"null"),
        version=entry.version,
        updated_at=entry.updated_at,
        redacted=is_redacted,
    )


VIEW, OPERATE = Permission.VIEW, Permission.OPERATE

ENDPOINTS = (
    Endpoint(
        method="GET",
        path="/v1/state",
        permission=VIEW,
        summary="List groups of the state store",
        handler=list_groups,
        query=GroupQuery,
        answer=GroupList,
    ),
    Endpoint(
        method="GET",
        path="/v1/state/{group}",
        permission=VIEW,
        summary="List keys of a group",
        handler=list_entries,
        query=EntryQuery,
        answer=EntryList,
    ),
    Endpoint(
        method="POST",
        path="/v1/state/{group}/clear",
        permission=OPERATE,
        summary="Delete all keys of a group",
        handler=clear_group,
        body=Nothing,
        answer=Cleared,
    ),
    Endpoint(
        method="GET",
        path="/v1/state/{group}/{key}",
        permission=VIEW,
        summary="Read a key",
        handler=get_entry,
        query=RawQuery,
        answer=EntryView,
    ),
    Endpoint(
        method="PUT",
        path="/v1/state/{group}/{key}",
        permission=OPERATE,
        summary="Set a key",
        handler=set_entry,
        body=SetBody,
        answer=EntryView,
    ),
    Endpoint(
        method="DELETE",
        path="/v1/state/{group}/{key}",
        permission=OPERATE,
        summary="Delete a key",
        handler=delete_entry,
        answer=Deleted,
    ),
)
