"""What a person gives to connect a number, what WhatsApp allows, and what is left to do in Meta's console.

Limits: Meta, "Messages", "Throughput" and the OpenAPI description v23.0; those of texts and captions and the pause
between two messages to one customer are third parties' (docs/channels/whatsapp_cloud.md names them).
"""

from __future__ import annotations

from datetime import timedelta
from typing import Final

from rejoinder.channels.port.adapter import Account, Capabilities, Field, Limits

BASE_URL: Final = "https://graph.facebook.com"
API_VERSION: Final = "v25.0"  # good until 29 July 2028; v20.0 went on 24 September 2026

LONGEST_TEXT: Final = 4096
LONGEST_CAPTION: Final = 1024

LIMITS: Final = Limits(
    text=LONGEST_TEXT,
    caption=LONGEST_CAPTION,
    per_second=80.0,
    inbound_counts=True,
    recipient_seconds=6.0,
    recipient_burst=45,  # so many at once, and the pauses afterwards
    window=timedelta(hours=24),
)

CAPABILITIES: Final = Capabilities(
    kinds=frozenset(
        {
            *("text", "image", "audio", "video", "document", "sticker", "location", "contact"),
            *("quick_replies", "buttons", "list", "template", "reaction"),
        }
    ),
    typing=True,
    read_mark=True,
    receipts=True,
    echoes=True,
    groups=True,
    edits=True,
    typing_seconds=22.0,  # it is shown for 25 s
)

CREDENTIALS: Final = (
    Field(
        "phone_number_id",
        "Phone number ID",
        "developers.facebook.com › My Apps › your app › WhatsApp › API Setup: below the number you send from. "
        "It is not the phone number.",
        pattern=r"[0-9]{5,32}",
    ),
    Field(
        "access_token",
        "Access token",
        "business.facebook.com › Settings › Users › System users › Generate token, with the permissions "
        "whatsapp_business_messaging and whatsapp_business_management, and no expiry. The token that API Setup shows "
        "is good for a day only.",
        secret=True,
        pattern=r"[A-Za-z0-9._|-]{20,1024}",
    ),
    Field(
        "app_secret",
        "App secret",
        "developers.facebook.com › My Apps › your app › App settings › Basic › App secret › Show.",
        secret=True,
        pattern=r"[0-9a-f]{32}",
    ),
    Field(
        "verify_token",
        "Verify token",
        "Made up here; you paste it in Meta's console beside the webhook's address.",
        secret=True,
        required=False,
        made=True,
        pattern=r"[!-~]{8,200}",
    ),
    Field(
        "waba_id",
        "WhatsApp Business account ID",
        "developers.facebook.com › My Apps › your app › WhatsApp › API Setup: beside the phone number ID. With it "
        "the webhook's address is set by a call; without it you set it in the console.",
        required=False,
        pattern=r"[0-9]{5,32}",
    ),
)

SETTINGS: Final = (
    Field(
        "base_url",
        "Address of the API",
        "Leave it, except for a simulator or a proxy of your own.",
        required=False,
        usual=BASE_URL,
    ),
    Field(
        "api_version",
        "Version of the Graph API",
        "developers.facebook.com › Graph API › Changelog. A version lives two years.",
        required=False,
        pattern=r"v[0-9]{2}\.[0-9]",
        usual=API_VERSION,
    ),
    Field(
        "quote",
        "Quote the customer's message in replies",
        "`yes` shows the message that is answered above the answer.",
        required=False,
        pattern=r"yes|no",
        usual="no",
    ),
)

SETUP: Final = """\
1. Open https://developers.facebook.com/apps, your app, WhatsApp › Configuration.
2. Webhook › Edit: the callback URL is {webhook_url}
   and the verify token is {verify_token}
   Press "Verify and save": Meta asks the address at once, so Rejoinder must run and be reached from the Internet over
   HTTPS, with a certificate that is not self-signed.
3. Webhook fields › Manage: subscribe to `messages`. Subscribe to `smb_message_echoes` too where people go on writing
   in the WhatsApp Business app with the same number.
4. The app must be subscribed to your WhatsApp Business account. API Setup does that for a test number; else give the
   channel its `waba_id`, and Rejoinder does it.
5. Switch the app to "Live" (App settings › Basic): before that, Meta sends webhooks of its own tests only.
"""


def address(account: Account, *path: str) -> str:
    """Where a node of the Graph API is, as this channel's settings have it."""
    base = account.setting("base_url", BASE_URL).rstrip("/")
    return "/".join((base, account.setting("api_version", API_VERSION), *path))
