"""With a provider's key set, `serve` answers with that provider's model, and falls back where it is told to."""

from __future__ import annotations

from pathlib import Path

import aiohttp
import asyncpg
import pytest

from rejoinder.db.private import attach
from rejoinder.testing import AnthropicStub, GeminiStub, OpenAIStub, ServiceStub
from rejoinder.testing.model_stub import Canned, ModelStub
from tests.cli.conftest import open_folder
from tests.cli.test_chat import local_url
from tests.cli.test_database import serving
from tests.clusters import CLUSTERS

STUBS: dict[str, type[ModelStub]] = {
    "GEMINI": GeminiStub,
    "OPENAI": OpenAIStub,
    "ANTHROPIC": AnthropicStub,
}
BUSY = Canned(503, b'{"error": {"message": "Overloaded"}}')


async def _ask(folder: Path, greeting: str) -> dict[str, str]:
    token = (folder / "data" / "token").read_text().strip()
    headers = {"Authorization": f"Bearer {token}"}
    message = {"conversation_id": "c", "text": "How much is shipping?"}
    async with (
        aiohttp.ClientSession(local_url(greeting), headers=headers) as client,
        client.post("/api/v1/messages?wait=30", json=message) as response,
    ):
        answer: dict[str, str] = await response.json()
        assert response.status == 200, answer
        return answer


@pytest.mark.parametrize("provider", STUBS)
async def test_the_sample_bot_answers_with_the_model_whose_key_is_set(provider: str) -> None:
    with open_folder() as folder:
        await CLUSTERS.settle(folder / "data")
        async with STUBS[provider](reply=lambda _: f"From {provider}.") as stub:
            given = {f"{provider}_API_KEY": "a key", f"{provider}_BASE_URL": stub.base_url}
            async with serving(folder, PORT="0", **given) as (_, greeting):
                answer = await _ask(folder, greeting)
        assert answer["status"] == "answered"
        assert answer["replies"][0]["text"] == f"From {provider}."  # type: ignore[index]
        assert (answer["provider"], stub.said_last(stub.requests[0].body) != "") == (
            {"GEMINI": "google"}.get(provider, provider.lower()),
            True,
        )
        assert "shipping" in stub.requests[0].text


async def test_an_ai_service_answers_before_a_provider_with_a_key() -> None:
    """Its address is called as it is given, and the model is the one it says it used."""
    with open_folder() as folder:
        await CLUSTERS.settle(folder / "data")
        async with ServiceStub(reply=lambda _: "From the service.") as stub:
            given = {"AI_SERVICE_URL": stub.base_url, "OPENAI_API_KEY": "a key"}
            async with serving(folder, PORT="0", **given) as (_, greeting):
                assert "service" in greeting
                answer = await _ask(folder, greeting)
    assert answer["replies"][0]["text"] == "From the service."  # type: ignore[index]
    assert (answer["provider"], answer["model"]) == ("service", "stub")
    [request] = stub.requests
    assert (request.path, request.body["message"]) == ("/answer", "How much is shipping?")
    assert request.body["knowledge"]


async def test_the_next_model_answers_and_both_calls_are_booked() -> None:
    with open_folder() as folder:
        await CLUSTERS.settle(folder / "data")
        async with GeminiStub(script=[BUSY]) as gemini, OpenAIStub() as openai:
            given = {
                "GEMINI_API_KEY": "a key",
                "GEMINI_BASE_URL": gemini.base_url,
                "OPENAI_BASE_URL": openai.base_url,
                "REJOINDER_MODEL": "gemini:first, openai:second, local",
            }
            async with serving(folder, PORT="0", **given) as (_, greeting):
                assert "first, else second, else local" in greeting
                answer = await _ask(folder, greeting)
                assert (answer["provider"], answer["model"]) == ("openai", "second")
                connection = await asyncpg.connect(attach(folder / "data"))
                rows = await connection.fetch(
                    "SELECT provider, model, outcome FROM ai_response_logs ORDER BY created_at, outcome"
                )
                await connection.close()
    assert [tuple(row) for row in rows] == [
        ("google", "first", "error"),
        ("openai", "second", "ok"),
    ]
