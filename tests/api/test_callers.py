"""Who may call: tokens, scopes, and the walls between workspaces."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.workspaces import store as workspaces
from rejoinder.workspaces.tokens import issue
from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import MESSAGES, body, read, say

PATHS = (
    "/api/v1/messages/{message_id}",
    "/api/v1/conversations/{conversation_id}",
    "/api/v1/conversations/{conversation_id}/messages",
    "/api/v1/conversations/{conversation_id}/events",
)


@pytest.mark.parametrize(
    "header",
    [None, "", "Bearer", "Bearer ", "Basic YTpi", "Token abc", "Bearer unknown", "Bearer ²"],
)
async def test_without_a_good_token_nothing_is_told_or_stored(
    program: Application, header: str | None
) -> None:
    before = await program.stored()
    headers = {} if header is None else {"Authorization": header}
    async with aiohttp.ClientSession(program.url, headers=headers) as client:
        async with client.post(MESSAGES, json=body()) as response:
            await problem(response, 401, "unauthenticated")
            assert response.headers["WWW-Authenticate"].startswith("Bearer")
        for path in PATHS:
            ids = dict.fromkeys(("message_id", "conversation_id"), uuid4())
            async with client.get(path.format(**ids)) as response:
                await problem(response, 401, "unauthenticated")
    assert await program.stored() == before


async def test_a_revoked_token_stops_working(program: Application) -> None:
    name = f"to be revoked {uuid4()}"
    async with program.db.transaction(program.shop.workspace_id) as tx:
        token = await issue(tx, name, "ingest")
        await workspaces.revoke_tokens_named(tx, name)
    async with program.client(token) as client, client.post(MESSAGES, json=body()) as response:
        await problem(response, 401, "unauthenticated")


@pytest.mark.parametrize("scope", ["ingest", "operate", "admin"])
async def test_every_scope_may_hand_in_and_read(program: Application, scope: str) -> None:
    token = await program.token(scope)  # type: ignore[arg-type]
    async with program.client(token) as client:
        stored = await say(client)
        await read(client, f"/messages/{stored['message_id']}")


@pytest.mark.parametrize("path", PATHS)
async def test_another_workspace_finds_nothing_and_learns_nothing(
    program: Application, client: aiohttp.ClientSession, path: str
) -> None:
    stored = await say(client, text="a secret of this shop", message_id=uuid4().hex)
    token = await program.token("admin", await program.neighbour())
    async with program.client(token) as stranger:
        async with stranger.get(path.format(**stored)) as response:
            ours = await problem(response, 404, "not_found")
        nobodys = {key: str(uuid4()) for key in ("message_id", "conversation_id")}
        async with stranger.get(path.format(**nobodys)) as response:
            theirs = await problem(response, 404, "not_found")
        names = {"message_id": stored["external_id"], "conversation_id": stored["thread_key"]}
        async with stranger.get(path.format(**names), params={"by": "external"}) as response:
            await problem(response, 404, "not_found")
    said = json.dumps(ours)
    for key in ("message_id", "conversation_id"):
        said = said.replace(str(stored[key]), nobodys[key])
    assert json.loads(said) == theirs


async def test_the_same_ids_in_two_workspaces_are_two_messages(
    program: Application, client: aiohttp.ClientSession
) -> None:
    given: dict[str, Any] = {"conversation_id": uuid4().hex, "message_id": uuid4().hex}
    ours = await say(client, **given, text="ours")
    token = await program.token("ingest", await program.neighbour())
    async with program.client(token) as stranger:
        theirs = await say(stranger, **given, text="theirs")
        page = await read(stranger, f"/conversations/{theirs['conversation_id']}/messages")
    assert ours["message_id"] != theirs["message_id"]
    assert ours["conversation_id"] != theirs["conversation_id"]
    assert [item["text"] for item in page["items"]][:1] == ["theirs"]


async def test_a_workspace_without_a_rest_channel_says_so(
    program: Application, client: aiohttp.ClientSession
) -> None:
    workspace_id = uuid4()
    async with program.db.maintenance() as maintenance:
        await workspaces.add(maintenance, workspace_id, f"t-{workspace_id}", "No channel")
    token = await program.token("admin", workspace_id)
    async with program.client(token) as lone, lone.post(MESSAGES, json=body()) as response:
        refused = await problem(response, 404, "not_found")
    assert "channel" in refused["detail"]
