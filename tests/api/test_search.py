"""`GET /api/v1/search`: messages and knowledge, by words and by meaning."""

from __future__ import annotations

from collections.abc import AsyncIterator
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import aiohttp
import pytest
from fastapi import FastAPI

from rejoinder.api.knowledge.search import routes
from rejoinder.app import problems
from rejoinder.db import Database
from rejoinder.guard.redact import KINDS, Redaction
from rejoinder.knowledge.embedding.embed import Means, embed_document, embed_messages
from rejoinder.knowledge.embedding.jobs import embed_message
from rejoinder.knowledge.embedding.lane import Embeddings
from rejoinder.knowledge.embedding.upkeep import sweep_messages
from rejoinder.knowledge.searching.meaning import Meaning
from rejoinder.knowledge.searching.messages import store
from rejoinder.knowledge.searching.messages.store import Which
from rejoinder.queue.jobs import Taken
from rejoinder.workspaces.tokens import Tokens
from tests.api.application import Application, listening
from tests.api.problem import problem
from tests.knowledge.embedders import OpenAIEmbeds, embedder

Found = list[dict[str, Any]]


async def _post(client: aiohttp.ClientSession, text: str, thread: str = "") -> dict[str, Any]:
    body = {"conversation_id": thread or f"t-{uuid4()}", "message_id": f"m-{uuid4()}", "text": text}
    async with client.post("/api/v1/messages", json=body) as response:
        assert response.status in (200, 202), await response.text()
        found: dict[str, Any] = await response.json()
        return found


async def _page(client: aiohttp.ClientSession, q: str, **more: str) -> dict[str, Any]:
    async with client.get("/api/v1/search", params={"q": q, **more}) as response:
        assert response.status == 200, await response.text()
        found: dict[str, Any] = await response.json()
        return found


async def _messages(client: aiohttp.ClientSession, q: str, **more: str) -> Found:
    items: Found = (await _page(client, q, **{"in": "messages", **more}))["items"]
    return items


def _word() -> str:
    """One that nobody else writes."""
    return "q" + uuid4().hex[:12].translate(str.maketrans("0123456789", "ghijklmnop"))


@pytest.mark.parametrize(
    ("said", "asked"),
    [
        ("Quero minha DEVOLUÇÃO hoje {}", "{} devolucao"),
        ("tôi muốn trả lại {}", "tra LAI {}"),
        ("{}ขอคืนเงินค่ะ", "คืนเงิน {}"),
        ("¿Cuándo llega? {}", "{} cuando"),
        ("The {}s are broken", "{} broken"),
    ],
)
async def test_messages_are_found_by_their_words(
    client: aiohttp.ClientSession, said: str, asked: str
) -> None:
    word = _word()
    posted = await _post(client, said.format(word))
    (found,) = await _messages(client, asked.format(word))
    assert (found["found"], found["message_id"]) == ("message", posted["message_id"])
    assert found["matched"] == ["words"]
    assert found["text"] == said.format(word)
    marked = {found["text"][begin:end] for begin, end in found["highlights"]}
    assert word in marked
    assert len(marked) > 1


async def test_each_word_must_be_there(client: aiohttp.ClientSession) -> None:
    word = _word()
    await _post(client, f"the {word} is red")
    assert await _messages(client, f"{word} blue") == []
    assert await _messages(client, word[1:]) == [], "a word is found from its beginning"
    assert len(await _messages(client, word[:6])) == 1


@pytest.mark.parametrize("q", ["%", ".*", "()[", "...", "\\", "🙂", "a'b", "x\x00y"])
async def test_signs_are_no_patterns(client: aiohttp.ClientSession, q: str) -> None:
    await _post(client, "an ordinary line")
    for found in await _messages(client, q):
        assert found["highlights"]


async def test_pages_go_on_where_the_last_ended(client: aiohttp.ClientSession) -> None:
    word = _word()
    posted = [(await _post(client, f"{word} {at}"))["message_id"] for at in range(5)]
    found: list[str] = []
    cursor: dict[str, str] = {}
    while True:
        page = await _page(client, word, **{"in": "messages", "limit": "2", **cursor})
        found += [each["message_id"] for each in page["items"]]
        if page["next"] is None:
            break
        cursor = {"cursor": page["next"]}
    assert found == posted[::-1]


async def test_a_request_looks_at_so_many_and_goes_on(
    program: Application, client: aiohttp.ClientSession
) -> None:
    word = _word()
    wanted = (await _post(client, word))["message_id"]
    for _ in range(5):
        await _post(client, "something else")
    found, before, pages = [], None, 0
    async with program.db.read(program.shop.workspace_id) as read:
        while True:
            hits, before = await store.by_words(read, Which(before=before), [f"({word})"], 5, 2)
            found += [str(hit.message_id) for hit in hits]
            pages += 1
            if before is None or found:
                break
    assert found == [wanted]
    assert pages > 1


async def test_filters(client: aiohttp.ClientSession) -> None:
    word, thread = _word(), f"t-{uuid4()}"
    first = await _post(client, f"{word} one", thread)
    await _post(client, f"{word} two")
    (found,) = await _messages(client, f"{word} one")
    mine = {"contact_id": found["contact_id"]}
    assert [each["message_id"] for each in await _messages(client, word, **mine)] == [
        first["message_id"]
    ]
    assert len(await _messages(client, word, channel_id=found["channel_id"])) == 2
    assert await _messages(client, word, channel_id=str(uuid4())) == []
    assert len(await _messages(client, word, **{"from": found["received_at"]})) == 2
    assert await _messages(client, word, to="2020-01-01T00:00:00Z") == []


async def test_a_long_message_is_shown_where_it_speaks_of_it(client: aiohttp.ClientSession) -> None:
    word = _word()
    await _post(client, f"{'before ' * 100}{word}{' after' * 100}")
    (found,) = await _messages(client, word)
    assert len(found["text"]) == 300
    ((begin, end),) = found["highlights"]
    assert found["text"][begin:end] == word


async def test_a_message_that_was_taken_back_is_not_found(client: aiohttp.ClientSession) -> None:
    word = _word()
    posted = await _post(client, word)
    async with client.delete(f"/api/v1/messages/{posted['message_id']}") as response:
        assert response.status == 204
    assert await _messages(client, word) == []


async def test_knowledge(client: aiohttp.ClientSession) -> None:
    page = await _page(client, "when do you open?", **{"in": "knowledge"})
    assert page["next"] is None
    first = page["items"][0]
    assert (first["found"], first["heading"]) == ("knowledge", "Opening hours")
    assert 0 < first["score"] <= 1
    assert first["source"].startswith("demo/")
    thai = (await _page(client, "open", **{"in": "knowledge", "language": "th"}))["items"]
    assert {each["heading"] for each in thai}.isdisjoint({"Opening hours"})
    none = await _page(client, "open", **{"in": "knowledge", "tag": "nobody"})
    assert none["items"] == []


async def test_both_at_once(client: aiohttp.ClientSession) -> None:
    await _post(client, "grinder")
    kinds = {each["found"] for each in (await _page(client, "grinder"))["items"]}
    assert kinds == {"message", "knowledge"}


async def test_another_workspace_finds_nothing_of_it(
    program: Application, client: aiohttp.ClientSession
) -> None:
    word = _word()
    await _post(client, word)
    token = await program.token(workspace_id=await program.neighbour())
    async with program.client(token) as neighbour:
        assert (await _page(neighbour, word))["items"] == []
        assert (await _page(neighbour, "grinder"))["items"] == []


async def test_who_only_hands_in_may_not_search(program: Application) -> None:
    async with (
        program.client(await program.token("ingest")) as client,
        client.get("/api/v1/search", params={"q": "x"}) as response,
    ):
        await problem(response, 403, "forbidden")


@pytest.mark.parametrize(
    "params",
    [
        {},
        {"q": " "},
        {"q": "x", "in": "nowhere"},
        {"q": "x", "cursor": "x"},
        {"q": "x", "limit": "0"},
    ],
)
async def test_what_is_refused(client: aiohttp.ClientSession, params: dict[str, str]) -> None:
    async with client.get("/api/v1/search", params=params) as response:
        await problem(response, 422, "invalid_request")


@pytest.fixture
async def means(program: Application) -> AsyncIterator[Means]:
    async with OpenAIEmbeds() as stub, aiohttp.ClientSession() as http:
        yield Means(program.db, embedder(stub, http, "messages"))


@pytest.fixture
async def meant(program: Application, means: Means) -> AsyncIterator[aiohttp.ClientSession]:
    """A caller of a server that has an embedder."""
    app = FastAPI()
    problems.install(app)
    maker = Meaning(program.db, means.embedder)

    async def meaning() -> Meaning:
        return maker

    app.include_router(routes(program.db, Tokens(program.db), meaning))
    async with listening(app) as url:
        headers = {"Authorization": f"Bearer {await program.token('operate')}"}
        async with aiohttp.ClientSession(url, headers=headers) as client:
            yield client


async def test_messages_are_found_by_what_they_mean(
    program: Application, client: aiohttp.ClientSession, meant: aiohttp.ClientSession, means: Means
) -> None:
    word = _word()
    posted = UUID((await _post(client, f"คืนเงินให้ด้วย {word}"))["message_id"])
    workspace_id = program.shop.workspace_id
    assert await embed_messages(means, workspace_id, [posted]) == 1
    (found,) = await _messages(meant, "reembolso dinheiro")
    assert found["message_id"] == str(posted)
    assert found["matched"] == ["meaning"]
    assert found["score"] > 0.5
    async with client.delete(f"/api/v1/messages/{posted}") as response:
        assert response.status == 204
    assert await _messages(meant, "reembolso dinheiro") == []
    assert await _vectors(program.db, workspace_id, posted) == 0


async def test_personal_data_stays_here(
    program: Application, client: aiohttp.ClientSession
) -> None:
    posted = UUID((await _post(client, "refund to jane@example.com"))["message_id"])
    async with OpenAIEmbeds() as stub, aiohttp.ClientSession() as http:
        means = Means(
            program.db, embedder(stub, http, "hidden"), lambda text: Redaction(KINDS).hide(text)
        )
        await embed_messages(means, program.shop.workspace_id, [posted])
        assert stub.texts == [["refund to [EMAIL_1]"]]


async def test_the_lane_embeds_messages_together(
    program: Application, client: aiohttp.ClientSession, means: Means
) -> None:
    workspace_id = program.shop.workspace_id
    posted = [UUID((await _post(client, f"delivery {at}"))["message_id"]) for at in range(3)]
    lane = Embeddings(means, slots=2, gather=0.05)
    for each in posted:
        made = embed_message(workspace_id, each)
        await lane.wake(Taken(made.lane, made.payload, 0))
    await lane.drain(10)
    assert [await _vectors(program.db, workspace_id, each) for each in posted] == [1, 1, 1]


async def test_the_sweep_finds_messages_of_bots_that_want_it(
    program: Application, client: aiohttp.ClientSession, means: Means
) -> None:
    posted = UUID((await _post(client, "forgotten"))["message_id"])
    day, now = timedelta(days=1), timedelta(0)
    payload = embed_message(program.shop.workspace_id, posted).payload
    await sweep_messages(program.db, means.embedder.identity, day, now)
    assert await _jobs(program.db, payload) == 0
    await _want(program, wanted=True)
    try:
        assert await sweep_messages(program.db, means.embedder.identity, day, now) > 0
    finally:
        await _want(program, wanted=False)


async def test_knowledge_is_found_by_what_it_means(
    program: Application, meant: aiohttp.ClientSession, means: Means
) -> None:
    workspace_id = program.shop.workspace_id
    async with program.db.read(workspace_id) as read:
        rows = await read.connection.fetch(
            "SELECT document_id FROM knowledge_documents WHERE workspace_id = $1", workspace_id
        )
    for row in rows:
        await embed_document(means, workspace_id, row[0])
    page = await _page(meant, "roto y estropeado", **{"in": "knowledge"})
    assert page["items"]


async def _vectors(db: Database, workspace_id: UUID, message_id: UUID) -> int:
    async with db.read(workspace_id) as read:
        found: int = await read.connection.fetchval(
            "SELECT count(*) FROM message_vectors WHERE workspace_id = $1 AND message_id = $2",
            workspace_id,
            message_id,
        )
        return found


async def _jobs(db: Database, payload: bytes) -> int:
    async with db.maintenance() as maintenance:
        found: int = await maintenance.connection.fetchval(
            "SELECT count(*) FROM pgqueuer WHERE payload = $1", payload
        )
        return found


async def _want(program: Application, *, wanted: bool) -> None:
    async with program.db.statement(program.shop.workspace_id) as tx:
        await tx.connection.execute(
            "UPDATE bots SET settings = jsonb_build_object('know', jsonb_build_object('search_messages', $2::bool))"
            " WHERE workspace_id = $1",
            program.shop.workspace_id,
            wanted,
        )
