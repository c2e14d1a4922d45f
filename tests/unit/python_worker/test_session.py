"""Every row of the table in session.py."""

from __future__ import annotations

import pytest

from motia.protocol import Cancel, Drain, Hello, Invoke, Load, Ping, ProtocolFault, Pull, Reply
from motia.python_worker.session import ALLOWED, Session, State

MESSAGES = [
    Hello(protocol=1, engine="e", worker="w"),
    Load(root="/", files=()),
    Invoke(invocation=1, step="s", kind="event", trace="t", span="s"),
    Cancel(invocation=1, reason="cancel"),
    Reply(call=1),
    Pull(invocation=1, bytes=1),
    Ping(token=1),
    Drain(),
]
HELLO, LOAD, DRAIN = MESSAGES[0], MESSAGES[1], MESSAGES[-1]


def session_in(state: State) -> Session:
    session = Session()
    session.state = state
    return session


@pytest.mark.parametrize("state", State)
@pytest.mark.parametrize("message", MESSAGES, ids=lambda message: type(message).__name__)
def test_only_what_the_state_allows_is_accepted(state, message):
    session = session_in(state)

    if type(message) in ALLOWED[state]:
        session.accept(message)
    else:
        with pytest.raises(ProtocolFault, match=str(state)):
            session.accept(message)


def test_a_life_from_hello_to_the_end():
    session = Session()
    states = []
    for step in (lambda: session.accept(HELLO), lambda: session.accept(LOAD), session.loaded):
        step()
        states.append(session.state)
    session.accept(DRAIN)
    states.append(session.state)
    session.close()

    assert [*states, session.state] == [
        State.GREETED,
        State.LOADING,
        State.READY,
        State.DRAINING,
        State.CLOSED,
    ]


def test_drain_of_a_standby_closes():
    session = session_in(State.GREETED)
    session.accept(DRAIN)

    assert session.state is State.CLOSED


def test_drain_while_loading_waits_for_the_manifest():
    session = session_in(State.LOADING)
    session.accept(DRAIN)
    assert session.state is State.LOADING

    session.loaded()

    assert session.state is State.DRAINING


def test_another_version_is_a_fault():
    with pytest.raises(ProtocolFault, match="version 2"):
        Session().accept(Hello(protocol=2, engine="e", worker="w"))
