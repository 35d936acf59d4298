"""`/health/*` and `/metrics`, for those who watch the program."""

from __future__ import annotations

import aiohttp
import pytest
from prometheus_client.parser import text_string_to_metric_families
from pydantic_ai.models.test import TestModel

from rejoinder.errors import ModelTransient
from rejoinder.llm.calling.breaker import OPENS_AFTER, Breaker
from rejoinder.telemetry.metrics import MODEL_BREAKER
from tests.api.application import Application
from tests.api.problem import problem
from tests.api.say import MESSAGES, body, send


@pytest.mark.parametrize("path", ["/health", "/health/live", "/health/ready"])
async def test_it_is_well_and_asks_for_no_token(program: Application, path: str) -> None:
    async with program.client(None) as anyone, anyone.get(path) as response:
        assert response.status == 200
        assert (await response.json())["status"] == "ok"


@pytest.mark.parametrize("path", ["/health", "/health/ready"])
async def test_a_model_that_is_left_alone_is_told_and_the_process_stays_ready(
    program: Application, path: str
) -> None:
    tired = TestModel(model_name="tired")
    left_alone = Breaker(tired, lambda: 0.0)
    try:
        for _ in range(OPENS_AFTER):
            left_alone.failed(ModelTransient("It does not answer."))
        async with program.client(None) as anyone, anyone.get(path) as response:
            assert response.status == 200
            told = (await response.json())["models"]
            assert {"provider": tired.system, "model": "tired", "breaker": "open"} in told
    finally:
        MODEL_BREAKER.remove(tired.system, "tired")


async def _metrics(client: aiohttp.ClientSession) -> dict[tuple[str, ...], float]:
    async with client.get("/metrics") as response:
        assert response.status == 200
        assert response.content_type == "text/plain"
        families = text_string_to_metric_families(await response.text())
        return {
            (sample.name, *sample.labels.values()): sample.value
            for family in families
            for sample in family.samples
        }


async def test_what_happens_is_counted(client: aiohttp.ClientSession) -> None:
    before = await _metrics(client)
    given = body(message_id="counted once")
    await send(client, given, 200, wait=20)
    await send(client, given, 200)
    async with client.post(MESSAGES, json={}) as response:
        await problem(response, 422, "invalid_request")
    after = await _metrics(client)
    grown = {key for key, value in after.items() if value > before.get(key, 0)}
    assert {
        "rejoinder_messages_total",
        "rejoinder_duplicate_messages_total",
        "rejoinder_refused_requests_total",
    } <= {key[0] for key in grown}
    assert ("rejoinder_refused_requests_total", "invalid_request") in grown
