"""What is shown while an answer is written is read by the guard as well, sentence by sentence."""

from __future__ import annotations

import asyncio

from pydantic_core import from_json

from rejoinder.db import Database
from rejoinder.live.preview import PREVIEW_CHANNEL
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.net.http import session
from rejoinder.testing import OpenAIStub
from rejoinder.testing.model_stub import Stall
from tests.scenarios.conftest import OpenShop
from tests.scenarios.obeying.attacks import attacks, street
from tests.scenarios.shop import working

FIRST = "Let me see.\\n"


async def test_a_preview_stops_before_what_is_wrong(db: Database, opens: OpenShop) -> None:
    where = await street(opens)
    attack = attacks()[1]
    said = '{"decision": "answer", "reply": "' + FIRST + attack.obeyed + "\\n And"
    shown: asyncio.Queue[str] = asyncio.Queue()
    watching = await db.session("rejoinder tests previews")
    await watching.add_listener(PREVIEW_CHANNEL, lambda *told: shown.put_nowait(str(told[-1])))
    async with (
        OpenAIStub(script=[Stall(b"".join(OpenAIStub().pieces(said, None)))]) as stub,
        session() as http,
        working(db, OpenAIModel("o", api_key="k", base_url=stub.base_url, session=http)),
    ):
        await where.attacked([attack])
        async with asyncio.timeout(10):
            first = from_json((await shown.get()).partition(" ")[2])
    await watching.close()
    assert first["text"] == "Let me see."
    assert shown.empty()
