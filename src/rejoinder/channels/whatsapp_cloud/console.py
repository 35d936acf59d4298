"""What Meta says of a number whose credentials it is shown, and where its webhooks shall go."""

from __future__ import annotations

import hashlib
import hmac
from urllib.parse import urlencode

from rejoinder.channels.meta.graph import answered, bearer, refusal
from rejoinder.channels.meta.reading import Json, text
from rejoinder.channels.port.adapter import Account, Checked
from rejoinder.channels.port.outgoing import BadCredential, NotTaken, Receipt, Throttled, Unsure
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.whatsapp_cloud.account import address
from rejoinder.channels.whatsapp_cloud.errors import receipt
from rejoinder.errors import Invalid, Unavailable
from rejoinder.net.guard import Forbidden, NotSent, Posted, Unanswered

_OTHER_APP = (
    "the app secret is not that of the app which made the access token: webhooks are refused unless they come from "
    "another app, which has it"
)
_FIELDS = "display_phone_number,verified_name,quality_rating"


async def check(account: Account, wire: Wire) -> Checked:
    """Ask for the number, and whether the app secret is that of the token's app. Raises Invalid or Unavailable."""
    posted = await _ask(account, wire, {"fields": _FIELDS})
    if not 200 <= posted.status < 300:
        raise _wrong(posted)
    found = answered(posted)
    number_id = account.credentials["phone_number_id"]
    told_id = text(found.get("id"))
    if told_id is None:  # Meta always tells it; a proxy's page with 200 does not
        raise Unavailable(
            f"What answered {posted.status} was not Meta.",
            mend="Look at settings.base_url, or try again in a minute.",
        )
    if told_id != number_id:
        raise Invalid(
            f"Meta knows the number by the id {found['id']!r}, not {number_id!r}.",
            mend="Copy the phone number ID from WhatsApp › API Setup.",
            where="credentials.phone_number_id",
        )
    name = text(found.get("verified_name")) or text(found.get("display_phone_number")) or number_id
    told = (*_facts(found), *await _other_app(account, wire))
    return Checked(number_id, name, told)


async def announce(account: Account, webhook_url: str, wire: Wire) -> bool:
    """Subscribe the app to the business account, with this address for its webhooks; False where a person must.

    Source: Meta, "Webhook overrides": it holds for `messages`, echoes and groups; notices of the account and of
    templates still go to the app's own address. Meta asks the new address at once, as in the console.
    """
    waba_id, token = (account.credentials.get(name) for name in ("waba_id", "verify_token"))
    if not waba_id or not token:
        return False
    try:
        posted = await wire.call(
            "POST",
            address(account, waba_id, "subscribed_apps"),
            headers=bearer(account.credentials["access_token"]),
            json={
                "override_callback_uri": webhook_url,
                "verify_token": token,
            },
        )
    except (Forbidden, NotSent, Unanswered):
        return False
    return 200 <= posted.status < 300 and answered(posted).get("success") is True


async def _ask(account: Account, wire: Wire, query: dict[str, str]) -> Posted:
    node = address(account, account.credentials["phone_number_id"])
    try:
        return await wire.call(
            "GET",
            f"{node}?{urlencode(query)}",
            headers=bearer(account.credentials["access_token"]),
        )
    except Forbidden as refused:
        raise Invalid(
            f"The address of the API can't be used: {refused}.",
            mend="Leave base_url out for Meta's own.",
            where="settings.base_url",
        ) from None
    except (NotSent, Unanswered) as lost:
        raise Unavailable(
            f"Meta could not be asked: {lost}.", mend="Try again, or look at this host's network."
        ) from None


def _wrong(posted: Posted) -> Invalid | Unavailable:
    said: Receipt = receipt(posted, 1)
    error = refusal(posted)
    words = getattr(said, "error", "")
    if isinstance(said, NotTaken | Throttled | Unsure):
        return Unavailable(f"{words}.", mend="Try again in a minute.")
    if error is not None and error.code == 100:
        return Invalid(
            f"{words}.",
            mend="Copy the phone number ID from WhatsApp › API Setup; it is not the phone number. The token needs "
            "whatsapp_business_management for it.",
            where="credentials.phone_number_id",
        )
    if isinstance(said, BadCredential):
        return Invalid(
            f"{words}.",
            mend="Make a system user's token with whatsapp_business_messaging and whatsapp_business_management.",
            where="credentials.access_token",
        )
    return Invalid(
        f"{words}.", mend="Look at the credentials and at api_version.", where="credentials"
    )


def _facts(found: Json) -> tuple[str, ...]:
    number, quality = text(found.get("display_phone_number")), text(found.get("quality_rating"))
    return tuple(
        filter(
            None,
            (f"number {number}" if number else "", f"quality {quality}" if quality else ""),
        )
    )


async def _other_app(account: Account, wire: Wire) -> tuple[str, ...]:
    """A warning where the app secret is not that of the app which made the token.

    A call may carry a proof made with the app secret, which Meta checks (Graph API, "Secure requests"). A webhook may
    come from another app than the token's, so a wrong proof is told, and refuses nothing.
    """
    token, secret = account.credentials["access_token"], account.credentials["app_secret"]
    proof = hmac.new(secret.encode(), token.encode(), hashlib.sha256).hexdigest()
    try:
        posted = await _ask(account, wire, {"fields": "id", "appsecret_proof": proof})
    except (Invalid, Unavailable):
        return ()
    error = refusal(posted)
    if error is None or "appsecret_proof" not in error.words:
        return ()
    return (_OTHER_APP,)
