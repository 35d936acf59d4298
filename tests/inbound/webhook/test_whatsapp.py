"""WhatsApp's own webhooks: one app has one address for all its numbers."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from tests.inbound.webhook.edge import Edge

SECRET = "0123456789abcdef0123456789abcdef"
FIRST, SECOND, THIRD = "106540352242922", "106540352242923", "106540352242924"
MAE = "66812345678"


def signed(body: bytes) -> dict[str, str]:
    made = hmac.new(SECRET.encode(), body, hashlib.sha256).hexdigest()
    return {"X-Hub-Signature-256": f"sha256={made}"}


def change(number: str, **value: Any) -> dict[str, Any]:
    metadata = {"display_phone_number": "6621234567", "phone_number_id": number}
    return {
        "field": "messages",
        "value": {"messaging_product": "whatsapp", "metadata": metadata, **value},
    }


def message(number: str, external_id: str, text: str) -> dict[str, Any]:
    told = {
        "from": MAE,
        "id": external_id,
        "timestamp": "1763726400",
        "type": "text",
        "text": {"body": text},
    }
    who = {"profile": {"name": "Mae"}, "wa_id": MAE}
    return change(number, contacts=[who], messages=[told])


def body(*changes: dict[str, Any]) -> bytes:
    entry = {"id": "102290129340398", "changes": changes}
    return json.dumps({"object": "whatsapp_business_account", "entry": [entry]}).encode()


@pytest.fixture
async def second(edge: Edge) -> UUID:
    """The channel of the app's second number."""
    return await _channel(edge, "Second", SECOND)


@pytest.fixture
async def whatsapp(edge: Edge, second: UUID) -> Edge:
    """That of the first, to which Meta posts for all."""
    channel_id = await _channel(edge, "First", FIRST)
    return replace(edge, channel_id=channel_id, platform="whatsapp_cloud", sign=signed)


async def _channel(edge: Edge, name: str, number: str) -> UUID:
    return await edge.channel(
        name,
        account=number,
        platform="whatsapp_cloud",
        app_secret=SECRET,
        verify_token="verify-me",
        access_token="t" * 30,
        phone_number_id=number,
    )


async def test_the_handshake(whatsapp: Edge) -> None:
    asked = {
        "hub.mode": "subscribe",
        "hub.challenge": "1158201444",
        "hub.verify_token": "verify-me",
    }
    async with whatsapp.http.get(whatsapp.path, params=asked) as response:
        assert (response.status, await response.text()) == (200, "1158201444")
    async with whatsapp.http.get(
        whatsapp.path, params=asked | {"hub.verify_token": "guess"}
    ) as response:
        assert response.status == 401


async def test_each_number_has_its_own_channel(whatsapp: Edge, second: UUID) -> None:
    sent = body(message(FIRST, "wamid.1", "To the first"), message(SECOND, "wamid.2", "Second"))
    assert await whatsapp.raw(sent) == 200
    rows = await whatsapp.sql(
        "SELECT channel_id, text FROM messages WHERE workspace_id = $1 AND direction = 'inbound'"
    )
    assert {row[0]: row[1] for row in rows} == {
        whatsapp.channel_id: "To the first",
        second: "Second",
    }


async def test_a_number_without_a_channel_is_kept(whatsapp: Edge) -> None:
    sent = body(message(THIRD, "wamid.3", "Anybody?"), message(FIRST, "wamid.1", "Hello"))
    assert await whatsapp.raw(sent) == 200
    assert await whatsapp.texts(MAE) == ["Hello"]
    ((state, reason),) = await whatsapp.intake()
    assert (state, reason) == ("quarantined", f"there is no channel for the account {THIRD}")


async def test_meta_signs_what_it_escapes(whatsapp: Edge) -> None:
    sent = body(message(FIRST, "wamid.1", "ä 😀"))
    assert b"\\u00e4" in sent
    assert await whatsapp.raw(sent) == 200
    assert await whatsapp.texts(MAE) == ["ä 😀"]


async def test_an_unknown_field_is_kept_and_its_neighbour_read(whatsapp: Edge) -> None:
    unknown = {"field": "brand_new", "value": {"x": 1}}
    assert await whatsapp.raw(body(unknown, message(FIRST, "wamid.1", "Hello"))) == 200
    assert await whatsapp.texts(MAE) == ["Hello"]
    assert [state for state, _ in await whatsapp.intake()] == ["quarantined"]
