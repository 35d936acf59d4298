"""The one session of a process."""

from __future__ import annotations

from aiohttp import web

from rejoinder import __version__
from rejoinder.net.http import session


async def test_it_names_the_program_and_keeps_no_cookies() -> None:
    seen: list[dict[str, str]] = []

    async def answer(request: web.BaseRequest) -> web.Response:
        seen.append(dict(request.headers))
        assert await request.json() == {"text": "chào"}
        return web.Response(headers={"Set-Cookie": "session=1"})

    runner = web.ServerRunner(web.Server(answer, access_log=None))
    await runner.setup()
    await web.TCPSite(runner, "127.0.0.1", 0).start()
    port = runner.addresses[0][1]
    async with session() as http:
        for _ in range(2):
            async with http.post(f"http://127.0.0.1:{port}/", json={"text": "chào"}) as response:
                assert response.status == 200
    await runner.cleanup()
    assert seen[0]["User-Agent"] == f"rejoinder/{__version__}"
    assert "Cookie" not in seen[1]


async def test_no_number_of_connections_is_too_many() -> None:
    async with session() as http:
        assert http.connector is not None
        assert http.connector.limit == 0
        assert not http.trust_env
