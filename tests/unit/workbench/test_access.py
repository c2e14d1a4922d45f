from pathlib import Path

import pytest

from motia.model import MotiaError
from motia.project import Config, Workbench
from motia.runtime import FrozenClock
from motia.workbench.access import GUESSES_BURST, GUESSES_REFILL_S, SESSION_TTL_S, Access
from motia.workbench.arrivals import Arrival
from motia.workbench.endpoint import Permission

TOKEN, VIEW_TOKEN = "0123456789abcdef" * 4, "fedcba9876543210" * 4
OURS = ((b"host", b"localhost:3000"), (b"sec-fetch-site", b"same-origin"))


def made(clock=None, **workbench):
    config = Config(root=Path("/nowhere"), environment="production", workbench=Workbench(**workbench))
    return Access(config, clock=clock or FrozenClock(), port=3000)


def an_arrival(*headers, method="GET", peer="127.0.0.1"):
    return Arrival(method=method, target=b"/", headers=(*OURS, *headers), peer=peer)


def with_cookie(token, *headers, method="GET"):
    cookie = (b"cookie", f"other=1; motia_workbench_3000={token}".encode())
    return an_arrival(cookie, *headers, method=method)


def refusal(work):
    with pytest.raises(MotiaError) as caught:
        work()
    return caught.value.code


def test_nobody_is_nobody():
    access = made()
    arrival = an_arrival()

    assert refusal(lambda: access.caller(arrival, access.admit(arrival))) == "unauthenticated"


def test_a_code_becomes_a_session_that_may_operate():
    access = made()
    seen = access.admit(an_arrival())

    session = access.redeem(access.issue_code(), seen)
    caller = access.caller(with_cookie(session), seen)

    assert caller.permission is Permission.OPERATE
    assert caller.expires_at is not None
    assert not caller.is_local


@pytest.mark.parametrize(("token", "may"), [(TOKEN, Permission.OPERATE), (VIEW_TOKEN, Permission.VIEW)])
def test_a_token_logs_in_with_its_permission(token, may):
    access = made(token=TOKEN, view_token=VIEW_TOKEN)
    seen = access.admit(an_arrival())

    session = access.log_in(token, seen)
    bearer = access.caller(an_arrival((b"authorization", f"Bearer {token}".encode())), seen)

    assert access.caller(with_cookie(session), seen).permission is may
    assert bearer.permission is may
    assert bearer.expires_at is None


def test_without_configured_tokens_no_token_is_right():
    access = made()
    seen = access.admit(an_arrival())

    assert refusal(lambda: access.log_in("", seen)) == "token-refused"
    assert not access.takes_tokens


async def test_guesses_are_bounded_by_address_and_the_right_one_waits_too():
    clock = FrozenClock()
    access = made(clock, token=TOKEN)
    seen = access.admit(an_arrival())
    elsewhere = access.admit(an_arrival(peer="127.0.0.2"))

    for number in range(GUESSES_BURST):
        assert refusal(lambda guess=str(number): access.log_in(guess, seen)) == "token-refused"

    assert refusal(lambda: access.log_in(TOKEN, seen)) == "too-many-guesses"
    assert refusal(lambda: access.redeem(access.issue_code(), seen)) == "too-many-guesses"
    assert access.log_in(TOKEN, elsewhere)
    await clock.advance(GUESSES_REFILL_S)
    assert access.log_in(TOKEN, seen)


async def test_a_session_ends_by_time_and_by_logging_out():
    clock = FrozenClock()
    access = made(clock, token=TOKEN)
    seen = access.admit(an_arrival())
    first, second = access.log_in(TOKEN, seen), access.log_in(TOKEN, seen)

    access.log_out(with_cookie(first))
    left = access.session(with_cookie(second))
    await clock.advance(SESSION_TTL_S)

    assert access.session(with_cookie(first)) is None
    assert left is not None
    assert access.session(with_cookie(second)) is None


def test_a_cookie_alone_changes_nothing_when_the_browser_does_not_say_whose_page_asks():
    access = made(token=TOKEN)
    seen = access.admit(an_arrival())
    session = access.log_in(TOKEN, seen)
    cookie = (b"cookie", f"motia_workbench_3000={session}".encode())
    silent = Arrival(method="POST", target=b"/", headers=(OURS[0], cookie), peer="127.0.0.1")

    assert refusal(lambda: access.caller(silent, access.admit(silent))) == "cross-site"


def test_the_session_is_found_among_cookies_that_others_set():
    access = made(token=TOKEN)
    seen = access.admit(an_arrival())
    session = access.log_in(TOKEN, seen)

    tossed = an_arrival((b"cookie", f"motia_workbench_3000=planted; motia_workbench_3000={session}".encode()))

    assert access.session(tossed) is not None


def test_the_cookie_is_for_us_alone():
    plain, proxied = made(), made(base_path="/ops/motia", trusted_proxies=("127.0.0.1",))
    https = an_arrival((b"x-forwarded-proto", b"https"))

    assert plain.cookie_of("abc", plain.admit(https)) == (
        f"motia_workbench_3000=abc; Path=/; Max-Age={SESSION_TTL_S:.0f}; HttpOnly; SameSite=Strict"
    )
    assert proxied.cookie_of("", proxied.admit(https)) == (
        "motia_workbench_3000=; Path=/ops/motia/; Max-Age=0; HttpOnly; SameSite=Strict; Secure"
    )


def test_engines_on_one_machine_have_cookies_of_their_own():
    config = Config(root=Path("/nowhere"))
    clock = FrozenClock()

    names = {Access(config, clock=clock, port=port)._cookie for port in (3000, 3002)}

    assert len(names) == 2
