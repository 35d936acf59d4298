"""Documents come, change and go."""

import asyncio
from uuid import UUID

import pytest

from rejoinder.db import Database
from rejoinder.errors import Invalid
from rejoinder.knowledge import delete, documents, ingest, search


async def _found(db: Database, workspace_id: UUID, query: str) -> list[str]:
    async with db.read(workspace_id) as read:
        return [found.text for found in await search(read, query)]


async def test_the_same_source_again_replaces_the_document(
    db: Database, workspace_id: UUID
) -> None:
    async with db.transaction(workspace_id) as tx:
        first = await ingest(tx, title="Pets", body="We sell hamsters.", source="pets.md")
        again = await ingest(tx, title="Pets", body="We sell parrots.", source="pets.md")
    assert again.document_id == first.document_id
    assert await _found(db, workspace_id, "parrots?") == ["We sell parrots."]
    assert await _found(db, workspace_id, "hamsters?") == []


async def test_a_deleted_document_leaves_nothing(db: Database, workspace_id: UUID) -> None:
    async with db.transaction(workspace_id) as tx:
        await ingest(tx, title="Pets", body="We sell hamsters and parrots.", source="a")
        await ingest(tx, title="More pets", body="We sell hamsters.", source="b")
        assert await delete(tx, "a")
        assert not await delete(tx, "a")
    async with db.read(workspace_id) as read:
        assert [document.source for document in await documents(read)] == ["b"]
    assert await _found(db, workspace_id, "parrots?") == []
    assert await _found(db, workspace_id, "hamsters?") == ["We sell hamsters."]


async def test_documents_that_come_at_once_are_all_kept_once(
    db: Database, workspace_id: UUID
) -> None:
    async def add(number: int) -> None:
        async with db.transaction(workspace_id) as tx:
            await ingest(
                tx,
                title=f"Page {number}",
                body="red green blue " * (number + 1),
                source=str(number),
            )

    await asyncio.gather(*(add(number % 6) for number in range(12)))
    async with db.read(workspace_id) as read:
        assert [document.chunks for document in await documents(read)] == [1] * 6
        assert len(await search(read, "green", limit=12)) == 6


async def test_a_document_knows_its_language_and_chunks(db: Database, workspace_id: UUID) -> None:
    async with db.transaction(workspace_id) as tx:
        document = await ingest(tx, title="ค่าส่ง", body="# ก\nค่าส่ง 50 บาท\n# ข\nส่งฟรี", source="x")
    assert (document.language, document.chunks) == ("th", 2)


async def test_another_workspace_finds_nothing(db: Database, shop: UUID) -> None:
    """Not even one whose words are indexed under the same four digits."""
    other = UUID(int=shop.int ^ (1 << 100))
    assert other.hex[-4:] == shop.hex[-4:]
    assert await _found(db, shop, "opening hours")
    assert await _found(db, other, "opening hours") == []


@pytest.mark.parametrize(
    ("title", "body", "source", "where"),
    [
        ("", "text", "s", "title"),
        ("t", "  \n", "s", "body"),
        ("t", "text", " ", "source"),
        ("t", "nul \x00", "s", "body"),
        ("t", "a" * 2_000_001, "s", "body"),
        ("t" * 501, "text", "s", "title"),
        ("t", "text", "s" * 501, "source"),
    ],
)
async def test_bad_input_is_refused_and_named(
    db: Database, workspace_id: UUID, title: str, body: str, source: str, where: str
) -> None:
    with pytest.raises(Invalid) as refused:
        async with db.transaction(workspace_id) as tx:
            await ingest(tx, title=title, body=body, source=source)
    assert refused.value.where == where


async def test_a_long_document_and_odd_letters_are_taken(db: Database, workspace_id: UUID) -> None:
    body = "it's a \\ quote ' 'x' " + "same " * 40_000 + "z" * 5000
    body += "\n# " + " ".join(f"word{number}" for number in range(100_000)) + "\nsmall print"
    async with db.transaction(workspace_id) as tx:
        await ingest(tx, title="Odd 'title' \\", body=body, source="odd")
    assert await _found(db, workspace_id, "quote")
    (last, *_) = await _found(db, workspace_id, "small print")
    assert last.endswith("word99999\nsmall print"), "what is too long for a heading is a paragraph"
