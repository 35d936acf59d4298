"""Telegram's addresses. The token stands in each of them, so none may be shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final
from urllib.parse import quote

from pydantic import JsonValue
from pydantic_core import from_json

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.parse.reading import Json, record
from rejoinder.net.guard import Posted

BASE_URL: Final = "https://api.telegram.org"
TIMEOUT_S: Final = 15.0

_TOKEN: Final = re.compile(r"(/bot[0-9]+)(?::|%3[Aa])[A-Za-z0-9_%-]+")


def method_url(account: Account, method: str) -> str:
    """Where a method is called."""
    return f"{base(account)}/bot{_token(account)}/{method}"


def file_url(account: Account, path: str) -> str:
    """Where a file is fetched."""
    return f"{base(account)}/file/bot{_token(account)}/{quote(path)}"


def base(account: Account) -> str:
    """The API's address, without the token."""
    return account.setting("base_url", BASE_URL).rstrip("/")


def redact(written: str) -> str:
    """The text without the secrets of the bot tokens in its addresses; a bot's id is none."""
    return _TOKEN.sub(r"\1:…", written)


async def ask(
    account: Account,
    method: str,
    fields: Mapping[str, JsonValue],
    wire: Wire,
    timeout: float = TIMEOUT_S,
) -> Posted:
    """Call a method, within `timeout` seconds. Raises Forbidden, NotSent or Unanswered."""
    url = method_url(account, method)
    return await wire.call("POST", url, json=dict(fields), timeout=timeout)


def answer(posted: Posted) -> Json | None:
    """Telegram's answer; None where another program answered."""
    try:
        found = record(from_json(posted.body))
    except ValueError:
        return None
    return found if isinstance(found.get("ok"), bool) else None


def _token(account: Account) -> str:
    return quote(account.credentials.get("bot_token", ""), safe=":")
