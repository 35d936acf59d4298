"""What a server under test is started with, and what a probe of it sees."""

from __future__ import annotations

import asyncio
from pathlib import Path

import aiohttp
import pytest
from aiohttp import web

from rejoinder.app.accounts import accounts
from rejoinder.bench.stretches.probe import probing, several
from rejoinder.bench.under_test.program import THIS, Program, WireFormat, model_settings
from rejoinder.llm.choose import names
from rejoinder.settings import Settings


def test_no_setting_of_the_caller_reaches_the_server(monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("DATABASE_URL", "GEMINI_API_KEY", "rejoinder_data", "PYTHONPATH"):
        monkeypatch.setenv(name, "the caller's")
    monkeypatch.setenv("HOME", "/somewhere")
    found = THIS.environment({"PORT": "1"})
    assert "the caller's" not in found.values()
    assert (found["PORT"], found["HOME"]) == ("1", "/somewhere")


def test_another_programs_sources_come_first() -> None:
    assert Program("old", "python", Path("/old/src")).environment({})["PYTHONPATH"] == "/old/src"


@pytest.mark.parametrize("wire", ["gemini", "openai"])
def test_the_server_asks_the_stub_in_its_format(
    wire: WireFormat, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name, value in THIS.environment({}).items():
        monkeypatch.setenv(name, value)
    for name, value in model_settings(wire, "http://127.0.0.1:1/base").items():
        monkeypatch.setenv(name, value)
    settings = Settings()
    assert names(settings.model, accounts(settings)) == ["stub"]
    assert getattr(settings, f"{wire}_base_url") == "http://127.0.0.1:1/base"


async def test_a_probe_counts_what_it_waited_for_and_ends_with_the_stretch() -> None:
    paths: list[str] = []
    third = asyncio.Event()

    async def answer(request: web.BaseRequest) -> web.Response:
        paths.append(request.path)
        if len(paths) == 3:
            third.set()
        return web.Response()

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    host, port = runner.addresses[0][:2]
    async with aiohttp.ClientSession() as http:
        async with probing(http, f"http://{host}:{port}") as found:
            await third.wait()
        assert len(found) == len(paths) >= 3
        assert len(await several(http, f"http://{host}:{port}", 0)) >= 1
        assert all(seconds > 0 for seconds in found)
    assert set(paths) == {"/health/live"}
    await runner.cleanup()
