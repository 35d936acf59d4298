"""Secrets are planted everywhere one can be, then everything the program lets out or stores is searched for them."""

from __future__ import annotations

import asyncio
import re
import signal
import subprocess
import zipfile
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import aiohttp
import asyncpg
import pytest

from rejoinder.db.private import attach
from rejoinder.db.private.binaries import Binaries, installed
from rejoinder.testing.model_stub import Canned
from rejoinder.testing.openai_stub import OpenAIStub
from tests.channels.rest.receiver import Receiver, receiving
from tests.cli.conftest import Run, environment, open_folder
from tests.clusters import CLUSTERS
from tests.eventually import eventually
from tests.forks import FORKS

CANARIES = {
    "secret key": "canary-installation-key-7f3a91",
    "model key": "sk-canary-model-key-55e0c2",
    "signing secret": "whsec_Y2FuYXJ5LXNpZ25pbmctc2VjcmV0LWZpcnN0ISE=",
    "second signing secret": "whsec_Y2FuYXJ5LXNpZ25pbmctc2VjcmV0LXNlY29uZCE=",
    "wrong signing secret": "whsec_canary-that-is-too-short",
    "misplaced secret": "canary-misplaced-9d12",
    "wrong token": "canary-wrong-bearer-token-00aa",
    "admin token": "canary-admin-token-77b1",
    "pancake token": "canary-pancake-token-c402",
}
TABLES = (
    "SELECT relname FROM pg_class WHERE relnamespace = 'public'::regnamespace AND relkind = 'r'"
)


@asynccontextmanager
async def serving(folder: Path, log: Path, **settings: str) -> AsyncIterator[str]:
    """`serve` with its log in a file; gives its URL."""
    with log.open("wb") as written:
        process = await FORKS.start(
            "serve",
            folder=folder,
            environment=environment(folder, PORT="0", LOG_LEVEL="debug", **settings),
            stdout=written.fileno(),
            stderr=written.fileno(),
        )
    try:

        async def url() -> str:
            assert process.returncode is None, log.read_text()
            found = re.search(r"http://127\.0\.0\.1:\d+", log.read_text())
            return found[0] if found and "Ctrl-C" in log.read_text() else ""

        yield await eventually(url, 60)
    finally:
        process.send_signal(signal.SIGTERM)
        assert await asyncio.wait_for(process.wait(), 60) == 0


class Heard:
    """A caller that keeps every byte it is answered, but the answers in which a secret is to be shown."""

    def __init__(self, client: aiohttp.ClientSession) -> None:
        self.client = client
        self.bytes: list[bytes] = []

    async def __call__(
        self, method: str, path: str, *, keep: bool = True, **request: Any
    ) -> aiohttp.ClientResponse:
        async with self.client.request(method, path, **request) as response:
            raw = await response.read()
        if keep:
            self.bytes += [raw, repr(response.headers).encode()]
        return response


async def _use(url: str, token: str, receiver: Receiver) -> list[bytes]:
    """Make a channel, write to it, do things wrong; everything that was answered."""
    bearer = {"Authorization": f"Bearer {token}"}
    async with aiohttp.ClientSession(url, headers=bearer) as client:
        ask = Heard(client)
        given = {
            "platform": "rest",
            "name": "Canary",
            "settings": {"callback_url": receiver.url},
            "credentials": {"signing_secret": CANARIES["signing secret"]},
        }
        made = await ask("POST", "/api/v1/channels", json=given, keep=False)
        channel = (await made.json())["channel_id"]
        receiver.secret = CANARIES["signing secret"]
        receiver.script += [500, 503]
        message = {"conversation_id": "c", "channel_id": channel, "text": "Hello there"}
        await ask("POST", "/api/v1/messages?wait=20", json=message)
        await receiver.called(1)
        replaced = {"signing_secret": CANARIES["second signing secret"]}
        secret = f"/api/v1/channels/{channel}/signing-secret"
        await ask("POST", secret, json=replaced, keep=False)
        for wrong in (
            {
                **given,
                "name": "b",
                "credentials": {"signing_secret": CANARIES["wrong signing secret"]},
            },
            {**given, "name": "b", "credentials": {"password": CANARIES["misplaced secret"]}},
            {**given, "name": "b", "signing_secret": CANARIES["misplaced secret"]},
            given,
        ):
            refused = await ask("POST", "/api/v1/channels", json=wrong)
            assert refused.status in {409, 422}
        await ask("POST", secret, json={"signing_secret": CANARIES["wrong signing secret"]})
        await ask("POST", secret, data=CANARIES["misplaced secret"])
        stranger = {"Authorization": f"Bearer {CANARIES['wrong token']}"}
        await ask("GET", "/api/v1/channels", headers=stranger)
        for path, name, status in (
            ("/api/v1/admin/stats", "admin token", 200),
            ("/api/v1/status/handler", "pancake token", 200),
            ("/api/v1/admin/stats", "pancake token", 403),
        ):
            given_token = {"Authorization": f"Bearer {CANARIES[name]}"}
            assert (await ask("GET", path, headers=given_token)).status == status
        posted = {"conversation_id": "p", "message_id": "m", "message_content": "Hello there"}
        pancake = {"Authorization": f"Bearer {CANARIES['pancake token']}"}
        await ask("POST", "/api/v1/enhanced-handle-message", json=posted, headers=pancake)
        for path in (
            "/api/v1/channels",
            f"/api/v1/channels/{channel}",
            "/metrics",
            "/openapi.json",
        ):
            assert (await ask("GET", path)).status == 200
        listed = await client.get(
            f"/api/v1/conversations/c/messages?by=external&channel_id={channel}"
        )
        ask.bytes.append(await listed.read())
        async with client.get(
            f"/api/v1/conversations/c/events?by=external&channel_id={channel}"
        ) as events:
            ask.bytes.append(await events.content.readany())
    return ask.bytes


async def _stored(dsn: str) -> dict[str, bytes]:
    """Every row of every table, as text."""
    connection = await asyncpg.connect(dsn)
    try:
        names = [row[0] for row in await connection.fetch(TABLES)]
        return {
            f"table {name}": "\n".join(
                row[0] for row in await connection.fetch(f"SELECT t::text FROM {name} t")
            ).encode()
            for name in names
        }
    finally:
        await connection.close()


def _dumped(file: Path) -> bytes:
    """The backup as SQL."""
    with zipfile.ZipFile(file) as archive:
        raw = archive.read("database.dump")
    restore = Binaries.of(installed()).program("pg_restore")
    told = subprocess.run([restore, "--file=-"], input=raw, capture_output=True, check=True)
    return told.stdout


@pytest.mark.parametrize("where", ["environment", "file"])
async def test_no_secret_is_anywhere(run: Run, where: str) -> None:
    with open_folder() as folder:
        log, data = folder / "log", folder / "data"
        await CLUSTERS.settle(data)
        key = {"REJOINDER_SECRET_KEY": CANARIES["secret key"]} if where == "environment" else {}
        refused = Canned(
            401, b'{"error":{"message":"Incorrect API key: %s"}}' % CANARIES["model key"].encode()
        )
        async with OpenAIStub() as stub, receiving() as receiver:
            stub.script += [refused] * 20
            model = {
                "OPENAI_API_KEY": CANARIES["model key"],
                "OPENAI_BASE_URL": stub.base_url,
                "ADMIN_ACCESS_TOKEN": CANARIES["admin token"],
                "PANCAKE_ACCESS_TOKEN": CANARIES["pancake token"],
                "PANCAKE_BASE_URL": f"{receiver.url}/pancake",
            }
            async with serving(folder, log, **key, **model) as url:
                token = (data / "token").read_text().strip()
                places = {"answers": b"\n".join(await _use(url, token, receiver))}
                dsn = attach(data)
                places |= await _stored(dsn)
                file = folder / "b.backup"
                done = await run("backup", "--out", str(file), REJOINDER_DATA=str(data), **key)
                assert done.code == 0, done
                places |= {"backup": file.read_bytes(), "dump": _dumped(file)}
            assert stub.requests, "the model key was never used"
        places["log"] = log.read_bytes()
        places["server log"] = (data / "postgres" / "server.log").read_bytes()
        secrets = dict(CANARIES)
        if where == "file":
            secrets["secret key"] = (data / "secret.key").read_text().strip()
        secrets |= {
            "raw signing secret": "canary-signing-secret",
            "password": re.findall(r":([^:@]+)@", dsn)[0],
        }
        printed = places["log"].replace(token.encode(), b"")  # the greeting shows the local token
        assert b"Hello there" in places["table messages"]
        assert b"Canary" in places["dump"]
        found = [
            (name, place)
            for name, secret in secrets.items()
            for place, held in {**places, "log": printed}.items()
            if secret.encode() in held
        ]
        assert found == []
        assert token.encode() not in places["answers"] + places["dump"]
        assert (data / "token").stat().st_mode & 0o777 == 0o600
