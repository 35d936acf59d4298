"""Programs that may be killed, and the model servers they ask."""

from __future__ import annotations

import re
from collections.abc import AsyncIterator
from html import unescape

import pytest

from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Received
from tests.cli.conftest import open_folder
from tests.clusters import CLUSTERS
from tests.crash.house.house import House, running
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
    await CLUSTERS.settle(program.data)
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


@pytest.fixture(scope="session")
async def lasting_house() -> AsyncIterator[House]:
    """A PostgreSQL of its own, since it is restarted, a server and a model server; started once."""
    with open_folder() as top:
        async with running(top) as house:
            yield house


@pytest.fixture(scope="module")
async def house(lasting_house: House) -> AsyncIterator[House]:
    """The same without a worker: each module starts those it needs."""
    yield lasting_house
    lasting_house.model.gate.release()
    lasting_house.model.thinks = lambda _: 0.0
    await lasting_house.dismiss_all()
