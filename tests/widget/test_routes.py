"""The chat page's routes, over real HTTP."""

import asyncio
import re
from dataclasses import replace
from http.cookies import SimpleCookie
from uuid import uuid4

import aiohttp
import pytest

from rejoinder.db import Database
from rejoinder.errors import Unavailable
from tests.widget.shop import Shop, deps, reply, serving, visiting


async def send(
    client: aiohttp.ClientSession, text: object, message_id: object = None
) -> tuple[int, dict[str, str]]:
    body = {"message_id": str(message_id or uuid4()), "text": text}
    async with client.post("/widget/messages", json=body) as response:
        return response.status, await response.json()


async def begin(client: aiohttp.ClientSession, **wish: bool) -> dict[str, object]:
    async with client.post("/widget/session", json=wish) as response:
        assert response.status == 200
        session: dict[str, object] = await response.json()
        return session


async def read(response: aiohttp.ClientResponse, count: int) -> list[tuple[int, str]]:
    """The next `count` events as (id, name)."""
    found: list[tuple[int, str]] = []
    seq = 0
    while len(found) < count:
        line = (await response.content.readline()).decode().strip()
        if line.startswith("id: "):
            seq = int(line[4:])
        elif line.startswith("event: "):
            found.append((seq, line[7:]))
    return found


def visitor_cookie(response: aiohttp.ClientResponse) -> "SimpleCookie":
    cookie: SimpleCookie = SimpleCookie()
    for header in response.headers.getall("Set-Cookie"):
        cookie.load(header)
    return cookie


async def test_the_page_names_the_bot_and_what_answers(client: aiohttp.ClientSession) -> None:
    async with client.get("/") as response:
        html = await response.text()
        assert response.status == 200
        assert response.content_type == "text/html"
    assert '<h1 id="bot-name" dir="auto">Mali from Baan Tea</h1>' in html
    assert "no large language model. Set GEMINI_API_KEY for one." in html


async def test_what_an_operator_wrote_is_escaped(db: Database, shop: Shop) -> None:
    odd = deps(db, shop, bot_name="<b>&$version", model='gpt-"5"', examples=("<i>?",))
    async with (
        serving(odd) as url,
        aiohttp.ClientSession(url) as client,
        client.get("/") as response,
    ):
        html = await response.text()
    assert '<h1 id="bot-name" dir="auto">&lt;b&gt;&amp;$version</h1>' in html
    assert "Answered by gpt-&quot;5&quot;, an AI model. It can be wrong." in html
    assert "&lt;i&gt;?</button>" in html
    assert "GEMINI_API_KEY" not in html


async def test_every_answer_forbids_what_the_page_does_not_need(
    client: aiohttp.ClientSession,
) -> None:
    await begin(client)
    await send(client, "hello")
    for path in ("/", "/widget/static/chat.js", "/widget/events"):
        async with client.get(path) as response:
            policy = response.headers["Content-Security-Policy"]
            assert policy.startswith("default-src 'self';")
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            assert response.headers["X-Content-Type-Options"] == "nosniff"
            assert response.headers["X-Frame-Options"] == "DENY"
            assert response.headers["Referrer-Policy"] == "no-referrer"


async def test_the_page_asks_for_its_own_files_only(client: aiohttp.ClientSession) -> None:
    async with client.get("/") as response:
        html = await response.text()
    links = re.findall(r'(?:src|href)="([^"]+)"', html)
    assert len(links) >= 4
    for link in set(links):
        async with client.get(link) as response:
            assert response.status == 200, link
            assert response.headers["Cache-Control"] == "public, max-age=31536000, immutable"
            text = await response.text()
            assert not re.search(r"https?://(?!www\.w3\.org/2000/svg)", text), link
    assert "<style" not in html
    assert not re.search(r"<script(?![^>]*\bsrc=)|\son\w+=|style=", html)


@pytest.mark.parametrize(
    "path", ["/", "/widget/static/chat.css", "/widget/static/0123456789ab/chat.css"]
)
async def test_a_file_already_seen_is_not_sent_again(
    client: aiohttp.ClientSession, path: str
) -> None:
    async with client.get(path) as response:
        assert response.headers["Cache-Control"] == "no-cache"
        etag = response.headers["ETag"]
    async with client.get(path, headers={"If-None-Match": f'"other", {etag}'}) as response:
        assert response.status == 304
        assert await response.read() == b""
    async with client.get(path, headers={"If-None-Match": '"other"'}) as response:
        assert response.status == 200


@pytest.mark.parametrize(
    "name", ["page.html", "routes.py", "..%2Froutes.py", "%2Fetc%2Fpasswd", "nothing.js"]
)
async def test_no_other_file_is_given(client: aiohttp.ClientSession, name: str) -> None:
    async with client.get(f"/widget/static/{name}") as response:
        assert response.status == 404


async def test_a_session_is_a_cookie_no_script_can_read(client: aiohttp.ClientSession) -> None:
    async with client.post("/widget/session") as response:
        assert response.headers["Cache-Control"] == "no-store"
        body = await response.json()
        cookie = visitor_cookie(response)["rejoinder_visitor"]
    assert body == {
        "visitor": body["visitor"],
        "bot_name": "Mali from Baan Tea",
        "model": "local",
        "is_large_model": False,
    }
    assert cookie["httponly"] is True
    assert cookie["samesite"] == "lax"
    assert cookie["path"] == "/"
    assert cookie["secure"] == ""


async def test_behind_https_the_cookie_never_leaves_it(client: aiohttp.ClientSession) -> None:
    async with client.post("/widget/session", headers={"X-Forwarded-Proto": "https"}) as response:
        assert visitor_cookie(response)["rejoinder_visitor"]["secure"] is True


async def test_a_session_is_renewed_until_a_fresh_one_is_asked_for(
    client: aiohttp.ClientSession,
) -> None:
    first = await begin(client)
    assert (await begin(client))["visitor"] == first["visitor"]
    assert (await begin(client, fresh=True))["visitor"] != first["visitor"]


async def test_a_changed_cookie_proves_nothing(url: str, client: aiohttp.ClientSession) -> None:
    visitor = (await begin(client))["visitor"]
    token = next(cookie.value for cookie in client.cookie_jar if cookie.key == "rejoinder_visitor")
    assert (await send(client, "hello"))[0] == 202
    forged = {"Cookie": "rejoinder_visitor=" + ("B" if token[0] == "A" else "A") + token[1:]}
    async with aiohttp.ClientSession(url, headers=forged) as other:
        assert (await send(other, "hello"))[0] == 401
        async with other.get("/widget/events") as response:
            assert response.status == 401
        assert (await begin(other))["visitor"] != visitor


async def test_a_cookie_of_another_channel_proves_nothing(db: Database, shop: Shop) -> None:
    home = deps(db, shop)
    async with serving(home) as url, visiting(url) as client:
        await begin(client)
    (token,) = [cookie.value for cookie in client.cookie_jar]
    cookie = {"Cookie": f"rejoinder_visitor={token}"}
    for channel_id, status in ((home.channel_id, 202), (uuid4(), 401)):
        there = replace(home, channel_id=channel_id)
        async with serving(there) as url, aiohttp.ClientSession(url, headers=cookie) as other:
            assert (await send(other, "hello"))[0] == status


async def test_nobody_speaks_without_a_session(client: aiohttp.ClientSession, shop: Shop) -> None:
    assert (await send(client, "hello"))[0] == 401
    async with client.get("/widget/events") as response:
        assert response.status == 401
    assert shop.conversations == {}


@pytest.mark.parametrize("site", ["cross-site", "same-site"])
async def test_another_sites_page_is_refused(
    client: aiohttp.ClientSession, shop: Shop, site: str
) -> None:
    await begin(client)
    foreign = {"Sec-Fetch-Site": site}
    async with client.post("/widget/session", json={}, headers=foreign) as response:
        assert response.status == 403
        assert "Set-Cookie" not in response.headers
    message = {"message_id": str(uuid4()), "text": "hello"}
    async with client.post("/widget/messages", json=message, headers=foreign) as response:
        assert response.status == 403
    assert shop.conversations == {}


async def test_a_message_sent_again_is_stored_once(
    client: aiohttp.ClientSession, shop: Shop
) -> None:
    await begin(client)
    message_id = uuid4()
    first = await send(client, "hello", message_id)
    assert first[0] == 202
    assert set(first[1]) == {"message_id", "conversation_id", "seq"}
    assert await send(client, "hello", message_id) == first
    assert len(shop.only().accepted) == 1


async def test_two_visitors_may_choose_the_same_message_id(
    url: str, client: aiohttp.ClientSession, shop: Shop
) -> None:
    message_id = uuid4()
    async with visiting(url) as other:
        for one in (client, other):
            await begin(one)
            assert (await send(one, "hello", message_id))[0] == 202
    ids = [external_id for kept in shop.conversations.values() for external_id in kept.accepted]
    assert len(set(ids)) == 2


@pytest.mark.parametrize("text", ["", "  \n", "a\0b", "x" * 4001, "\ud800", 7, None])
async def test_a_wrong_text_is_refused(
    client: aiohttp.ClientSession, shop: Shop, text: object
) -> None:
    await begin(client)
    assert (await send(client, text))[0] == 422
    assert shop.conversations == {}


async def test_the_longest_text_is_taken_whole(client: aiohttp.ClientSession, shop: Shop) -> None:
    await begin(client)
    assert (await send(client, "ก" * 4000))[0] == 202
    assert shop.only().events[0][1]["text"] == "ก" * 4000


async def test_a_message_id_that_is_no_uuid_is_refused(client: aiohttp.ClientSession) -> None:
    await begin(client)
    assert (await send(client, "hello", "seven"))[0] == 422


async def test_before_the_first_message_there_is_nothing_to_stream(
    client: aiohttp.ClientSession,
) -> None:
    await begin(client)
    async with client.get("/widget/events") as response:
        assert response.status == 204


async def test_events_begin_after_the_last_one_seen(client: aiohttp.ClientSession) -> None:
    await begin(client)
    _, accepted = await send(client, "hello")
    conversation = accepted["conversation_id"]
    async with client.get("/widget/events") as response:
        assert response.content_type == "text/event-stream"
        assert response.headers["Cache-Control"] == "no-store"
        assert response.headers["X-Conversation"] == conversation
        assert [seq for seq, _ in await read(response, 4)] == [1, 2, 3, 4]
    async with client.get("/widget/events?after=2") as response:
        assert await read(response, 1) == [(3, "message.sent")]
    async with client.get("/widget/events?after=0", headers={"Last-Event-ID": "3"}) as response:
        assert await read(response, 1) == [(4, "turn.committed")]
    async with client.get(f"/widget/events?after=3&conversation={uuid4()}") as response:
        assert (await read(response, 1))[0][0] == 1
    for bad in ("-1", "x", str(2**63)):
        async with client.get(f"/widget/events?after={bad}") as response:
            assert response.status == 422


async def test_a_visitor_sees_his_own_conversation_only(
    url: str, client: aiohttp.ClientSession, shop: Shop
) -> None:
    await begin(client)
    _, mine = await send(client, "my secret")
    async with visiting(url) as other:
        await begin(other)
        async with other.get(f"/widget/events?conversation={mine['conversation_id']}") as response:
            assert response.status == 204
        await send(other, "hello")
        async with other.get(f"/widget/events?conversation={mine['conversation_id']}") as response:
            assert response.headers["X-Conversation"] != mine["conversation_id"]
    assert len(shop.conversations) == 2


async def test_what_happens_later_comes_as_it_happens(
    client: aiohttp.ClientSession, shop: Shop
) -> None:
    visitor = str((await begin(client))["visitor"])
    await send(client, "hello")
    async with client.get("/widget/events?after=4") as response:
        await shop.add(visitor, reply("one more thing"))
        events = await asyncio.wait_for(read(response, 3), 10)
    assert [name for _, name in events] == ["turn.started", "message.sent", "turn.committed"]


async def test_too_many_messages_are_refused_and_not_stored(db: Database, shop: Shop) -> None:
    async with serving(deps(db, shop, messages_per_minute=2)) as url, visiting(url) as client:
        await begin(client)
        assert [(await send(client, str(n)))[0] for n in range(3)] == [202, 202, 429]
    assert len(shop.only().accepted) == 2


async def test_new_visitors_do_not_get_round_the_limit(db: Database, shop: Shop) -> None:
    async with serving(deps(db, shop, messages_per_minute=1)) as url:
        statuses = []
        for _ in range(11):
            async with visiting(url) as client:
                await begin(client)
                statuses.append((await send(client, "hello"))[0])
    assert statuses == [202] * 10 + [429]


async def test_too_many_new_visitors_are_refused_but_known_ones_return(
    db: Database, shop: Shop
) -> None:
    async with serving(deps(db, shop, sessions_per_minute=2)) as url:
        jars = [aiohttp.CookieJar(unsafe=True) for _ in range(3)]
        statuses = []
        for jar in (*jars, jars[0]):
            async with (
                aiohttp.ClientSession(url, cookie_jar=jar) as client,
                client.post("/widget/session") as response,
            ):
                statuses.append(response.status)
    assert statuses == [200, 200, 429, 200]


async def test_a_failure_behind_the_page_is_passed_on(
    client: aiohttp.ClientSession, shop: Shop
) -> None:
    await begin(client)
    shop.failures.append(Unavailable("PostgreSQL does not answer."))
    message_id = uuid4()
    assert (await send(client, "hello", message_id))[0] == 503
    assert (await send(client, "hello", message_id))[0] == 202
