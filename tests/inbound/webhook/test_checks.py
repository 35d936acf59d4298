"""Who posts is checked before anything else, and every wrong request gets its answer."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from prometheus_client import REGISTRY

from rejoinder.channels.port.account import sealed
from rejoinder.secrets.vault import Vault
from tests.inbound.webhook.edge import VAULT, Edge, said
from tests.inbound.webhook.toy import SECRET, signed

BODY = json.dumps({"events": [said("mae", "m-1")]}).encode()


def refused(reason: str) -> float:
    labels = {"platform": "toy", "reason": reason}
    return REGISTRY.get_sample_value("rejoinder_bad_signatures_total", labels) or 0.0


async def test_the_handshake_is_answered_as_plain_text(edge: Edge) -> None:
    asked = {"token": SECRET, "challenge": "1158201444"}
    async with edge.http.get(edge.path, params=asked) as response:
        assert (response.status, await response.text()) == (200, "1158201444")
        assert response.content_type == "text/plain"


async def test_a_wrong_handshake_is_refused(edge: Edge) -> None:
    before = refused("wrong")
    async with edge.http.get(edge.path, params={"token": "?", "challenge": "1"}) as response:
        assert response.status == 401
        assert (await response.json(content_type=None))["code"] == "bad_signature"
    assert refused("wrong") == before + 1


@pytest.mark.parametrize(
    ("headers", "reason"),
    [
        ({}, "missing"),
        (signed(BODY, "another"), "wrong"),
        (signed(BODY + b" "), "wrong"),
        ({"X-Toy-Signature": signed(BODY)["X-Toy-Signature"][:40]}, "wrong"),
    ],
)
async def test_a_bad_signature_leaves_only_a_counter(
    edge: Edge, headers: dict[str, str], reason: str
) -> None:
    before = refused(reason)
    async with edge.http.post(edge.path, data=BODY, headers=headers) as response:
        assert response.status == 401
        answer = await response.json(content_type=None)
    assert answer["code"] == "bad_signature"
    assert SECRET not in json.dumps(answer)
    assert refused(reason) == before + 1
    assert await edge.texts("mae") == []
    assert await edge.intake() == []


async def test_the_bytes_are_checked_as_they_came(edge: Edge) -> None:
    body = (
        b'{ "events" : [ {"is":"said","thread":"mae","id":"m-1","text":"\\u0e2a\\u0e27\\u0e31"} ] }'
    )
    assert await edge.raw(body) == 200
    assert await edge.texts("mae") == ["สวั"]


@pytest.mark.parametrize("path", ["toy/{other}", "line/{own}", "nothing/{own}", "toy/no-id"])
async def test_an_unknown_channel_is_not_found(edge: Edge, path: str) -> None:
    target = "/webhooks/" + path.format(other=uuid4(), own=edge.channel_id)
    async with edge.http.post(target, data=BODY, headers=signed(BODY)) as response:
        assert response.status == 404
        assert response.content_type == "application/problem+json"


async def test_another_method_is_told(edge: Edge) -> None:
    async with edge.http.put(edge.path, data=BODY, headers=signed(BODY)) as response:
        assert response.status == 405


async def test_a_paused_channel_still_listens(edge: Edge) -> None:
    await edge.sql(
        "UPDATE channels SET paused_until = 'infinity', paused_reason = 'x' WHERE workspace_id = $1"
    )
    assert await edge.raw(BODY) == 200
    assert await edge.texts("mae") == ["Hello"]


async def test_credentials_that_no_key_opens_ask_the_platform_to_come_again(edge: Edge) -> None:
    elsewhere = Vault(lambda: (b"of another installation........",))
    await edge.sql(
        "UPDATE channels SET credentials = $2 WHERE workspace_id = $1",
        sealed({"secret": SECRET}, elsewhere),
    )
    async with edge.http.post(edge.path, data=BODY, headers=signed(BODY)) as response:
        assert response.status == 503
        assert int(response.headers["Retry-After"]) > 0


async def test_a_new_secret_counts_at_once(edge: Edge) -> None:
    assert await edge.raw(BODY) == 200
    await edge.sql(
        "UPDATE channels SET credentials = $2 WHERE workspace_id = $1",
        sealed({"secret": "a new one"}, VAULT),
    )
    body = json.dumps({"events": [said("mae", "m-2", "With the new one")]}).encode()
    async with edge.http.post(edge.path, data=body, headers=signed(body, "a new one")) as response:
        assert response.status == 200
    assert await edge.raw(BODY) == 401
    assert await edge.texts("mae") == ["Hello", "With the new one"]


async def test_a_body_over_the_limit_is_refused_and_one_below_is_read(edge: Edge) -> None:
    assert await edge.post(said("mae", "m-1", "x" * 3_000_000)) == 200
    while any(state == "waiting" for state, _ in await edge.intake()):  # a slow machine
        await edge.apply_waiting()
    assert [len(text) for text in await edge.texts("mae")] == [3_000_000]
    assert await edge.raw(b" " * (4 * 1024 * 1024 + 1)) == 413
