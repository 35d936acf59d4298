"""The rows of one thread in memory. The decisions are the product's; the rows follow them as SQL's do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from typing import Literal
from uuid import UUID

from rejoinder.conversations.model import State as Charge
from rejoinder.queue.priority import NORMAL
from rejoinder.turns import decide
from rejoinder.turns.model import (
    LEASE,
    Claimed,
    Guard,
    Plan,
    Policy,
    Turn,
    TurnState,
    Verdict,
    Worker,
)
from rejoinder.turns.upkeep.rescue import LATE
from tests.turns.machine.model import (
    Ending,
    Seen,
    SeenConversation,
    SeenMessage,
    SeenTurn,
    SeenWake,
)
from tests.turns.strategies import ID, NOW

_GAVE_UP = Verdict("failed", ("The fallback",), "hand_off", error="attempts used up")
_LOOP = Verdict("handed_off", (), "hand_off", "a loop")


@dataclass(slots=True)
class _Row:
    """The row that guards a conversation."""

    conversation_id: UUID
    charge: Charge = "bot"
    ai_enabled: bool = True
    seq: int = 0
    fence: int = 0
    agent_said: int = 0
    """The seq of what a person on our side wrote last."""
    sent: list[tuple[int, UUID]] = field(default_factory=list)
    """The bot's replies: seq and turn."""
    kept: list[tuple[int, UUID]] = field(default_factory=list)
    """Those that a person's coming kept back."""
    loop: tuple[int, datetime | None] = (0, None)


class Rows:
    """A house in memory."""

    def __init__(self, policy: Policy) -> None:
        self.policy = policy
        self.now = NOW
        self._ids = count(1)
        self._rows: dict[UUID, _Row] = {}
        self._turns: dict[UUID, SeenTurn] = {}
        self._messages: dict[UUID, SeenMessage] = {}
        self._wakes: dict[int, SeenWake] = {}
        self._alive: set[int] = set()
        self._letters: set[UUID] = set()
        self._undecided: set[UUID] = set()
        self._deleted: set[UUID] = set()

    def seen(self) -> Seen:
        conversations = {
            row.conversation_id: SeenConversation(
                row.conversation_id, row.charge, row.ai_enabled, row.loop[0], unsent=len(row.sent)
            )
            for row in self._rows.values()
        }
        return Seen(
            self.now,
            conversations,
            dict(self._turns),
            dict(self._messages),
            tuple(self._wakes.values()),
            frozenset(self._letters),
        )

    def pass_time(self, by: timedelta) -> None:
        self.now += by

    def leave(self) -> None:
        """Memory is left behind."""

    # What customers do

    def customer(self, priority: int, *, refusable: bool, waits: bool) -> UUID | None:
        row = self._open()
        guard = self._guard(row)
        turn_id: UUID | None = None
        if guard.bot_answers:
            if refusable and decide.rejects(self.policy, guard.waiting, guard.running):
                return None
            turn_id = self._schedule(row, guard, priority, timedelta(0) if waits else None)
        row.seq += 1
        message_id = self._new()
        self._messages[message_id] = SeenMessage(
            message_id, row.conversation_id, row.seq, self.now, turn_id
        )
        return message_id

    def edit(self, message_id: UUID) -> None:
        message = self._messages[message_id]
        row = self._rows[message.conversation_id]
        guard = self._guard(row)
        live = guard.turn(message.turn_id) if message.turn_id else None
        assert live is not None, "the machine changes what is unanswered"
        self._messages[message_id] = replace(message, turn_id=None)
        turn_id = self._schedule(row, guard, live.priority)
        self._messages[message_id] = replace(message, turn_id=turn_id)

    def take_back(self, message_id: UUID) -> None:
        message = self._messages[message_id]
        row = self._rows[message.conversation_id]
        guard = self._guard(row)
        live = guard.turn(message.turn_id) if message.turn_id else None
        assert live is not None, "the machine changes what is unanswered"
        self._messages[message_id] = replace(message, turn_id=None)
        self._deleted.add(message_id)
        if not self.seen().of(live.turn_id):
            self._stop(live, "cancelled")
            if guard.waiting is not None and guard.waiting is not live:
                self._wake(row, guard.waiting.due_at, guard.waiting.priority)
        elif live.state == "waiting" or decide.interrupts(self.now, self.policy, live):
            self._schedule(row, guard, live.priority)

    def _schedule(
        self, row: _Row, guard: Guard, priority: int, quiet: timedelta | None = None
    ) -> UUID:
        plan = decide.arrival(self.now, self.policy, guard.waiting, guard.running, quiet, priority)
        turn_id = self._put(row, plan)
        if plan.supersedes is not None:
            self._supersede(plan.supersedes, turn_id)
        if plan.wake:
            self._wake(row, plan.due_at, plan.priority)
        return turn_id

    # What people do

    def agent_writes(self) -> None:
        row = self._open()
        if row.charge != "agent":
            self.take(row.conversation_id)
        row.loop = (0, self.now)
        row.seq += 1
        row.agent_said = row.seq

    def take(self, conversation_id: UUID) -> None:
        row = self._rows[conversation_id]
        for turn in self._guard(row).live:
            self._stop(turn, "handed_off")
        for _, turn_id in row.sent:
            self._turns[turn_id] = replace(
                self._turns[turn_id], withheld=self._turns[turn_id].replies
            )
        row.kept, row.sent = row.kept + row.sent, []
        row.charge, row.loop = "agent", (0, self.now)

    def release(self, conversation_id: UUID) -> None:
        row = self._rows[conversation_id]
        if row.charge == "bot":
            return
        guard = self._guard(row)
        sent, kept = {turn_id for _, turn_id in row.sent}, {turn_id for _, turn_id in row.kept}
        left = [
            message
            for message in self._messages.values()
            if message.conversation_id == conversation_id
            and message.seq > row.agent_said
            and message.message_id not in self._deleted
            and message.turn_id not in sent
            and (
                message.turn_id is None
                or self._turns[message.turn_id].turn.state == "handed_off"
                or (
                    self._turns[message.turn_id].turn.state == "committed"
                    and message.turn_id in kept
                )
            )
        ]
        if left and row.ai_enabled:
            self._reopen(row, guard, left)
        row.charge, row.loop = "bot", (0, self.now)

    def close(self, conversation_id: UUID) -> None:
        row = self._rows[conversation_id]
        for turn in self._guard(row).live:
            self._stop(turn, "cancelled")
        row.charge, row.sent = "closed", []

    def cancel(self, turn_id: UUID) -> None:
        seen = self._turns[turn_id]
        row = self._rows[seen.conversation_id]
        self._stop(seen.turn, "cancelled")
        waiting = self._guard(row).waiting
        if waiting is not None:
            self._wake(row, waiting.due_at, waiting.priority)

    def replay(self, turn_id: UUID) -> bool:
        row = self._rows[self._turns[turn_id].conversation_id]
        if row.charge in ("agent", "closed") or not row.ai_enabled:
            return False
        own = [message for message in self._messages.values() if message.turn_id == turn_id]
        after = max(row.agent_said, min(message.seq for message in own))
        later = [
            message
            for message in self._messages.values()
            if message.conversation_id == row.conversation_id
            and message.seq > after
            and message.message_id not in self._deleted
            and (message.turn_id is None or message.turn_id in self._undecided)
        ]
        self._reopen(row, self._guard(row), own + later)
        self._letters.discard(turn_id)
        row.charge, row.loop = "bot", (0, self.now)
        return True

    def switch(self, conversation_id: UUID, on: bool) -> None:
        self._rows[conversation_id].ai_enabled = on

    # What workers do

    def hire(self) -> Worker:
        number = next(self._ids)
        self._alive.add(number)
        return Worker(number, f"worker {number}")

    def dies(self, worker: Worker) -> None:
        self._alive.discard(worker.no)

    def claim(self, conversation_id: UUID, worker: Worker) -> Claimed | None:
        row = self._rows[conversation_id]
        guard = self._guard(row)
        decision, waiting = decide.claim(guard), guard.waiting
        if waiting is None or decision in ("nothing", "busy"):
            return None
        if isinstance(decision, timedelta):
            self._wake(row, self.now + decision, waiting.priority)
        elif decision == "give_up":
            self._conclude(row, guard, waiting.turn_id, _GAVE_UP)
        elif decision == "loop":
            self._conclude(row, guard, waiting.turn_id, _LOOP)
        else:
            return self._take(row, waiting, worker)
        return None

    def read(self, claimed: Claimed) -> frozenset[UUID]:
        if self._turns[claimed.turn_id].turn.fence != claimed.fence:
            return frozenset()
        return self.seen().of(claimed.turn_id)

    def commit(self, claimed: Claimed, verdict: Verdict) -> bool:
        row = self._rows[claimed.conversation_id]
        guard = self._guard(row)
        if not decide.may_commit(guard, claimed.turn_id, claimed.fence):
            return False
        self._conclude(row, guard, claimed.turn_id, verdict, claimed.fence)
        return True

    def hand_back(self, claimed: Claimed, outcome: Ending, pause: timedelta) -> bool:
        return self._hand_back(claimed.turn_id, claimed.fence, outcome, pause)

    def renew(self, number: int, held: Sequence[Claimed]) -> set[int]:
        lost = set()
        for claimed in held:
            seen = self._turns[claimed.turn_id]
            if seen.turn.fence != claimed.fence or seen.turn.state in (
                "waiting",
                "superseded",
                "cancelled",
            ):
                lost.add(claimed.fence)
            elif seen.turn.state == "running":
                self._change(seen.turn.turn_id, lease_until=self.now + LEASE)
        return lost

    # What happens every second

    def rescue(self) -> None:
        for seen in list(self._turns.values()):
            turn = seen.turn
            if turn.state == "running" and decide.is_lost(
                self.now, turn, turn.worker_no in self._alive
            ):
                self._hand_back(turn.turn_id, turn.fence, "expired", timedelta(0))

    def sweep(self) -> None:
        for seen in list(self._turns.values()):
            row = self._rows[seen.conversation_id]
            guard = self._guard(row)
            if (
                seen.turn.state == "waiting"
                and max(seen.turn.due_at, seen.woken_at) < self.now - LATE
                and guard.bot_answers
                and guard.running is None
            ):
                self._turns[seen.turn.turn_id] = replace(seen, woken_at=self.now)
                self._wake(row, self.now, seen.turn.priority)

    # What becomes of wake-ups

    def lose(self, wake: SeenWake) -> None:
        del self._wakes[wake.job]

    def double(self, wake: SeenWake) -> None:
        self._enqueue(wake.conversation_id, wake.at, wake.priority)

    # The rows

    def _open(self) -> _Row:
        found = next((row for row in self._rows.values() if row.charge != "closed"), None)
        if found is None:
            found = _Row(self._new())
            self._rows[found.conversation_id] = found
        return found

    def _guard(self, row: _Row) -> Guard:
        live = {
            seen.turn.state: seen.turn
            for seen in self._turns.values()
            if seen.live and seen.conversation_id == row.conversation_id
        }
        return Guard(
            conversation_id=row.conversation_id,
            channel_id=ID,
            contact_id=ID,
            bot_id=ID,
            platform="rest",
            sends=False,
            charge=row.charge,
            ai_enabled=row.ai_enabled,
            seq=row.seq,
            fence=row.fence,
            agent=None,
            loop_count=row.loop[0],
            loop_last_at=row.loop[1],
            now=self.now,
            policy=self.policy,
            waiting=live.get("waiting"),
            running=live.get("running"),
        )

    def _put(self, row: _Row, plan: Plan) -> UUID:
        """Open the waiting turn or extend it; extending clears the fence."""
        turn_id = plan.extends or self._new()
        known = self._turns.get(turn_id)
        woken_at = plan.due_at if known is None or plan.wake else known.woken_at
        turn = Turn(
            turn_id=turn_id,
            state="waiting",
            opened_at=known.turn.opened_at if known else plan.opened_at,
            due_at=plan.due_at,
            first_unanswered_at=plan.first_unanswered_at,
            interrupts=plan.interrupts,
            attempt=plan.attempt,
            fence=0,
            worker_no=None,
            lease_until=None,
            priority=plan.priority,
        )
        assert known is not None or self._guard(row).waiting is None, "turns_one_waiting"
        self._turns[turn_id] = SeenTurn(turn, row.conversation_id, woken_at, None, 0, 0)
        return turn_id

    def _reopen(self, row: _Row, guard: Guard, left: list[SeenMessage]) -> None:
        plan = decide.reopening(self.now, guard.waiting, NORMAL)
        turn_id = self._put(row, plan)
        for message in left:
            self._messages[message.message_id] = replace(message, turn_id=turn_id)
        self._wake(row, plan.due_at, plan.priority)

    def _supersede(self, turn_id: UUID, into: UUID) -> None:
        self._end(turn_id, "superseded")
        self._turns[turn_id] = replace(self._turns[turn_id], merged_into=into)
        for message in list(self._messages.values()):
            if message.turn_id == turn_id:
                self._messages[message.message_id] = replace(message, turn_id=into)

    def _stop(self, turn: Turn, state: Literal["handed_off", "cancelled"]) -> None:
        self._end(turn.turn_id, state)
        self._change(turn.turn_id, fence=0)
        if state == "handed_off":
            self._undecided.add(turn.turn_id)

    def _end(self, turn_id: UUID, state: TurnState) -> None:
        assert self._turns[turn_id].live, "turns_forward_only"
        self._change(turn_id, state=state, worker_no=None, lease_until=None)

    def _change(self, turn_id: UUID, **columns: object) -> None:
        seen = self._turns[turn_id]
        self._turns[turn_id] = replace(seen, turn=replace(seen.turn, **columns))  # type: ignore[arg-type]

    def _take(self, row: _Row, waiting: Turn, worker: Worker) -> Claimed:
        assert self._guard(row).running is None, "turns_one_running"
        row.fence += 1
        self._change(
            waiting.turn_id,
            state="running",
            fence=row.fence,
            attempt=waiting.attempt + 1,
            worker_no=worker.no,
            lease_until=self.now + LEASE,
        )
        return Claimed(
            workspace_id=ID,
            conversation_id=row.conversation_id,
            turn_id=waiting.turn_id,
            contact_id=ID,
            bot_id=ID,
            fence=row.fence,
            attempt=waiting.attempt + 1,
            first_unanswered_at=waiting.first_unanswered_at,
            policy=self.policy,
            priority=waiting.priority,
            platform="rest",
        )

    def _conclude(
        self, row: _Row, guard: Guard, turn_id: UUID, verdict: Verdict, fence: int = 0
    ) -> None:
        self._end(turn_id, verdict.state)
        self._change(turn_id, fence=fence)
        self._turns[turn_id] = replace(self._turns[turn_id], replies=len(verdict.replies))
        if verdict.replies:
            row.sent += [(row.seq + nth, turn_id) for nth, _ in enumerate(verdict.replies, 1)]
            row.seq += len(verdict.replies)
        waiting = guard.waiting if guard.waiting and guard.waiting.turn_id != turn_id else None
        if verdict.state == "failed":
            self._letters.add(turn_id)
        if verdict.state != "committed":
            if waiting:
                self._stop(waiting, "handed_off")
            row.charge = "waiting"
            return
        if waiting:
            at = max(waiting.due_at, self.now)
            self._turns[waiting.turn_id] = replace(self._turns[waiting.turn_id], woken_at=at)
            self._wake(row, waiting.due_at, waiting.priority)
        if verdict.replies:
            row.loop = decide.loop_after(guard)

    def _hand_back(
        self,
        turn_id: UUID,
        fence: int,
        outcome: Literal["expired", "returned", "failed"],
        pause: timedelta,
    ) -> bool:
        seen = self._turns[turn_id]
        running = seen.turn
        if running.state != "running" or running.fence != fence:
            return False
        row = self._rows[seen.conversation_id]
        waiting = self._guard(row).waiting
        if waiting is not None:
            plan = decide.merge(running, waiting, outcome == "returned", self.now + pause)
            self._put(row, plan)
            self._supersede(turn_id, waiting.turn_id)
            self._wake(row, plan.due_at, plan.priority)
            return True
        at = self.now + pause
        self._change(
            turn_id,
            state="waiting",
            worker_no=None,
            lease_until=None,
            opened_at=at,
            due_at=at,
            fence=fence if outcome == "expired" else 0,
            attempt=running.attempt - (outcome == "returned"),
        )
        self._turns[turn_id] = replace(self._turns[turn_id], woken_at=at)
        self._wake(row, at, running.priority)
        return True

    def _wake(self, row: _Row, at: datetime, priority: int) -> None:
        self._enqueue(row.conversation_id, max(at, self.now), priority)

    def _enqueue(self, conversation_id: UUID, at: datetime, priority: int) -> None:
        job = next(self._ids)
        self._wakes[job] = SeenWake(job, conversation_id, at, priority)

    def _new(self) -> UUID:
        return UUID(int=next(self._ids))
