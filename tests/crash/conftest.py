"""A program that may be killed, and the model server it asks."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest

from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Received
from tests.crash.program import Program

_UNANSWERED = re.compile(r"<unanswered>\n(.*?)\n</unanswered>", re.DOTALL)


def asked(received: Received) -> str:
    """The customer's unanswered messages in a request to the model server."""
    return " | ".join(unescape(text) for text in _UNANSWERED.findall(received.text))


@pytest.fixture(scope="session")
async def model_server() -> AsyncIterator[OpenAIStub]:
    async with OpenAIStub(reply=lambda received: f"Read: {asked(received)}") as stub:
        yield stub


@pytest.fixture
def stub(model_server: OpenAIStub) -> OpenAIStub:
    """The model server, which has heard nothing yet and answers at once."""
    model_server.delay = 0.0
    model_server.script.clear()
    model_server.requests.clear()
    return model_server


@pytest.fixture(scope="session")
async def folder(model_server: OpenAIStub) -> AsyncIterator[Program]:
    """One data folder for all these tests: each is a restart in its life."""
    program = Program(model_server.base_url)
    try:
        yield program
    finally:
        await program.clean_up()


@pytest.fixture
async def program(folder: Program) -> Program:
    """The program, running."""
    if not folder.runs:
        await folder.start()
    return folder
