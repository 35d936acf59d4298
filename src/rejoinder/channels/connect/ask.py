"""What is asked of a platform while an account is connected."""

from __future__ import annotations

from rejoinder.channels.port.adapter import Account, Checked, Platform
from rejoinder.channels.port.wire import Wire
from rejoinder.errors import Invalid, RejoinderError, Unavailable
from rejoinder.net.guard import Forbidden, NotSent, Outward, Unanswered


async def check(adapter: Platform, account: Account, out: Outward) -> Checked:
    """What the platform says of the account. Raises Invalid for wrong credentials, Unavailable when it is away."""
    try:
        return await adapter.check(account, Wire(out, account.allow_private_networks))
    except Forbidden as private:
        raise Invalid(
            f"The address of {adapter.title}'s API leads nowhere we may go: {private}.",
            mend="Leave settings.base_url out, or let the operator allow private networks for this workspace.",
            where="settings.base_url",
        ) from None
    except (NotSent, Unanswered) as away:
        raise Unavailable(
            f"{adapter.title} could not be asked about these credentials: {away}.",
            mend="Try again, or connect the account unchecked with verify=false. Nothing was stored.",
            retry_after=10,
        ) from None


async def announce(
    adapter: Platform, account: Account, webhook_url: str, out: Outward
) -> tuple[bool, str | None]:
    """Whether the platform now knows our webhook's address; the words say why it does not though it was told.

    (False, None) is a platform that has no call for that: a person tells it.
    """
    try:
        wire = Wire(out, account.allow_private_networks)
        return await adapter.announce(account, webhook_url, wire), None
    except (RejoinderError, Forbidden, NotSent, Unanswered) as refused:
        why = refused.detail if isinstance(refused, RejoinderError) else str(refused)
        return False, f"{adapter.title} did not take the webhook's address: {why.rstrip('.')}."
