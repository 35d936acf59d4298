"""`POST /api/v1/chat/message`: a whole chat comes in, its last lines are answered in the background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import takewhile
from uuid import UUID

from pydantic import JsonValue

from rejoinder.api.reference.bodies import ChatMessage
from rejoinder.api.reference.history import Line, names, parse
from rejoinder.api.reference.started import Taken, started, turned_away
from rejoinder.api.reference.views import ChatView
from rejoinder.bots.known import Bots, Channels
from rejoinder.bots.model import Channel
from rejoinder.conversations import store as records
from rejoinder.db import Database, new_id
from rejoinder.errors import Invalid, Locked
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.receive import receive
from rejoinder.queue.priority import priority
from rejoinder.turns.outcome import store as outcomes

# Each is a transaction of some milliseconds, and the caller waits for all.
_MOST_NEW = 50
# No bot reads further back (the CHECK on bots.history_messages).
_MOST_HISTORY = 200
_LONGEST = 32_768


@dataclass(frozen=True, slots=True)
class Chats:
    """What taking a chat in needs."""

    db: Database
    channels: Channels
    bots: Bots


@dataclass(frozen=True, slots=True)
class Chat:
    """A chat to take in: what is new in it, and what was said before, each line with its name."""

    thread_key: str
    earlier: tuple[tuple[str, Line], ...]
    new: tuple[tuple[str, Line], ...]


async def handle(at: Chats, workspace_id: UUID, body: ChatMessage) -> ChatView:
    """Take in what is new and say which turn answers it.

    Raises Invalid for a history that is broken or asks nothing; then nothing was stored.
    """
    chat = read(body.conversation_id or str(new_id()), body.history)
    channel = await at.channels.find(workspace_id, "rest")
    bot = await at.bots.get(workspace_id, channel.bot_id)
    fresh: set[UUID] = set()
    refused = await _take(at.db, workspace_id, channel, chat, body, fresh)
    async with at.db.read(workspace_id) as connection:
        known = await records.duplicates(
            connection, channel.channel_id, [name for name, _ in chat.new]
        )
        if refused:
            thread = await records.conversation_by_thread(
                connection, channel.channel_id, chat.thread_key
            )
            lock_id = thread.conversation_id if thread else None
            taken = Taken(chat.thread_key, bot.name, len(chat.new), frozenset(fresh))
            return turned_away(taken, lock_id, len(known))
        last = known[chat.new[-1][0]]
        taken = Taken(chat.thread_key, bot.name, len(chat.new), frozenset(fresh))
        return await started(connection, taken, last.message_id)


def read(thread_key: str, history: str) -> Chat:
    """The chat, split behind its last answer. Raises Invalid."""
    lines = parse(history)
    named = tuple(zip(names(thread_key, lines), lines, strict=True))
    asking = len(tuple(takewhile(lambda line: line.speaker == "USER", reversed(lines))))
    if not asking:
        raise Invalid(
            "history: it ends without a line of the customer's."
            if lines
            else "history: it is empty.",
            mend="End it with what is to be answered: <USER>…</USER><br>.",
            where="history",
            code="broken_history",
        )
    split = len(lines) - asking
    _check(lines[split:], split)
    return Chat(thread_key, named[:split], named[split:])


def _check(new: Sequence[Line], before: int) -> None:
    for number, line in enumerate(new, before + 1):
        if not line.text.strip() or len(line.text) > _LONGEST:
            wrong = "is blank" if not line.text.strip() else f"has {len(line.text)} characters"
            raise Invalid(
                f"history: line {number}, which is to be answered, {wrong}.",
                mend=f"Each <USER>…</USER> after the last answer holds 1 to {_LONGEST} characters.",
                where="history",
                code="broken_history",
            )


async def _take(
    db: Database,
    workspace_id: UUID,
    channel: Channel,
    chat: Chat,
    body: ChatMessage,
    fresh: set[UUID],
) -> bool:
    """Store what is not there yet, in order; True when the bot takes no more while it makes an answer."""
    names_of_new = [name for name, _ in chat.new]
    async with db.read(workspace_id) as connection:
        known = await records.duplicates(connection, channel.channel_id, names_of_new)
    missing = [(name, line) for name, line in chat.new if name not in known]
    if len(missing) > _MOST_NEW:
        raise Invalid(
            f"history: {len(missing)} lines since the last answer are new; {_MOST_NEW} at most can be taken at once.",
            mend="Send them as they come, or mark what was answered with <BOT>…</BOT>.",
            where="history",
        )
    if missing:
        await _remember(db, workspace_id, channel, chat)
    resources: dict[str, JsonValue] = {"resources": body.resources} if body.resources else {}
    try:
        for name, line in missing:
            incoming = _incoming(channel, chat.thread_key, name, line, metadata=resources)
            received = await receive(db, workspace_id, incoming)
            if not received.duplicate:
                fresh.add(received.message_id)
    except Locked:
        return True
    return False


async def _remember(db: Database, workspace_id: UUID, channel: Channel, chat: Chat) -> None:
    """Store what was said before, unless this thread is known here: then it is there already, as it was said."""
    earlier = [(name, line) for name, line in chat.earlier[-_MOST_HISTORY:] if line.text.strip()]
    async with db.read(workspace_id) as connection:
        thread = await records.conversation_by_thread(
            connection, channel.channel_id, chat.thread_key
        )
        # One without a turn was left half-way by an earlier try.
        if not earlier or (thread and await outcomes.has_turns(connection, thread.conversation_id)):
            return
        known = await records.duplicates(
            connection, channel.channel_id, [name for name, _ in earlier]
        )
    for name, line in earlier:
        if name not in known:
            incoming = _incoming(channel, chat.thread_key, name, line, history=True)
            await receive(db, workspace_id, incoming)


def _incoming(
    channel: Channel,
    thread_key: str,
    name: str,
    line: Line,
    *,
    metadata: dict[str, JsonValue] | None = None,
    history: bool = False,
) -> Incoming:
    return Incoming(
        channel_id=channel.channel_id,
        platform="rest",
        thread_key=thread_key,
        external_id=name,
        sender_type="customer" if line.speaker == "USER" else "ai",
        sender_id=thread_key,
        sender_name=None,
        text=line.text,
        content=[],
        platform_time=None,
        metadata=metadata or {},
        waits=False,
        priority=priority(plan=channel.plan),
        history=history,
    )
