"""A customer wants no more messages, or wants them again: honoured, confirmed and recorded."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from uuid import UUID

from rejoinder.conversations.contacts import store as contacts
from rejoinder.conversations.contacts.model import Known, Wish
from rejoinder.conversations.model import State
from rejoinder.db import Batch, Tx
from rejoinder.events import store as log
from rejoinder.events.model import EventType, NewEvent
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.notice import CONSENT, Notice
from rejoinder.outbound.queue import withhold_from
from rejoinder.text.consent import wish
from rejoinder.turns import store as turns
from rejoinder.turns.hands import store as hands
from rejoinder.turns.hands.release import reopen
from rejoinder.turns.model import Guard

OPTED_OUT = "the customer wants no messages from us"
"""Why a conversation waits for a person: what they write nevertheless, no bot may answer."""


@dataclass(frozen=True, slots=True)
class Wished:
    """What a wish does beside being stored: events, what is said to it, who is in charge from now on."""

    events: list[NewEvent] = field(default_factory=list)
    notice: Notice | None = None
    charge: State | None = None
    metadata: dict[str, str] = field(default_factory=dict)


def wishes(incoming: Incoming) -> Wish | None:
    """What the message wishes, if it is one that counts: of one person, on a chat platform.

    Of a tap on what an answer offered only words that mean nothing else are ("Unsubscribe", not "Baja").
    """
    mine = incoming.from_platform and incoming.sender_type == "customer"
    if not mine or incoming.group or incoming.history:
        return None
    return wish(incoming.text, offered=_offered(incoming))


def _offered(incoming: Incoming) -> bool:
    return any(
        isinstance(part, dict) and part["kind"] == "choice" and not part.get("template")
        for part in incoming.content
    )


def wished(incoming: Incoming, known: Known) -> Wish | None:
    """The same, if it is news to us."""
    what = wishes(incoming)
    if what == "opt_in" and not known.opted_out:
        return None  # "start" is a greeting to whoever never left
    return what


async def opt_out(
    batch: Batch, guard: Guard, known: Known, incoming: Incoming, message_id: UUID, seq: int
) -> Wished:
    """No bot speaks to this contact any more: what it was about to say stays here. Confirmed once.

    The contact is locked.
    """
    await silence(batch.tx, known.contact_id, besides=guard.conversation_id)
    for turn in guard.live:
        turns.stop(batch, turn, "cancelled", OPTED_OUT)
    contacts.wish(batch, known.contact_id, guard.channel_id, "opt_out", incoming.text, message_id)
    text = "" if known.opted_out else incoming.settings.opt_out_text
    return _confirmed(known, "contact.opted_out", text, seq)


async def silence(tx: Tx, contact_id: UUID, *, besides: UUID | None = None) -> None:
    """Keep back what the bot is about to say to a contact: turns in all conversations but one, replies in all.

    The contact is locked.
    """
    for conversation_id in await contacts.open_conversations(tx, contact_id):
        guard = None if conversation_id == besides else await turns.lock(tx, conversation_id)
        if guard is None or not guard.live:
            continue
        batch = Batch(tx)
        for turn in guard.live:
            turns.stop(batch, turn, "cancelled", OPTED_OUT)
        told = [
            NewEvent(seq, "turn.cancelled", {"turn_id": str(turn.turn_id), "reason": OPTED_OUT})
            for seq, turn in enumerate(guard.live, guard.seq + 1)
        ]
        turns.advance(batch, conversation_id, told[-1].seq)
        log.append(batch, conversation_id, guard.now, told)
        await batch.send()
    batch = Batch(tx)
    withhold_from(batch, contact_id, OPTED_OUT)
    await batch.send()


async def opt_in(
    batch: Batch, guard: Guard, known: Known, incoming: Incoming, message_id: UUID, seq: int
) -> Wished:
    """The bot may speak again, and answers what was written meanwhile where no person has."""
    contacts.wish(batch, known.contact_id, guard.channel_id, "opt_in", incoming.text, message_id)
    text = incoming.settings.opt_in_text
    done = _confirmed(known, "contact.opted_in", text, seq)
    if guard.charge != "waiting" or not await hands.waits_for(batch.tx, guard, OPTED_OUT):
        return done
    left = await hands.unanswered(batch.tx, guard.conversation_id)
    if left.message_ids and guard.ai_enabled:
        reopen(batch, guard, left)
    return replace(done, charge="bot")


def unheard(guard: Guard, seq: int) -> Wished:
    """A message of one who has opted out: a person is told, if none is there."""
    if guard.charge != "bot":
        return Wished()
    told = NewEvent(seq + 1, "conversation.handed_off", {"reason": OPTED_OUT})
    escalated = {
        "escalated_at": guard.now.isoformat(),
        "escalation_reason": OPTED_OUT,
        "escalated_by": "customer",
    }
    return Wished([told], None, "waiting", escalated)


def _confirmed(known: Known, event: EventType, text: str, seq: int) -> Wished:
    told = NewEvent(seq + 1, event, {"contact_id": str(known.contact_id)})
    return Wished([told], Notice(seq + 2, text, {CONSENT: True}) if text else None)
