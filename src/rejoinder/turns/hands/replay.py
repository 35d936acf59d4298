"""What gave up is tried again, or put away."""

from __future__ import annotations

from dataclasses import dataclass
from uuid import UUID

from rejoinder.conversations.contacts import store as contacts
from rejoinder.db import Batch, Database, Tx, retry_busy
from rejoinder.errors import Conflict, NotFound
from rejoinder.events import store as log
from rejoinder.events.model import NewEvent
from rejoinder.outbound.resend import held, resend
from rejoinder.queue.dead_letters import store as letters
from rejoinder.queue.dead_letters.model import DeadLetter, Kind
from rejoinder.turns import store as turns
from rejoinder.turns.hands import store
from rejoinder.turns.hands.guarded import guarded
from rejoinder.turns.hands.release import reopen
from rejoinder.turns.model import Guard


@dataclass(frozen=True, slots=True)
class Replayed:
    """A dead letter on its way again; `turn_id` is the turn that has a failed turn's messages now."""

    dead_letter_id: UUID
    kind: Kind
    turn_id: UUID | None


async def replay(db: Database, workspace_id: UUID, dead_letter_id: UUID, by: str) -> Replayed:
    """Answer a failed turn's messages after all, or send a delivery again.

    Raises NotFound, and Conflict when the letter was resolved before, its conversation is closed or a person holds
    it; then nothing has changed.
    """

    async def once() -> Replayed:
        async with db.transaction(workspace_id) as tx:
            letter = await _open_letter(tx, dead_letter_id)
            guard = await guarded(tx, letter.conversation_id)
            turn_id = None
            if letter.kind == "turn":
                turn_id = await _answer_again(tx, guard, letter.subject_id, None, by)
            elif not await resend(tx, letter.subject_id, held_by=_holder(guard)):
                raise Conflict(
                    "The delivery is on its way, or has arrived.", code="nothing_to_resend"
                )
            if not await letters.resolve(tx, dead_letter_id, "replayed", by, turn_id):
                raise _resolved(letter)
            return Replayed(dead_letter_id, letter.kind, turn_id)

    return await retry_busy(once)


async def discard(db: Database, workspace_id: UUID, dead_letter_id: UUID, by: str) -> None:
    """Put a dead letter away: nothing more will be done about it. Raises NotFound or Conflict."""
    async with db.transaction(workspace_id) as tx:
        letter = await _open_letter(tx, dead_letter_id)
        if not await letters.resolve(tx, dead_letter_id, "discarded", by):
            raise _resolved(letter)


async def answer_again(db: Database, workspace_id: UUID, message_id: UUID, by: str) -> UUID:
    """Open a turn for a message that the bot has not answered; returns the turn.

    Raises NotFound, and Conflict when the message was answered, is being answered, or a person holds its conversation.
    """

    async def once() -> UUID:
        async with db.transaction(workspace_id) as tx:
            found = await store.subject(tx, message_id)
            if found is None or found.direction != "inbound":
                raise NotFound(f"There is no customer's message {message_id} in this workspace.")
            guard = await guarded(tx, found.conversation_id)
            found = await store.subject(tx, message_id)  # as it is under the lock
            assert found is not None, "messages are not deleted one by one"
            if found.answered or found.state in ("waiting", "running", "committed"):
                raise Conflict(
                    "This message is answered already, or is being answered.",
                    mend=f"GET /api/v1/messages/{message_id} tells what became of it.",
                    code="message_answered",
                )
            turn_id = await _answer_again(tx, guard, found.turn_id, message_id, by)
            if found.turn_id is not None:
                batch = Batch(tx)
                letters.resolve_subject(batch, found.turn_id, "replayed", by)
                await batch.send()
            return turn_id

    return await retry_busy(once)


def _holder(guard: Guard) -> str | None:
    return (guard.agent or "A person") if guard.charge == "agent" else None


async def _answer_again(
    tx: Tx, guard: Guard, turn_id: UUID | None, message_id: UUID | None, by: str
) -> UUID:
    if (holder := _holder(guard)) is not None:
        raise held(holder)
    if not guard.ai_enabled:
        raise Conflict("The bot is switched off in this conversation.", code="ai_not_enabled")
    if await contacts.opted_out(tx, guard.contact_id):
        raise Conflict(
            "The customer wants no messages from us.",
            mend="A person may write to them; the bot may when they have opted in again.",
            code="opted_out",
        )
    left = await store.again(tx, guard.conversation_id, turn_id, message_id)
    if not left.message_ids:
        raise Conflict(
            "Nothing of it is left to answer: its messages went elsewhere or were taken back.",
            code="message_answered",
        )
    batch = Batch(tx)
    opened = reopen(batch, guard, left)
    told = NewEvent(
        guard.seq + 1,
        "turn.replayed",
        {"turn_id": str(opened), "of": str(turn_id) if turn_id else None, "by": by},
    )
    turns.advance(batch, guard.conversation_id, told.seq, charge="bot", loop=(0, guard.now))
    log.append(batch, guard.conversation_id, guard.now, [told])
    await batch.send()
    return opened


async def _open_letter(tx: Tx, dead_letter_id: UUID) -> DeadLetter:
    letter = await letters.letter(tx, dead_letter_id)
    if letter is None:
        raise NotFound(
            f"There is no dead letter {dead_letter_id} in this workspace.",
            mend="GET /api/v1/dead-letters lists them.",
        )
    if letter.resolution is not None:
        raise _resolved(letter)
    return letter


def _resolved(letter: DeadLetter) -> Conflict:
    return Conflict(
        f"This dead letter was {letter.resolution or 'resolved'} already.",
        mend="Nothing is left to do about it.",
        code="dead_letter_resolved",
    )
