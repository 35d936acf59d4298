"""What a message sets going beside being stored: a turn, a takeover, a wish, a notice."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from uuid import UUID

from pydantic import JsonValue

from rejoinder.conversations.contacts.model import Known
from rejoinder.conversations.model import State
from rejoinder.db import Batch, Tx, new_id
from rejoinder.events.model import NewEvent
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.notice import Notice
from rejoinder.inbound.wishes import Wished, opt_in, opt_out, unheard, wished
from rejoinder.media.model import NewFile
from rejoinder.queue.jobs import Job
from rejoinder.turns.hands import store as hands
from rejoinder.turns.hands.take_over import take_over
from rejoinder.turns.model import Guard, Heard
from rejoinder.turns.schedule import schedule

REPLY_TOKEN_FOR = timedelta(seconds=50)
"""LINE's reply tokens are good for about a minute after the webhook (LINE Developers, "Reply token")."""

_FIRST = datetime(2000, 1, 1, tzinfo=UTC)
_AHEAD = timedelta(days=1)

UNSUPPORTED_TOLD = "told_unsupported_at"
"""In a conversation's metadata: the customer knows that a kind of message can't be read here."""


@dataclass(frozen=True, slots=True)
class Step:
    """The turn that answers (None: none will), what the log must say, jobs, and what of the conversation changes.

    `notice` is what the house says to it; `history` says that it asks for nothing.
    """

    turn_id: UUID | None
    seq: int
    events: list[NewEvent] = field(default_factory=list)
    jobs: list[Job] = field(default_factory=list)
    notice: Notice | None = None
    charge: State | None = None
    metadata: dict[str, str] = field(default_factory=dict)
    history: bool = False


async def take(
    batch: Batch,
    guard: Guard,
    known: Known | None,
    incoming: Incoming,
    message_id: UUID,
    seq: int,
) -> Step:
    """Decide under the conversation's lock; `seq` is the message's own."""
    if incoming.sender_type == "agent":
        return _agents(batch, guard, incoming, seq)
    if known is not None:
        wish = wished(incoming, known)
        if wish is not None:
            act = opt_out if wish == "opt_out" else opt_in
            return _after(await act(batch, guard, known, incoming, message_id, seq), seq)
        if known.opted_out and incoming.sender_type == "customer" and not incoming.history:
            return _after(unheard(guard, seq), seq, history=False)
        if incoming.sender_type == "customer" and _unsupported(incoming):
            return await _unreadable(batch.tx, guard, incoming, seq)
    if not asks(guard, incoming):
        return Step(None, seq, history=incoming.history)  # history, or a person's business
    quiet = timedelta(0) if incoming.waits else None
    made = schedule(batch, guard, seq, quiet, incoming.priority)
    return Step(made.turn_id, made.seq, made.events, made.jobs)


def asks(guard: Guard, incoming: Incoming) -> bool:
    """Whether the bot is to answer it."""
    return incoming.sender_type == "customer" and not incoming.history and guard.bot_answers


def written_at(incoming: Incoming, now: datetime) -> datetime:
    """When it was written, unless the platform's clock can't be believed."""
    at = incoming.platform_time
    if at is None or (incoming.from_platform and not _FIRST <= at <= now + _AHEAD):
        return now
    return at


def heard(guard: Guard, incoming: Incoming) -> Heard:
    """What the conversation must remember of a customer's message on a chat platform."""
    if not incoming.from_platform or incoming.sender_type != "customer":
        return Heard()
    return Heard(
        min(written_at(incoming, guard.now), guard.now),
        incoming.external_id,
        incoming.read_token,
        incoming.reply_token,
        REPLY_TOKEN_FOR if incoming.reply_token else None,
    )


def attached(incoming: Incoming, message_id: UUID) -> tuple[list[JsonValue], list[NewFile]]:
    """The message's content with an id of ours for each file that is still to be fetched, and those files."""
    content, files = list(incoming.content), []
    for ref in incoming.media:
        part = content[ref.part]
        assert isinstance(part, dict), "a file's part is an object"
        file = NewFile(
            media_id=new_id(),
            channel_id=incoming.channel_id,
            message_id=message_id,
            kind=str(part["kind"]),
            source={
                "id": ref.id,
                "url": ref.url,
                "mime_type": ref.mime_type,
                "sha256": ref.sha256,
                "size": ref.size,
            },
            told_type=ref.mime_type,
            filename=ref.filename,
        )
        content[ref.part] = {**part, "media_id": str(file.media_id)}
        files.append(file)
    return content, files


def _agents(batch: Batch, guard: Guard, incoming: Incoming, seq: int) -> Step:
    if guard.charge == "agent":
        return Step(None, seq, charge="agent")
    events = take_over(batch, guard, seq, incoming.sender_name or incoming.sender_id)
    return Step(None, seq + len(events), events, charge="agent")


def _after(done: Wished, seq: int, *, history: bool = True) -> Step:
    seq += len(done.events)
    return Step(None, seq, done.events, [], done.notice, done.charge, done.metadata, history)


def _unsupported(incoming: Incoming) -> bool:
    kinds = {part["kind"] for part in incoming.content if isinstance(part, dict)}
    return kinds == {"unsupported"}


async def _unreadable(tx: Tx, guard: Guard, incoming: Incoming, seq: int) -> Step:
    """Nobody can answer what nobody can read: the customer is told, once a conversation."""
    text = incoming.settings.unsupported_text
    if not text or not guard.bot_answers or await hands.noted(tx, guard, UNSUPPORTED_TOLD):
        return Step(None, seq, history=True)
    noted = {UNSUPPORTED_TOLD: guard.now.isoformat()}
    return Step(None, seq, notice=Notice(seq + 1, text, {}), metadata=noted, history=True)
