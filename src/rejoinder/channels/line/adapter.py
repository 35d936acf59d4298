"""LINE behind the port.

Sources: LINE's OpenAPI descriptions of the Messaging API and of webhooks; LINE Developers, the pages each file names.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from datetime import datetime, timedelta
from typing import ClassVar

from pydantic import JsonValue

from rejoinder.channels.line.asking import announced, asked
from rejoinder.channels.line.compose import TOGETHER
from rejoinder.channels.line.form.fit import TEXT
from rejoinder.channels.line.media import DATA_URL, located
from rejoinder.channels.line.send import BASE_URL, api, bearer, send
from rejoinder.channels.line.webhook.parse import parse
from rejoinder.channels.line.webhook.verify import check
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
from rejoinder.conversations.content import Part
from rejoinder.net.guard import Forbidden, NotSent, Unanswered

_OTHERWISE = "Left out, it is LINE's; another one is for a proxy of yours or for the simulator"

LOADING_S = 20
"""How long the dots are shown, 5 to 60 in steps of 5, unless our message comes first."""


class Line:
    """LINE's Messaging API."""

    name: ClassVar[str] = "line"
    title: ClassVar[str] = "LINE"
    limits: ClassVar[Limits] = Limits(
        text=TEXT,
        unit="utf16",
        together=TOGETHER,
        per_second=2000,
        acknowledge=timedelta(seconds=2),
    )
    capabilities: ClassVar[Capabilities] = Capabilities(
        kinds=frozenset(
            {
                "text",
                "image",
                "video",
                "audio",
                "sticker",
                "location",
                "quick_replies",
                "buttons",
                "list",
                "carousel",
            }
        ),
        typing=True,
        read_mark=True,
        groups=True,
        edits=True,
        typing_seconds=LOADING_S - 2,
    )
    credentials: ClassVar[tuple[Field, ...]] = (
        Field(
            "channel_secret",
            "Channel secret",
            "LINE Developers console (developers.line.biz/console) > your provider > the Messaging API channel"
            " > tab Basic settings > Channel secret",
            secret=True,
            pattern=r"[0-9a-f]{32}",
        ),
        Field(
            "channel_access_token",
            "Channel access token",
            "The same channel > tab Messaging API > Channel access token (long-lived) > Issue",
            secret=True,
            pattern=r"\S{20,}",
        ),
    )
    settings: ClassVar[tuple[Field, ...]] = (
        Field("base_url", "API address", _OTHERWISE, required=False, usual=BASE_URL),
        Field("data_url", "Address of files", _OTHERWISE, required=False, usual=DATA_URL),
        Field(
            "video_preview_url",
            "Picture shown in place of a video until it is played",
            "An https address of a JPEG or PNG of yours, up to 1 MB. Without one, videos are sent as links:"
            " LINE shows no video without a picture",
            required=False,
        ),
    )
    setup: ClassVar[str] = (
        "In the LINE Developers console, tab Messaging API of your channel:\n"
        "1. Webhook URL is {webhook_url}: enter it if it is not there yet, and press Verify.\n"
        "2. Switch on Use webhook.\n"
        "3. Switch on Webhook redelivery: without it, what a customer writes while this program is down is lost.\n"
        "4. In LINE Official Account Manager > Settings > Response settings, switch off Auto-response messages, which"
        " would answer beside the bot, and switch on Webhooks."
    )

    def handshake(self, account: Account, query: Mapping[str, str]) -> str:
        """LINE never asks by GET: its Verify posts a body without events. Raises BadSignature."""
        raise BadSignature("LINE posts its webhooks, and verifies an address by a POST", "missing")

    def verify(self, account: Account, request: Request, now: datetime) -> None:
        """`x-line-signature` over the raw body; LINE signs no time. Raises BadSignature."""
        check(account.credentials.get("channel_secret", ""), request.headers, request.body)

    def parse(self, account: Account, body: bytes) -> list[InboundEvent]:
        """The events of a body; none for a Verify. Never raises."""
        return parse(body)

    def knows_repeats(self, outgoing: Outgoing) -> bool:
        """What is pushed has a retry key; a reply has none."""
        return outgoing.reply_token is None

    async def send(
        self,
        account: Account,
        outgoing: Outgoing,
        parts: tuple[Part, ...],
        wire: Wire,
        files: Files,
    ) -> Receipt:
        """As a reply, else pushed."""
        return await send(account, outgoing, parts, wire, files)

    async def signal(self, account: Account, signal: Signal, wire: Wire) -> None:
        """Dots in a chat with one customer; a read mark where a message brought a token for it."""
        body: JsonValue
        if signal.what == "typing":
            if not signal.thread_key.startswith("U"):  # in a group LINE refuses them
                return
            path = "/v2/bot/chat/loading/start"
            body = {"chatId": signal.thread_key, "loadingSeconds": LOADING_S}
        else:
            if signal.read_token is None:
                return
            path = "/v2/bot/chat/markAsRead"
            body = {"markAsReadToken": signal.read_token}
        with suppress(Forbidden, NotSent, Unanswered):
            await wire.call("POST", api(account, path), headers=bearer(account), json=body)

    async def locate(self, account: Account, media: MediaRef, wire: Wire) -> Download:
        """At LINE under the message's id, or where the customer's own app has it. Raises NotThere, Unavailable."""
        return await located(account, media, wire)

    async def check(self, account: Account, wire: Wire) -> Checked:
        """`GET /v2/bot/info`. Raises Invalid or Unavailable."""
        return await asked(account, wire)

    async def announce(self, account: Account, webhook_url: str, wire: Wire) -> bool:
        """Sets the webhook URL; Use webhook stays as it is. Raises Invalid or Unavailable."""
        return await announced(account, webhook_url, wire)
