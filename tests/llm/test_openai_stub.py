"""The stub as the bench starts it: a process that prints its address and ends on SIGTERM."""

from __future__ import annotations

import asyncio
import sys

import aiohttp

from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.testing.openai_stub import OpenAIStub

from .conftest import KEY
from .test_openai import ask


async def test_the_stub_runs_as_a_process_of_its_own(http: aiohttp.ClientSession) -> None:
    stub = await asyncio.create_subprocess_exec(
        sys.executable,
        *("-m", "rejoinder.testing", "openai", "--port", "0", "--delay", "0"),
        stdout=asyncio.subprocess.PIPE,
    )
    assert stub.stdout is not None
    url = (await stub.stdout.readline()).decode().strip()
    response = await ask(OpenAIModel("m", api_key=KEY, base_url=url, session=http))
    stub.terminate()
    assert response.usage.output_tokens > 0
    assert await stub.wait() == 0


async def test_another_path_is_not_found(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub() as stub, http.get(f"{stub.base_url}/models") as response:
        assert response.status == 404


async def test_a_reply_can_depend_on_the_question(http: aiohttp.ClientSession) -> None:
    async with OpenAIStub(reply=lambda request: request.text.upper()) as stub:
        model = OpenAIModel("m", api_key=None, base_url=stub.base_url, session=http)
        response = await ask(model)
    assert "HOW LONG DOES DELIVERY TAKE?" in (response.text or "")
