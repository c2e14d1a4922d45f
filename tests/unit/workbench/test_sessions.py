import base64

import msgspec

from motia.runtime import FrozenClock
from motia.workbench.endpoint import Permission
from motia.workbench.sessions import BY_CODE, CODE_TTL_S, CODES_MAX, SESSIONS_MAX, Codes, Sessions


def bits_of(token: str) -> int:
    return 8 * len(base64.urlsafe_b64decode(token + "=" * (-len(token) % 4)))


def test_a_code_works_once():
    codes = Codes(FrozenClock())
    code = codes.issue()

    assert codes.redeem(code)
    assert not codes.redeem(code)


async def test_a_code_ends_after_its_time():
    clock = FrozenClock()
    codes = Codes(clock)
    code = codes.issue()

    await clock.advance(CODE_TTL_S)

    assert not codes.redeem(code)


def test_what_is_no_code_is_refused_and_spends_none():
    codes = Codes(FrozenClock())
    code = codes.issue()

    assert not codes.redeem("")
    assert not codes.redeem(code[:-1])
    assert not codes.redeem("\udcff")
    assert codes.redeem(code)


def test_codes_are_bounded_and_the_oldest_goes():
    codes = Codes(FrozenClock())
    issued = [codes.issue() for _ in range(CODES_MAX + 1)]

    assert not codes.redeem(issued[0])
    assert all(codes.redeem(code) for code in issued[1:])


def test_codes_have_128_bits_and_sessions_256():
    clock = FrozenClock()

    assert bits_of(Codes(clock).issue()) == 128
    assert bits_of(Sessions(clock, ttl_s=1).open(who="a", permission=Permission.VIEW)) == 256


async def test_a_session_lasts_its_time():
    clock = FrozenClock()
    sessions = Sessions(clock, ttl_s=60)
    token = sessions.open(who="ada", permission=Permission.VIEW)

    await clock.advance(59)
    found = sessions.find(token)
    await clock.advance(1)

    assert found is not None
    assert (found.who, found.permission) == ("ada", Permission.VIEW)
    assert sessions.find(token) is None
    assert len(sessions) == 0


def test_a_closed_session_is_gone_and_closing_is_safe_twice():
    sessions = Sessions(FrozenClock(), ttl_s=60)
    token = sessions.open(who="ada", permission=Permission.VIEW)

    sessions.close(token)
    sessions.close(token)

    assert sessions.find(token) is None


def test_sessions_are_bounded_and_the_oldest_goes():
    sessions = Sessions(FrozenClock(), ttl_s=60)
    first = sessions.open(who="first", permission=Permission.VIEW)
    for number in range(SESSIONS_MAX):
        sessions.open(who=str(number), permission=Permission.VIEW)

    assert len(sessions) == SESSIONS_MAX
    assert sessions.find(first) is None


async def test_a_restored_session_is_never_more_than_one_opened_now():
    clock = FrozenClock()
    before = Sessions(clock, ttl_s=600)
    by_code = before.open(who="ada", permission=Permission.OPERATE)
    by_token = before.open(who="eve", permission=Permission.VIEW, opened_by="mark")
    by_gone = before.open(who="old", permission=Permission.OPERATE, opened_by="gone")

    after = Sessions(clock, ttl_s=60)
    after.restore(before.kept(), openers={BY_CODE: Permission.OPERATE, "mark": Permission.VIEW})
    ends_at = after.find(by_code).expires_at

    assert ends_at == clock.now_ms() + 60_000
    assert after.find(by_token).permission is Permission.VIEW
    assert after.find(by_gone) is None


async def test_expired_sessions_and_other_permissions_are_not_restored():
    clock = FrozenClock()
    before = Sessions(clock, ttl_s=60)
    before.open(who="ada", permission=Permission.OPERATE)
    before.open(who="eve", permission=Permission.OPERATE, opened_by="now may only look")
    kept = before.kept()
    after = Sessions(clock, ttl_s=60)

    after.restore(kept, openers={"now may only look": Permission.VIEW})
    await clock.advance(60)
    after.restore(kept, openers={BY_CODE: Permission.OPERATE})

    assert len(after) == 0
    assert before.kept() == ()


def test_restoring_is_bounded():
    before = Sessions(FrozenClock(), ttl_s=60)
    before.open(who="ada", permission=Permission.OPERATE)
    (one,) = before.kept()
    many = [msgspec.structs.replace(one, digest=number.to_bytes(32)) for number in range(SESSIONS_MAX + 9)]
    after = Sessions(FrozenClock(), ttl_s=60)

    after.restore(many, openers={BY_CODE: Permission.OPERATE})

    assert len(after) == SESSIONS_MAX
