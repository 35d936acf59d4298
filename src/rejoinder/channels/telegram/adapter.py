"""Telegram behind the port.

Sources: Telegram's Bot API 10.1 (core.telegram.org/bots/api), the Bots FAQ, "Marvin's Marvellous Guide to All Things
Webhook"; each file names its pages.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime
from typing import ClassVar

from rejoinder.channels.port.adapter import (
    Account,
    BadSignature,
    Capabilities,
    Checked,
    Download,
    Field,
    Files,
    Limits,
    Request,
    Signal,
)
from rejoinder.channels.port.event import InboundEvent, MediaRef
from rejoinder.channels.port.outgoing import Outgoing, Receipt
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.api import BASE_URL, ask
from rejoinder.channels.telegram.asking import announced, asked
from rejoinder.channels.telegram.compose.form import CAPTION, TEXT
from rejoinder.channels.telegram.media import located
from rejoinder.channels.telegram.parse.mentions import bot_of
from rejoinder.channels.telegram.parse.update import parse
from rejoinder.channels.telegram.send import answer_tap, is_chat, send
from rejoinder.channels.telegram.verify import check
from rejoinder.conversations.content import Part
from rejoinder.net.guard import Forbidden, NotSent, Unanswered


class Telegram:
    """Telegram's Bot API."""

    name: ClassVar[str] = "telegram"
    title: ClassVar[str] = "Telegram"
    limits: ClassVar[Limits] = Limits(
        text=TEXT, caption=CAPTION, per_second=30, recipient_seconds=1.0
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds=frozenset(
            {
                *("text", "image", "video", "audio", "document", "sticker"),
                *("location", "contact", "quick_replies", "buttons", "list"),
            }
        ),
        typing=True,
        groups=True,
        edits=True,
        typing_seconds=4.5,  # it is shown for 5 s
    )
    credentials: ClassVar[tuple[Field, ...]] = (
        Field(
            "bot_token",
            "Bot token",
            "In Telegram, write /newbot to @BotFather, or /mybots > the bot > API Token",
            secret=True,
            pattern=r"[0-9]{3,20}:[A-Za-z0-9_-]{20,100}",
        ),
        Field(
            "secret_token",
            "Secret that Telegram sends along",
            "Made up here and told to Telegram; give one of your own only where you want to",
            secret=True,
            made=True,
            pattern=r"[A-Za-z0-9_-]{1,256}",
        ),
    )
    settings: ClassVar[tuple[Field, ...]] = (
        Field("base_url", "API address", "Telegram's own", required=False, usual=BASE_URL),
        Field(
            "username",
            "The bot's user name",
            "The one that ends in bot, with or without @. Groups mention the bot by it",
            required=False,
            pattern=r"@?[A-Za-z0-9_]{3,32}",
        ),
    )
    setup: ClassVar[str] = (
        "Telegram is told the webhook address, {webhook_url}, by itself. At @BotFather:\n"
        "1. For groups: /setjoingroups > Enable, and /setprivacy > Disable if the bot is to see all messages there;"
        " add it to the group anew afterwards.\n"
        "2. Let no other program call getUpdates or setWebhook with this token: a bot has one webhook."
    )

    def handshake(self, account: Account, query: Mapping[str, str]) -> str:
        """Telegram never asks by GET. Raises BadSignature."""
        raise BadSignature("Telegram posts its webhooks, and asks for no handshake", "missing")

    def verify(self, account: Account, request: Request, now: datetime) -> None:
        """The secret token in its header; Telegram signs neither body nor time. Raises BadSignature."""
        check(account.credentials.get("secret_token", ""), request.headers)

    def parse(self, account: Account, body: bytes) -> list[InboundEvent]:
        """The event of an update. Never raises."""
        return parse(body, bot_of(account))

    def knows_repeats(self, outgoing: Outgoing) -> bool:
        """Telegram has no idempotency key."""
        return False

    async def send(
        self,
        account: Account,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        wire: Wire,
        files: Files,
    ) -> Receipt:
        """One message."""
        return await send(account, outgoing, parts, wire, files)

    async def signal(self, account: Account, signal: Signal, wire: Wire) -> None:
        """Typing, for five seconds or until our message; a tap is answered. Bots can't mark messages as read."""
        if signal.what != "typing" or not is_chat(signal.thread_key):
            return
        await answer_tap(account, signal.platform_id or "", wire)
        with suppress(Forbidden, NotSent, Unanswered):
            chat_id = int(signal.thread_key)
            await ask(account, "sendChatAction", {"chat_id": chat_id, "action": "typing"}, wire)

    async def locate(self, account: Account, media: MediaRef, wire: Wire) -> Download:
        """By getFile, up to 20 MB. The address holds the token. Raises NotThere or Unavailable."""
        return await located(account, media, wire)

    async def check(self, account: Account, wire: Wire) -> Checked:
        """`getMe`. Raises Invalid or Unavailable."""
        return await asked(account, wire)

    async def announce(self, account: Account, webhook_url: str, wire: Wire) -> bool:
        """`setWebhook`. Raises Invalid or Unavailable."""
        return await announced(account, webhook_url, wire)
