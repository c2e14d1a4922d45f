import pytest

from motia.telemetry import FeedFilter


async def put(client, path, value, **more):
    return await client.put(f"/v1/state/{path}", json={"value": value, **more})


async def test_a_value_is_set_read_and_deleted(client):
    was_set = (await put(client, "users/42", {"name": "Ada"})).json()
    got = (await client.get("/v1/state/users/42")).json()
    deleted = (await client.delete("/v1/state/users/42")).json()
    again = (await client.delete("/v1/state/users/42")).json()

    assert was_set["version"] == 1
    assert (got["value"], got["version"], got["redacted"]) == ({"name": "Ada"}, 1, False)
    assert got["updated_at"] == "2026-01-01T00:00:00.000Z"
    assert (deleted, again) == ({"deleted": True}, {"deleted": False})
    assert (await client.get("/v1/state/users/42")).status_code == 404


@pytest.mark.parametrize("key", ["a%2Fb", "%2E%2E", "%C3%A9%20x", "%25", "a%3Fb"])
async def test_every_key_can_be_named_slashes_included(client, world, key):
    from urllib.parse import unquote

    await put(client, f"g/{key}", 1)

    assert list(world.ledger.state) == [("g", unquote(key))]
    assert (await client.get(f"/v1/state/g/{key}")).json()["key"] == unquote(key)


@pytest.mark.parametrize(
    ("written", "name"), [("~.", "."), ("~..", ".."), ("%7E..", ".."), ("~~.", "~."), ("~", "~")]
)
async def test_names_that_browsers_take_out_of_a_path_are_written_with_a_tilde(client, world, written, name):
    await put(client, f"{written}/{written}", 1)

    assert list(world.ledger.state) == [(name, name)]
    assert (await client.get(f"/v1/state/{written}/{written}")).json()["key"] == name


async def test_a_secret_in_a_value_is_hidden_unless_raw_is_asked_for(client):
    await put(client, "users/1", {"token": "abc", "n": 1})

    hidden = (await client.get("/v1/state/users/1")).json()
    raw = (await client.get("/v1/state/users/1", params={"raw": "true"})).json()
    listed = (await client.get("/v1/state/users")).json()["entries"][0]

    assert (hidden["value"], hidden["redacted"]) == ({"token": "[redacted]", "n": 1}, True)
    assert (raw["value"], raw["redacted"]) == ({"token": "abc", "n": 1}, False)
    assert listed["redacted"] is True


async def test_a_value_is_set_only_over_the_version_that_was_seen(client):
    await put(client, "g/k", 1)

    stale = await put(client, "g/k", 2, version=0)
    fresh = await put(client, "g/k", 3, version=1)
    new = await put(client, "g/other", 4, version=0)

    assert stale.status_code == 409
    assert (fresh.json()["version"], new.json()["version"]) == (2, 1)
    assert (await client.get("/v1/state/g/k")).json()["value"] == 3


async def test_groups_and_keys_come_in_pages(client):
    for group in "abc":
        for key in "xyz":
            await put(client, f"{group}/{key}", key)

    groups = (await client.get("/v1/state", params={"limit": 2})).json()
    more = (await client.get("/v1/state", params={"limit": 2, "cursor": groups["cursor"]})).json()
    keys = (await client.get("/v1/state/a", params={"limit": 2})).json()
    rest = (await client.get("/v1/state/a", params={"limit": 2, "cursor": keys["cursor"]})).json()

    assert groups["groups"] == [{"group": "a", "keys": 3}, {"group": "b", "keys": 3}]
    assert (more["groups"], more["cursor"]) == ([{"group": "c", "keys": 3}], None)
    assert [entry["key"] for entry in keys["entries"] + rest["entries"]] == ["x", "y", "z"]
    assert rest["cursor"] is None


async def test_a_group_is_cleared(client):
    await put(client, "g/a", 1)
    await put(client, "g/b", 1)

    assert (await client.post("/v1/state/g/clear")).json() == {"count": 2}


async def test_a_value_over_its_limit_and_a_body_without_value_are_refused(client):
    assert (await put(client, "g/k", "x" * 1_048_576)).status_code == 413
    assert (await client.put("/v1/state/g/k", json={})).status_code == 400
    assert (await put(client, f"g/{'k' * 256}", 1)).status_code == 400


async def test_changes_reach_the_feed_without_values(client, world):
    with world.telemetry.feed.subscribe(FeedFilter(kinds=("state",))) as heard:
        path = "/v1/state/users/ada"
        await client.put(path, json={"value": "hunter2"})
        await client.put(path, json={"value": 2, "version": 9})
        await client.put(path, json={"value": "hunter3", "version": 1})
        await client.delete(path)
        await client.delete(path)
        await client.post("/v1/state/carts/clear", json={})
        await world.clock.advance(6)

        item = heard.try_next()
        assert item is not None
        assert item.data == {"group": "users", "keys": ["ada"], "are_all": True}
        assert heard.try_next() is None
