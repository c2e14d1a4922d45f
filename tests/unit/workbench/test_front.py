import pytest

from motia.places import bind
from motia.workbench import Front


def made(world, sock=None, folder=None):
    return Front(world.deps, control=(folder or world.root) / "c.sock", sock=sock, tell=world.told.append)


async def test_without_a_port_there_is_no_address(world):
    assert made(world).address == ""


@pytest.mark.parametrize("host", ["127.0.0.1", "0.0.0.0"])
async def test_the_address_is_one_that_a_person_opens(world, host):
    sock = bind(host, 0)
    front = made(world, sock)
    try:
        assert front.address == f"http://localhost:{sock.getsockname()[1]}"
        assert front.invite().startswith(f"{front.address}/?code=")
        assert "code" not in front.address
    finally:
        sock.close()


async def test_invitations_differ(world):
    sock = bind("127.0.0.1", 0)
    front = made(world, sock)
    try:
        assert front.invite() != front.invite()
    finally:
        sock.close()
