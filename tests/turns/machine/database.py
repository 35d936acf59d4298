"""The same house on the real SQL: what happens is done by the product's own functions.

The clock goes forward by moving the rows back; times are seen as if it had been the clock.
"""

from __future__ import annotations

import asyncio
from collections.abc import Coroutine, Sequence
from datetime import datetime, timedelta
from typing import Any, TypeVar
from uuid import UUID

import asyncpg

from rejoinder.bots import store as bots
from rejoinder.bots.model import Bot, Channel, ChannelSettings
from rejoinder.conversations.model import SenderType
from rejoinder.db import Database, new_id
from rejoinder.errors import Conflict, Locked, LostTurn
from rejoinder.inbound.edit import delete, edit
from rejoinder.inbound.model import Incoming
from rejoinder.inbound.receive import receive
from rejoinder.turns.answering import store as attempts
from rejoinder.turns.attempt.claim import claim
from rejoinder.turns.attempt.commit import commit
from rejoinder.turns.attempt.hand_back import hand_back
from rejoinder.turns.hands.cancel import cancel_turn
from rejoinder.turns.hands.close import close
from rejoinder.turns.hands.release import release
from rejoinder.turns.hands.replay import replay
from rejoinder.turns.hands.take_over import take
from rejoinder.turns.model import LEASE, Claimed, Policy, Turn, Verdict, Worker
from rejoinder.turns.upkeep import store as upkeep
from rejoinder.turns.upkeep.rescue import rescue, sweep
from tests.turns.machine.model import (
    Ending,
    Seen,
    SeenConversation,
    SeenMessage,
    SeenTurn,
    SeenWake,
)

T = TypeVar("T")

_PERSON = "Nok"

_CONVERSATIONS = """
SELECT clock_timestamp(), c.conversation_id, c.state, c.ai_enabled, c.loop_count,
    (SELECT count(*) FROM deliveries d
     WHERE d.workspace_id = $1 AND d.conversation_id = c.conversation_id AND d.status = 'queued')
FROM (SELECT) AS one_row LEFT JOIN conversations c ON c.workspace_id = $1
"""

_TURNS = """
SELECT t.conversation_id, t.woken_at, t.merged_into,
    (SELECT count(*) FROM messages m JOIN deliveries d USING (workspace_id, message_id)
     WHERE m.workspace_id = $1 AND m.turn_id = t.turn_id AND m.direction = 'outbound'),
    (SELECT count(*) FROM deliveries d
     WHERE d.workspace_id = $1 AND d.turn_id = t.turn_id AND d.status = 'withheld'),
    t.turn_id, t.state, t.opened_at, t.due_at, t.first_unanswered_at, t.interrupts, t.attempt, t.fence,
    t.worker_no, t.lease_until, t.priority
FROM turns t WHERE t.workspace_id = $1
"""

_MESSAGES = """
SELECT message_id, conversation_id, seq, received_at, turn_id FROM messages
WHERE workspace_id = $1 AND direction = 'inbound'
"""

_WAKES = """
SELECT id, payload, execute_after, priority FROM pgqueuer
WHERE substring(payload FOR 16) = $1 AND entrypoint = 'turns' AND status = 'queued' ORDER BY id
"""

_LETTERS = "SELECT subject_id FROM dead_letters WHERE workspace_id = $1 AND resolved_at IS NULL"

_LETTER = "SELECT dead_letter_id FROM dead_letters WHERE workspace_id = $1 AND subject_id = $2"

_PASS = (
    """UPDATE turns SET opened_at = opened_at - $2::interval, due_at = due_at - $2::interval,
           first_unanswered_at = first_unanswered_at - $2::interval, woken_at = woken_at - $2::interval,
           lease_until = lease_until - $2::interval
       WHERE workspace_id = $1""",
    "UPDATE messages SET received_at = received_at - $2::interval WHERE workspace_id = $1",
    "UPDATE conversations SET loop_last_at = loop_last_at - $2::interval WHERE workspace_id = $1",
    """UPDATE pgqueuer SET execute_after = execute_after - $2::interval
       WHERE substring(payload FOR 16) = uuid_send($1)""",
)


class Tables:
    """A house in PostgreSQL: one workspace, one bot, one channel that sends, one thread."""

    def __init__(self, runner: asyncio.Runner, db: Database, policy: Policy) -> None:
        self.policy = policy
        self._runner = runner
        self._db = db
        self._workspace_id = new_id()
        self._channel_id = new_id()
        self._passed = timedelta(0)
        self._do(self._open())

    def _do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._runner.run(work)

    async def _open(self) -> None:
        policy = self.policy
        self._locks = await self._db.session("rejoinder machine")
        await self._execute(
            "INSERT INTO workspaces (workspace_id, slug, name) VALUES ($1, $2, 'Machine')",
            f"m-{self._workspace_id}",
        )
        bot = Bot(
            bot_id=new_id(),
            name="Bot",
            persona="You help.",
            fallback_text="The fallback",
            quiet_seconds=policy.quiet.total_seconds(),
            max_wait_seconds=policy.max_wait.total_seconds(),
            overlap_policy=policy.overlap,
            max_interrupts=policy.max_interrupts,
            interrupt_seconds=policy.interrupt_for.total_seconds(),
            max_attempts=policy.max_attempts,
            retry_seconds=policy.retry.total_seconds(),
            loop_turns=policy.loop_turns,
            loop_seconds=policy.loop_for.total_seconds(),
        )
        sends = ChannelSettings(callback_url="http://127.0.0.1:9/")
        channel = Channel(self._channel_id, bot.bot_id, "rest", "Channel", sends)
        async with self._db.transaction(self._workspace_id) as tx:
            await bots.add_bot(tx, bot)
            await bots.add_channel(tx, channel)

    def leave(self) -> None:
        self._do(self._leave())

    async def _leave(self) -> None:
        await self._execute("DELETE FROM pgqueuer WHERE substring(payload FOR 16) = uuid_send($1)")
        await self._execute("DELETE FROM workspaces WHERE workspace_id = $1")
        await self._locks.close()

    def seen(self) -> Seen:
        return self._do(self._seen())

    async def _seen(self) -> Seen:
        async with self._db.read(self._workspace_id) as read:
            fetch, workspace_id = read.connection.fetch, self._workspace_id
            conversations = await fetch(_CONVERSATIONS, workspace_id)
            turns = await fetch(_TURNS, workspace_id)
            messages = await fetch(_MESSAGES, workspace_id)
            letters = await fetch(_LETTERS, workspace_id)
            wakes = await fetch(_WAKES, workspace_id.bytes)
        known = [SeenConversation(*row[1:]) for row in conversations if row[1] is not None]
        return Seen(
            conversations[0][0] + self._passed,
            {found.conversation_id: found for found in known},
            {row["turn_id"]: self._turn(row) for row in turns},
            {row[0]: SeenMessage(*map(self._since, row)) for row in messages},
            tuple(
                SeenWake(row[0], UUID(bytes=row[1][16:]), row[2] + self._passed, row[3])
                for row in wakes
            ),
            frozenset(row[0] for row in letters),
        )

    def _turn(self, row: asyncpg.Record) -> SeenTurn:
        conversation_id, woken_at, merged_into, replies, withheld, *columns = map(self._since, row)
        return SeenTurn(Turn(*columns), conversation_id, woken_at, merged_into, replies, withheld)

    def _since(self, value: Any) -> Any:
        return value + self._passed if isinstance(value, datetime) else value

    def pass_time(self, by: timedelta) -> None:
        self._do(self._pass(by))
        self._passed += by

    async def _pass(self, by: timedelta) -> None:
        for statement in _PASS:
            await self._execute(statement, by)

    def customer(self, priority: int, *, refusable: bool, waits: bool) -> UUID | None:
        platform = "rest" if refusable else "widget"
        try:
            return self._do(self._write("customer", platform, priority, waits))
        except Locked:
            return None

    def edit(self, message_id: UUID) -> None:
        self._do(edit(self._db, self._workspace_id, message_id, "Other words"))

    def take_back(self, message_id: UUID) -> None:
        self._do(delete(self._db, self._workspace_id, message_id))

    def agent_writes(self) -> None:
        self._do(self._write("agent", "rest"))

    async def _write(
        self, sender_type: SenderType, platform: str, priority: int = 50, waits: bool = False
    ) -> UUID:
        incoming = Incoming(
            channel_id=self._channel_id,
            platform=platform,
            thread_key="thread",
            external_id=None,
            sender_type=sender_type,
            sender_id=_PERSON if sender_type == "agent" else "customer",
            sender_name=None,
            text="Hello",
            content=[],
            platform_time=None,
            metadata={},
            waits=waits,
            priority=priority,
        )
        return (await receive(self._db, self._workspace_id, incoming)).message_id

    def take(self, conversation_id: UUID) -> None:
        self._do(take(self._db, self._workspace_id, conversation_id, _PERSON))

    def release(self, conversation_id: UUID) -> None:
        self._do(release(self._db, self._workspace_id, conversation_id, _PERSON))

    def close(self, conversation_id: UUID) -> None:
        self._do(close(self._db, self._workspace_id, conversation_id, _PERSON))

    def cancel(self, turn_id: UUID) -> None:
        self._do(cancel_turn(self._db, self._workspace_id, turn_id, _PERSON))

    def replay(self, turn_id: UUID) -> bool:
        try:
            self._do(self._replay(turn_id))
        except Conflict:
            return False
        return True

    async def _replay(self, turn_id: UUID) -> None:
        async with self._db.read(self._workspace_id) as read:
            letter_id = await read.connection.fetchval(_LETTER, self._workspace_id, turn_id)
        await replay(self._db, self._workspace_id, letter_id, _PERSON)

    def switch(self, conversation_id: UUID, on: bool) -> None:
        self._do(
            self._execute(
                "UPDATE conversations SET ai_enabled = $3 WHERE workspace_id = $1 AND conversation_id = $2",
                conversation_id,
                on,
            )
        )

    def hire(self) -> Worker:
        return Worker(self._do(upkeep.register(self._locks, "machine")), "machine")

    def dies(self, worker: Worker) -> None:
        self._do(self._die(worker.no))

    async def _die(self, number: int) -> None:
        await self._locks.execute("SELECT pg_advisory_unlock($1, $2)", upkeep.LOCK_CLASS, number)
        await self._locks.execute(
            "UPDATE workers SET seen_at = seen_at - interval '1 minute' WHERE worker_no = $1",
            number,
        )

    def claim(self, conversation_id: UUID, worker: Worker) -> Claimed | None:
        return self._do(claim(self._db, self._workspace_id, conversation_id, worker))

    def read(self, claimed: Claimed) -> frozenset[UUID]:
        return self._do(self._read(claimed))

    async def _read(self, claimed: Claimed) -> frozenset[UUID]:
        async with self._db.read(self._workspace_id) as read:
            messages, _ = await attempts.window(read, claimed, 20)
        return frozenset(
            message.message_id for message in messages if message.turn_id == claimed.turn_id
        )

    def commit(self, claimed: Claimed, verdict: Verdict) -> bool:
        try:
            self._do(commit(self._db, claimed, verdict, [], None))
        except LostTurn:
            return False
        return True

    def hand_back(self, claimed: Claimed, outcome: Ending, pause: timedelta) -> bool:
        attempt = (claimed.turn_id, claimed.fence)
        return self._do(
            hand_back(
                self._db,
                self._workspace_id,
                claimed.conversation_id,
                attempt,
                outcome,
                pause=pause,
                error="it failed" if outcome == "failed" else None,
            )
        )

    def renew(self, number: int, held: Sequence[Claimed]) -> set[int]:
        lost = self._do(upkeep.renew(self._locks, held, number, LEASE))
        return {fence for _, fence in lost}

    def rescue(self) -> None:
        self._do(rescue(self._db))

    def sweep(self) -> None:
        self._do(sweep(self._db))

    def lose(self, wake: SeenWake) -> None:
        self._do(self._queue("DELETE FROM pgqueuer WHERE id = $1", wake))

    def double(self, wake: SeenWake) -> None:
        again = """INSERT INTO pgqueuer (entrypoint, payload, priority, execute_after, headers, status)
                   SELECT entrypoint, payload, priority, execute_after, headers, status FROM pgqueuer WHERE id = $1"""
        self._do(self._queue(again, wake))

    async def _queue(self, statement: str, wake: SeenWake) -> None:
        async with self._db.maintenance() as maintenance:
            await maintenance.connection.execute(statement, wake.job)

    async def _execute(self, statement: str, *values: object) -> None:
        async with self._db.read(self._workspace_id) as read:
            await read.connection.execute(statement, self._workspace_id, *values)
