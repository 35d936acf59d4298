"""What doctor learns of the running server's models."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from aiohttp import web
from aiohttp.test_utils import TestServer

from rejoinder.app.address import published
from rejoinder.cli.doctor.port import port, resting
from rejoinder.cli.doctor.report import Finding
from rejoinder.settings import Settings


async def found(data: Path, health: dict[str, Any]) -> list[Finding]:
    """What the check says of a server that tells this of its health."""

    async def answer(request: web.Request) -> web.Response:
        return web.json_response(health)

    app = web.Application()
    app.router.add_get("/health", answer)
    app.router.add_get("/health/live", answer)
    async with TestServer(app) as server:
        with published(data, str(server.make_url("")).rstrip("/")):
            return await port(Settings(data_dir=data))


async def test_a_model_that_the_server_leaves_alone_is_a_warning(tmp_path: Path) -> None:
    models = [
        {"provider": "gemini", "model": "flash", "breaker": "open"},
        {"provider": "openai", "model": "mini", "breaker": "closed"},
    ]
    serves, rests = await found(tmp_path, {"status": "ok", "models": models})
    assert (serves.name, serves.state) == ("port", "ok")
    assert (rests.name, rests.state) == ("model", "warning")
    assert "flash of gemini" in rests.told


async def test_an_older_server_tells_of_none(tmp_path: Path) -> None:
    assert [each.name for each in await found(tmp_path, {"status": "ok"})] == ["port"]


def test_nonsense_is_no_finding() -> None:
    assert resting({"models": ["x", 5, {"breaker": "closed"}]}) == []
