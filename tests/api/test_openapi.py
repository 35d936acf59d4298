"""What the API says of itself: every route, its refusals, its key, examples that work."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from rejoinder.inbound.rest.body import MessageBody


@pytest.fixture
async def schema(client: aiohttp.ClientSession) -> dict[str, Any]:
    """The OpenAPI document."""
    async with client.get("/openapi.json") as response:
        assert response.status == 200
        found: dict[str, Any] = await response.json()
        return found


def operations(schema: dict[str, Any]) -> Iterator[tuple[str, dict[str, Any]]]:
    """(method and path, operation) of every route."""
    for path, methods in schema["paths"].items():
        for method, operation in methods.items():
            yield f"{method.upper()} {path}", operation


async def test_every_route_is_described(schema: dict[str, Any]) -> None:
    found = dict(operations(schema))
    assert {name.replace(":path", "") for name in found} == {
        "POST /api/v1/messages",
        "GET /api/v1/messages/{message_id}",
        "PATCH /api/v1/messages/{message_id}",
        "DELETE /api/v1/messages/{message_id}",
        "POST /api/v1/conversations/{conversation_id}/messages",
        "POST /api/v1/conversations/{conversation_id}/takeover",
        "POST /api/v1/conversations/{conversation_id}/release",
        "POST /api/v1/conversations/{conversation_id}/close",
        "GET /api/v1/conversations",
        "GET /api/v1/conversations/{conversation_id}",
        "PATCH /api/v1/conversations/{conversation_id}",
        "GET /api/v1/conversations/{conversation_id}/drafts",
        "GET /api/v1/drafts/{draft_id}",
        "POST /api/v1/drafts/{draft_id}/send",
        "POST /api/v1/drafts/{draft_id}/discard",
        "GET /api/v1/messages/{message_id}/explanation",
        "GET /api/v1/contacts/{contact_id}",
        "PATCH /api/v1/contacts/{contact_id}",
        "POST /api/v1/contacts/{contact_id}/consents",
        "GET /api/v1/conversations/{conversation_id}/messages",
        "GET /api/v1/conversations/{conversation_id}/actions",
        "GET /api/v1/actions/{action_id}",
        "GET /api/v1/conversations/{conversation_id}/events",
        "POST /api/v1/channels",
        "GET /api/v1/channels",
        "GET /api/v1/channels/{channel_id}",
        "PATCH /api/v1/channels/{channel_id}",
        "POST /api/v1/channels/{channel_id}/signing-secret",
        "POST /api/v1/channels/{channel_id}/resume",
        "DELETE /api/v1/channels/{channel_id}",
        "POST /api/v1/channels/{channel_id}/check",
        "GET /api/v1/channels/{channel_id}/log",
        "GET /api/v1/platforms",
        "POST /api/v1/messages/{message_id}/receipt",
        "GET /api/v1/queues",
        "GET /api/v1/queues/{name}",
        "GET /api/v1/dead-letters",
        "GET /api/v1/dead-letters/{dead_letter_id}",
        "POST /api/v1/dead-letters/replay",
        "POST /api/v1/dead-letters/discard",
        "POST /api/v1/dead-letters/{dead_letter_id}/replay",
        "POST /api/v1/dead-letters/{dead_letter_id}/discard",
        "GET /api/v1/intake",
        "GET /api/v1/intake/{intake_id}",
        "POST /api/v1/intake/replay",
        "POST /api/v1/intake/discard",
        "POST /api/v1/intake/{intake_id}/replay",
        "POST /api/v1/intake/{intake_id}/discard",
        "GET /api/v1/turns",
        "GET /api/v1/turns/{turn_id}",
        "POST /api/v1/turns/{turn_id}/cancel",
        "GET /api/v1/jobs/{job_id}",
        "POST /api/v1/jobs/{job_id}/cancel",
        "GET /api/v1/search",
        "GET /api/v1/workspace",
        "PATCH /api/v1/workspace",
        "GET /api/v1/usage",
        "GET /api/v1/media/{media_id}",
        "POST /api/v1/media",
        "GET /media/{media_id}",
        "GET /api/v1/bots",
        "POST /api/v1/bots",
        "DELETE /api/v1/bots/{bot_id}",
        "POST /api/v1/bots/{bot_id}/personas",
        "GET /api/v1/bots/{bot_id}/personas",
        "GET /api/v1/bots/{bot_id}/personas/{persona_id}",
        "PATCH /api/v1/bots/{bot_id}/personas/{persona_id}",
        "DELETE /api/v1/bots/{bot_id}/personas/{persona_id}",
        "POST /api/v1/bots/{bot_id}/templates",
        "POST /api/v1/bots/{bot_id}/templates/preview",
        "GET /api/v1/bots/{bot_id}/templates",
        "GET /api/v1/bots/{bot_id}/templates/{template_id}",
        "PATCH /api/v1/bots/{bot_id}/templates/{template_id}",
        "DELETE /api/v1/bots/{bot_id}/templates/{template_id}",
        "POST /api/v1/canned-replies",
        "GET /api/v1/canned-replies",
        "GET /api/v1/canned-replies/{canned_id}",
        "PATCH /api/v1/canned-replies/{canned_id}",
        "DELETE /api/v1/canned-replies/{canned_id}",
        "POST /api/v1/canned-replies/{canned_id}/render",
        "GET /api/v1/bots/{bot_id}",
        "PATCH /api/v1/bots/{bot_id}",
        "GET /api/v1/bots/{bot_id}/knowledge",
        "PUT /api/v1/bots/{bot_id}/knowledge",
        "POST /api/v1/knowledge/bases",
        "GET /api/v1/knowledge/bases",
        "GET /api/v1/knowledge/bases/{base_id}",
        "PATCH /api/v1/knowledge/bases/{base_id}",
        "DELETE /api/v1/knowledge/bases/{base_id}",
        "POST /api/v1/knowledge/documents",
        "PUT /api/v1/knowledge/documents",
        "GET /api/v1/knowledge/documents",
        "GET /api/v1/knowledge/documents/{document_id}",
        "DELETE /api/v1/knowledge/documents/{document_id}",
        "POST /api/v1/knowledge/sources",
        "GET /api/v1/knowledge/sources",
        "GET /api/v1/knowledge/sources/{source_id}",
        "POST /api/v1/knowledge/sources/{source_id}/refresh",
        "DELETE /api/v1/knowledge/sources/{source_id}",
        "POST /api/v1/messages/{message_id}/process",
        "POST /api/v1/enhanced-handle-message",
        "POST /api/v1/chat/message",
        "GET /api/v1/status/handler",
        "GET /api/v1/admin/conversations",
        "GET /api/v1/admin/health",
        "GET /api/v1/admin/stats",
        "POST /api/v1/admin/conversations/{conversation_id}/cancel",
        "POST /api/v1/admin/system/cleanup",
        "POST /admin/system/cleanup",
        "GET /health",
        "GET /health/live",
        "GET /health/ready",
    }
    for name, operation in found.items():
        assert operation["summary"], name
        assert operation["description"], name
    assert len({operation["operationId"] for operation in found.values()}) == len(found)


async def test_every_path_parameter_is_in_its_path(schema: dict[str, Any]) -> None:
    """A document whose path says {id:path} and whose parameter says id is not valid OpenAPI."""
    for name, operation in operations(schema):
        for parameter in operation.get("parameters", []):
            if parameter["in"] == "path":
                assert f"{{{parameter['name']}}}" in name


async def test_every_reference_leads_somewhere(schema: dict[str, Any]) -> None:
    assert schema["openapi"].startswith("3.")
    text = json.dumps(schema)
    for part in text.split('"$ref": "#/')[1:]:
        here: Any = schema
        for step in part.split('"')[0].split("/"):
            here = here[step]
        assert isinstance(here, dict)


async def test_every_api_route_names_its_key_and_its_refusals(schema: dict[str, Any]) -> None:
    (scheme,) = schema["components"]["securitySchemes"].values()
    assert (scheme["type"], scheme["scheme"]) == ("http", "bearer")
    for name, operation in operations(schema):
        if "/api/v1/" in name:
            assert operation["security"], name
            refusals = {
                status: answer
                for status, answer in operation["responses"].items()
                if status.startswith(("4", "5"))
            }
            assert {"401", "403", "422", "503"} <= refusals.keys(), name
            for answer in refusals.values():
                assert set(answer["content"]) == {"application/problem+json"}, name
    post = schema["paths"]["/api/v1/messages"]["post"]["responses"]
    assert {"200", "202", "400", "409", "413", "415"} <= post.keys()


async def test_the_examples_are_good_messages(schema: dict[str, Any]) -> None:
    examples = schema["components"]["schemas"]["MessageBody"]["examples"]
    assert examples
    for example in examples:
        MessageBody.model_validate(example)


async def test_the_page_of_the_api_needs_no_other_server(client: aiohttp.ClientSession) -> None:
    async with client.get("/docs") as response:
        assert response.status == 200
        page = await response.text()
    assert "/openapi.json" in page
    assert "https://" not in page
    assert "//cdn" not in page
