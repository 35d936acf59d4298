"""What the machine does, and what it asks of each thing done."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from typing import TypeVar
from uuid import UUID

from hypothesis.stateful import RuleBasedStateMachine

from rejoinder.turns import decide
from rejoinder.turns.model import LEASE, Claimed, Policy, Verdict, Worker
from rejoinder.turns.upkeep.rescue import LATE
from tests.turns.machine.model import MOMENT, House, Seen, SeenTurn, SeenWake
from tests.turns.machine.promises import History, always, forward

T = TypeVar("T")

ANSWER = Verdict("committed", ("An answer",), "answer")

_ROUNDS = 80


@dataclass(slots=True)
class Held:
    """An attempt in a worker's hands, and what it knows."""

    worker: Worker
    claimed: Claimed
    messages: frozenset[UUID]
    read: frozenset[UUID] = frozenset()


class Doings(RuleBasedStateMachine):
    """One thread, its workers and what they hold; `seen` is how it stands, `staff` who is alive."""

    def build(self, policy: Policy) -> House:
        """The house it all happens in."""
        raise NotImplementedError

    def begin(self, policy: Policy) -> None:
        """An empty house."""
        self.house: House = self.build(policy)
        self.history = History()
        self.held: list[Held] = []
        self.latest: dict[UUID, int] = {}
        self.staff = [self.house.hire()]
        self.seen: Seen = self.house.seen()
        self.whole = True

    @contextmanager
    def step(self, name: str) -> Iterator[Seen]:
        """Something happens; what was seen before it is given, and the step from there is held to its promises."""
        before, self.whole = self.seen, False
        yield before
        self.seen = self.house.seen()
        forward(before, self.seen, self.house.policy, self.history, name)
        always(self.seen, self.house.policy, self.history)
        self.whole = True

    def claim(self, conversation_id: UUID, worker: Worker) -> Held | None:
        before = self.seen
        claimed = self.house.claim(conversation_id, worker)
        if claimed is None:
            return None
        turn = before.turns[claimed.turn_id]
        assert turn.turn.state == "waiting"
        assert self.may_be_claimed(before, turn)
        given = [
            fence
            for turn_id, fence in self.latest.items()
            if before.turns[turn_id].conversation_id == conversation_id
        ]
        assert claimed.fence > max(given, default=0), "a fence was given twice"
        self.latest[claimed.turn_id] = claimed.fence
        held = Held(worker, claimed, before.of(claimed.turn_id))
        self.held.append(held)
        return held

    def wake(
        self, conversation_id: UUID, worker: Worker, wake: SeenWake | None, reads: bool
    ) -> None:
        with self.step("claim"):
            if wake is not None:
                self.house.lose(wake)
            held = self.claim(conversation_id, worker)
        if reads and held is not None:
            assert self.reads(held)

    def reads(self, held: Held) -> bool:
        """The attempt reads what it answers, once; False when it was lost before it began."""
        if not held.read:
            with self.step("read"):
                held.read = self.house.read(held.claimed)
            if not held.read:
                self.held.remove(held)
                return False
            assert held.read == held.messages, "it reads what it could not commit"
        return True

    def stoppable(self, found: SeenTurn) -> bool:
        """Whether a change certainly reaches the turn; the clock may go on a little before it comes."""
        soon = self.seen.now + timedelta(seconds=2)
        return found.turn.state == "waiting" or decide.interrupts(
            soon, self.house.policy, found.turn
        )

    def tell(self, held: Held, message_id: UUID) -> None:
        """What a change of that message means for an attempt that had it."""
        if self.seen.turns[held.claimed.turn_id].turn.state == "running":
            held.messages -= {message_id}  # the answer goes on without it
            held.read -= {message_id}
        else:
            held.messages = frozenset()  # it has not read what stands there now

    def rescue(self) -> None:
        with self.step("rescue") as before:
            self.house.rescue()
        alive = {worker.no for worker in self.staff}
        for turn in self.seen.live():
            if turn.turn.lease_until is not None:
                assert turn.turn.worker_no in alive, "the dead keep their turns"
                assert turn.turn.lease_until >= before.now, "the stalled keep their turns"

    def sweep(self) -> None:
        with self.step("sweep") as before:
            self.house.sweep()
        for turn in before.live():
            overdue = max(turn.turn.due_at, turn.woken_at) < before.now - LATE - MOMENT
            if overdue and turn.turn.state == "waiting" and self.may_be_claimed(before, turn):
                assert self.pending(turn, self.seen) > self.pending(turn, before)

    def answer(self, held: Held, verdict: Verdict) -> None:
        self.held.remove(held)
        may = self.is_owner(self.seen, held)
        turn_id = held.claimed.turn_id
        with self.step("commit") as before:
            done = self.house.commit(held.claimed, verdict)
        assert done == may, "committed by a stranger" if done else "the owner was refused"
        if not done:
            assert before.turns == self.seen.turns
            assert before.messages == self.seen.messages
            return
        after = self.seen.turns[turn_id]
        assert (after.turn.state, after.replies) == (verdict.state, len(verdict.replies))
        assert self.seen.of(turn_id) == held.read, "an answer that has not read what it answers"
        self.in_order(before, turn_id)

    def in_order(self, before: Seen, turn_id: UUID) -> None:
        """Nothing that was asked before what has just been answered waits for an answer."""
        newest = max(self.history.place[message_id] for message_id in before.of(turn_id))
        for turn in before.live(before.turns[turn_id].conversation_id):
            if turn.turn.turn_id != turn_id:
                others = before.of(turn.turn.turn_id)
                assert min(self.history.place[message_id] for message_id in others) > newest

    def give_up(self, held: Held, outcome: str, pause: timedelta) -> None:
        self.held.remove(held)
        turn = self.seen.turns[held.claimed.turn_id].turn
        runs = turn.state == "running" and turn.fence == held.claimed.fence
        with self.step("hand back"):
            done = self.house.hand_back(held.claimed, outcome, pause)  # type: ignore[arg-type]
        assert done == runs

    def has(self, seen: Seen, held: Held) -> bool:
        """Whether the attempt still has its turn, as the promises say it and the decisions don't."""
        turn = seen.turns[held.claimed.turn_id]
        return (
            turn.live
            and self.latest[held.claimed.turn_id] == held.claimed.fence
            and seen.of(held.claimed.turn_id) == held.messages
        )

    def is_owner(self, seen: Seen, held: Held) -> bool:
        """Whether its answer may go out."""
        return self.has(seen, held) and seen.answers(seen.turns[held.claimed.turn_id])

    def may_be_claimed(self, seen: Seen, turn: SeenTurn) -> bool:
        running = (other.turn.state == "running" for other in seen.live(turn.conversation_id))
        return seen.answers(turn) and not any(running)

    def employed(self) -> list[Worker]:
        """Workers that run something and hold their lock."""
        return [held.worker for held in self.held if held.worker in self.staff]

    def dies(self, worker: Worker) -> None:
        with self.step("dies"):
            self.house.dies(worker)
            self.staff.remove(worker)
            self.staff.append(self.house.hire())

    def due(self) -> list[SeenWake]:
        return [wake for wake in self.seen.wakes if wake.at <= self.seen.now]

    def pending(self, turn: SeenTurn, seen: Seen) -> int:
        return sum(
            wake.conversation_id == turn.conversation_id and wake.at <= seen.now
            for wake in seen.wakes
        )

    def open_conversations(self) -> list[UUID]:
        return [
            conversation_id
            for conversation_id, conversation in self.seen.conversations.items()
            if conversation.charge != "closed"
        ]

    def attended(self) -> bool:
        """Whether the bot is in charge of the thread."""
        return all(self.seen.conversations[it].bot_answers for it in self.open_conversations())

    def unsettled(self) -> list[SeenTurn]:
        return [turn for turn in self.seen.live() if self.seen.answers(turn)]

    def settle(self) -> None:
        began = self.seen.now
        failed = [turn.turn for turn in self.unsettled() if turn.turn.attempt]
        pause = max((turn.due_at - began for turn in failed), default=timedelta(0))
        for _ in range(_ROUNDS):
            if not self.unsettled():
                break
            self.work_on()
        assert not self.unsettled(), "a message is never answered"
        longest = LEASE + max(pause, self.house.policy.max_wait) + 2 * LATE
        assert self.seen.now - began <= longest + timedelta(seconds=5)

    def work_on(self) -> None:
        """A second of healthy workers' lives; the clock goes on to when there is something to do."""
        for held in list(self.held):
            if self.reads(held):
                self.answer(held, ANSWER)
        self.rescue()
        self.sweep()
        for wake in self.due():
            self.wake(wake.conversation_id, self.staff[0], wake, reads=True)
        if self.unsettled() and not self.held:
            with self.step("time"):
                self.house.pass_time(self.until_something())

    def until_something(self) -> timedelta:
        moments = [wake.at for wake in self.seen.wakes]
        for turn in self.unsettled():
            moments.append(max(turn.turn.due_at, turn.woken_at) + LATE)
            moments += [turn.turn.lease_until] if turn.turn.lease_until else []
        later = [at - self.seen.now for at in moments if at > self.seen.now]
        return min(later, default=timedelta(0)) + 2 * MOMENT


def chosen(among: list[T] | tuple[T, ...], pick: int) -> T:
    """One of them, by a number that shrinks to the first."""
    return among[pick % len(among)]
