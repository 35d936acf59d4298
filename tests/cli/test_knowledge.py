"""`rejoinder knowledge`: files and folders go in, are listed and shown, and go."""

from __future__ import annotations

import asyncio
from pathlib import Path

import pytest

from rejoinder.app.database import bring_forward
from rejoinder.app.sample import sample
from rejoinder.db import connect
from rejoinder.text.thai import warm
from tests.cli.conftest import SECRET, Run, refused


@pytest.fixture
async def shop(schema_url: str) -> dict[str, str]:
    """The environment of a command: a database with the sample workspace."""
    await bring_forward(schema_url)
    db = await connect(schema_url, size=2)
    await asyncio.to_thread(warm)  # the dictionary, before a transaction waits for it
    await sample(db)
    await db.close()
    return {"DATABASE_URL": schema_url, "REJOINDER_SECRET_KEY": SECRET}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of documents, some of which can't be read."""
    folder = tmp_path / "handbook"
    (folder / "deep").mkdir(parents=True)
    (folder / ".git").mkdir()
    (folder / "returns.md").write_text("# Returns\n\nWithin 30 days.")
    (folder / "deep" / "faq.csv").write_text("question,answer\nOpen?,Yes.\nWhy?,Because.\n")
    (folder / "photo.png").write_bytes(b"\x89PNG")
    (folder / ".git" / "notes.txt").write_text("not for you")
    (tmp_path / "secrets.txt").write_text("not for you either")
    (folder / "link.txt").symlink_to(tmp_path / "secrets.txt")
    return folder


async def test_a_folder_goes_in_and_again_changes_nothing(
    run: Run, shop: dict[str, str], folder: Path
) -> None:
    first = await run("knowledge", "add", "handbook", "--base", "Shop", "--tag", "x", **shop)
    assert first.code == 0, first
    assert first.out.splitlines() == [
        "new        handbook/deep/faq.csv: 2 chunks",
        "new        handbook/returns.md: 1 chunk",
    ]
    (folder / "returns.md").write_text("# Returns\n\nWithin 60 days.")
    again = await run("knowledge", "add", "handbook", "--base", "Shop", "--tag", "x", **shop)
    assert [line.split()[0] for line in again.out.splitlines()] == ["unchanged", "replaced"]
    listed = await run("knowledge", "list", "--base", "Shop", **shop)
    assert [line.split("  ")[2] for line in listed.out.splitlines()] == ["2 chunks", "1 chunk"]
    shown = await run("knowledge", "show", "handbook/deep/faq.csv", **shop)
    assert "[2] Why?\nBecause." in shown.out
    assert "2 documents  3 chunks  Shop" in (await run("knowledge", "bases", **shop)).out


async def test_what_can_not_be_read_is_told_and_the_rest_goes_in(
    run: Run, shop: dict[str, str], folder: Path
) -> None:
    (folder / "bad.pdf").write_bytes(b"%PDF-1.4 rubbish")
    ended = await run("knowledge", "add", "handbook", "nowhere.md", "https://", **shop)
    assert ended.code == 1
    assert len(ended.out.splitlines()) == 2
    told = [line.split(":")[0] for line in ended.err.splitlines() if line.startswith("refused")]
    assert told == ["refused    handbook/bad.pdf", "refused    nowhere.md", "refused    https"]
    assert "nowhere.md: there is no such file or folder" in ended.err


async def test_a_website_is_left_to_a_worker(run: Run, shop: dict[str, str]) -> None:
    url = "https://shop.example/help/"
    assert (await run("knowledge", "add", url, "--every", "24", **shop)).out.startswith("new ")
    assert (await run("knowledge", "add", url, **shop)).out.startswith("again ")
    assert "website  waiting  0 pages" in (await run("knowledge", "list", **shop)).out
    assert (await run("knowledge", "refresh", **shop)).out.startswith(f"again      {url}")
    assert (await run("knowledge", "refresh", "https://other.example/", **shop)).code == 1
    assert (await run("knowledge", "remove", url, "nothing", **shop)).code == 1
    assert url not in (await run("knowledge", "list", **shop)).out


async def test_who_asks_for_what_is_not_there_is_told(run: Run, shop: dict[str, str]) -> None:
    refused(await run("knowledge", "show", "nothing", **shop), "nothing")
    refused(await run("knowledge", "list", "--base", "Nothing", **shop), "Nothing")
    refused(await run("knowledge", "bases", "--workspace", "nobody", **shop), "nobody")


async def test_an_index_needs_an_embedder_and_pgvector(run: Run, shop: dict[str, str]) -> None:
    without = await run("knowledge", "index", REJOINDER_EMBEDDER="none", **shop)
    refused(without, "REJOINDER_EMBEDDER")
    blind = await run(
        "knowledge", "index", REJOINDER_EMBEDDER="openai:e@8", OPENAI_API_KEY="k", **shop
    )
    refused(blind, "pgvector 0.8", "CREATE EXTENSION vector;")
