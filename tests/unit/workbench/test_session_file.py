"""The file of sessions as an attacker, a crash or another account leaves it."""

import base64
import json
import os
import stat

import msgspec
import pytest

from motia.workbench import session_file
from motia.workbench.endpoint import Permission
from motia.workbench.session_file import FILE_BYTES_MAX, SessionFile
from motia.workbench.sessions import SESSIONS_MAX, Kept, digest

SECRET = "the-secret-of-a-cookie"
KEPT = Kept(who="ada", permission=Permission.OPERATE, expires_at=10**13, digest=digest(SECRET))


class Place:
    """A file of sessions, and what it told."""

    def __init__(self, folder, environment="production"):
        self.path = folder / "sessions.json"
        self.told = []
        self.file = SessionFile(self.path, environment=environment, tell=self.told.append)

    async def save(self, *kept):
        await self.file.save(lambda: kept)

    def edit(self, **changes):
        self.path.write_text(json.dumps({**json.loads(self.path.read_text()), **changes}))


@pytest.fixture
async def place(tmp_path):
    made = Place(tmp_path)
    await made.save(KEPT)
    return made


def an_entry(**changes):
    fields = {
        "digest": base64.b64encode(digest(SECRET)).decode(),
        "who": "ada",
        "permission": "operate",
        "expires_at": 10**13,
        "opened_by": "code",
    }
    return {**fields, **changes}


async def test_what_is_kept_is_found_again_and_holds_no_secret(place):
    assert await place.file.load() == (KEPT,)
    assert SECRET not in place.path.read_text()
    assert stat.S_IMODE(place.path.stat().st_mode) == 0o600
    assert place.told == []


async def test_no_file_is_nobody(tmp_path):
    place = Place(tmp_path)

    assert await place.file.load() == ()
    assert place.told == []


async def test_a_session_of_development_is_none_in_production(tmp_path):
    await Place(tmp_path, "development").save(KEPT)

    assert await Place(tmp_path, "production").file.load() == ()
    assert await Place(tmp_path, "development").file.load() == (KEPT,)


@pytest.mark.parametrize(
    "entry",
    [
        an_entry(digest="AAAA"),
        an_entry(digest="no base64"),
        an_entry(permission="root"),
        an_entry(expires_at=-1),
        an_entry(expires_at="never"),
        an_entry(who="x" * 301),
        an_entry(more=1),
        {},
        None,
    ],
    ids=["short", "text", "permission", "past", "never", "who", "more", "empty", "null"],
)
async def test_a_session_that_we_did_not_write_ends_them_all(place, entry):
    place.edit(sessions=[an_entry(), entry])

    assert await place.file.load() == ()
    assert "log in to the Workbench again" in place.told[0]


@pytest.mark.parametrize(
    "changes",
    [{"version": 2}, {"more": 1}, {"sessions": {}}, {"sessions": [an_entry()] * (SESSIONS_MAX + 1)}],
)
async def test_another_shape_of_file_is_nobody(place, changes):
    place.edit(**changes)

    assert await place.file.load() == ()
    assert len(place.told) == 1


@pytest.mark.parametrize("share", [0.0, 0.3, 0.99])
async def test_a_truncated_file_is_nobody(place, share):
    content = place.path.read_bytes()
    place.path.write_bytes(content[: int(len(content) * share)])

    assert await place.file.load() == ()
    assert len(place.told) == 1


async def test_a_file_beyond_the_bound_is_not_read(place):
    with place.path.open("ab") as file:
        file.write(b" " * FILE_BYTES_MAX)

    assert await place.file.load() == ()
    assert "too large" in place.told[0]


async def test_deep_nesting_is_nobody(place):
    place.path.write_text("[" * 100_000)

    assert await place.file.load() == ()


@pytest.mark.parametrize("mode", [0o640, 0o604, 0o660, 0o602, 0o666])
async def test_a_file_that_others_may_open_is_not_believed(place, mode):
    place.path.chmod(mode)

    assert await place.file.load() == ()
    assert "others may open it" in place.told[0]


async def test_a_file_of_another_account_is_not_believed(place, monkeypatch):
    monkeypatch.setattr(session_file.os, "geteuid", lambda: os.getuid() + 1)

    assert await place.file.load() == ()
    assert "another account" in place.told[0]


async def test_a_link_is_neither_followed_nor_written_through(place, tmp_path):
    elsewhere = tmp_path / "elsewhere.json"
    place.path.rename(elsewhere)
    place.path.symlink_to(elsewhere)
    place.path.with_suffix(".new").symlink_to(tmp_path / "victim")

    assert await place.file.load() == ()
    await place.save()

    assert not place.path.is_symlink()
    assert not (tmp_path / "victim").exists()
    assert "ada" in elsewhere.read_text()


async def test_a_pipe_is_not_waited_for(place):
    place.path.unlink()
    os.mkfifo(place.path, 0o600)

    assert await place.file.load() == ()


async def test_what_cannot_be_written_is_removed_and_told_once(place, monkeypatch):
    def full(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(session_file.os, "fdopen", full)
    await place.save(KEPT)
    await place.save(KEPT)

    assert not place.path.exists()
    assert len(place.told) == 1
    assert "No space left" in place.told[0]


async def test_the_last_of_many_writers_is_what_is_kept(place):
    kept = [msgspec.structs.replace(KEPT, who=str(number)) for number in range(3)]
    for one in kept:
        await place.save(one)

    assert await place.file.load() == (kept[-1],)
