"""Runs the project inside the test, with a clock that the test turns: nothing here sleeps."""

from pathlib import Path

from motia.testing import app

PROJECT = Path(__file__).parent.parent
ADA = {"name": "Ada", "email": "ada@example.com"}


async def test_a_new_user_is_answered_and_can_be_read():
    async with app(PROJECT) as client:
        created = await client.request("POST", "/users", json=ADA)
        read = await client.request("GET", f"/users/{created.json()['id']}")

        assert created.status == 201
        assert read.json() == {"id": created.json()["id"], **ADA}


async def test_a_user_without_an_email_is_refused():
    async with app(PROJECT) as client:
        answer = await client.request("POST", "/users", json={"name": "Ada"})

        assert answer.status == 422


async def test_a_new_user_starts_both_background_steps():
    async with app(PROJECT) as client:
        await client.request("POST", "/users", json=ADA)
        await client.wait_idle()

        assert {(run.step, run.state) for run in await client.runs()} == {
            ("send-welcome-email", "completed"),
            ("analyze-user", "completed"),
        }


async def test_a_letter_that_cannot_be_sent_is_tried_again_later_and_later_then_given_up():
    async with app(PROJECT) as client:
        await client.request("POST", "/users", json={"name": "Bob", "email": "bob@example.invalid"})
        await client.advance(minutes=1)

        assert len(await client.runs(step="send-welcome-email", state="dead")) == 4
        assert len(await client.state("incidents")) == 4
