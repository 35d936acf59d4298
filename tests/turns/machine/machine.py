"""Anything may happen, in any order, and the promises hold."""

from __future__ import annotations

from datetime import timedelta

from hypothesis import strategies as st
from hypothesis.stateful import initialize, precondition, rule

from rejoinder.queue.priority import URGENCY, priority
from rejoinder.turns import decide
from rejoinder.turns.model import Policy, Verdict
from tests.turns.machine.doings import ANSWER, Doings, chosen
from tests.turns.machine.model import MOMENT

HAND_OFF = Verdict("handed_off", (), "hand_off", "asked for one")
FALLBACK = Verdict("failed", ("The fallback",), "hand_off", "the model failed", error="a refusal")
VERDICTS = (
    *[ANSWER] * 4,
    Verdict("committed", ("One", "Two"), "answer"),
    Verdict("committed", (), "silent"),
    Verdict("handed_off", ("A person will",), "hand_off", "asked for one"),
    HAND_OFF,
    FALLBACK,
)

policies = st.builds(
    Policy,
    quiet=st.sampled_from([timedelta(0), timedelta(seconds=1.5)]),
    max_wait=st.sampled_from([timedelta(0), timedelta(seconds=3), timedelta(seconds=10)]),
    overlap=st.sampled_from(["interrupt", "interrupt", "enqueue", "enqueue", "reject", "rollback"]),
    max_interrupts=st.sampled_from([0, 1, 3]),
    interrupt_for=st.sampled_from([timedelta(seconds=5), timedelta(seconds=30)]),
    max_attempts=st.sampled_from([1, 3]),
    retry=st.sampled_from([timedelta(0), timedelta(seconds=1), timedelta(minutes=5)]),
    loop_turns=st.sampled_from([0, 2, 40]),
    loop_for=st.sampled_from([timedelta(seconds=30), timedelta(minutes=10)]),
)

picks = st.integers(0, 7)
times = st.one_of(
    st.sampled_from([0.001, 0.5, 1.5, 3, 10, 10.5, 16, 700]).map(lambda s: timedelta(seconds=s)),
    st.integers(0, 60_000).map(lambda ms: timedelta(milliseconds=ms)),
)


class Machine(Doings):
    """One thread, its customer, its people and its workers."""

    @initialize(policy=policies)
    def open(self, policy: Policy) -> None:
        self.begin(policy)

    # The customer

    @rule(
        urgency=st.sampled_from(sorted(URGENCY)),
        refusable=st.booleans(),
        waits=st.sampled_from([False, False, True]),
    )
    def a_customer_writes(self, urgency: str, refusable: bool, waits: bool) -> None:
        given = priority(urgency)  # type: ignore[arg-type]
        attended = self.attended()
        with self.step("message") as before:
            message_id = self.house.customer(given, refusable=refusable, waits=waits)
            if message_id is not None:
                self.history.ask(message_id)
                if not attended:
                    self.history.unattended.add(message_id)
        if message_id is None:
            assert self.house.policy.overlap == "reject"
            assert before.messages == self.seen.messages
            assert before.turns == self.seen.turns
            return
        turn_id = self.seen.messages[message_id].turn_id
        assert (turn_id is not None) == attended
        assert turn_id is None or self.seen.turns[turn_id].turn.state == "waiting"

    @precondition(lambda self: self.held)
    @rule(
        urgency=st.sampled_from(["normal", "high"]),
        woken=st.booleans(),
        ends=st.sampled_from(["", "answer", "hand off", "return", "cancel"]),
    )
    def a_customer_writes_meanwhile(self, urgency: str, woken: bool, ends: str) -> None:
        """The wake-up for it may come too early; then whatever ends the running turn must send another."""
        held = self.held[0]
        self.a_customer_writes(urgency, False, False)
        if woken and self.seen.wakes:
            self.a_wake_up_comes_in_time(-1, 0, True)
        if ends in ("answer", "hand off") and self.reads(held):
            self.answer(held, ANSWER if ends == "answer" else HAND_OFF)
        elif ends == "return" and held in self.held:
            self.give_up(held, "returned", timedelta(0))
        elif ends == "cancel" and self.seen.live():
            self.a_person("cancels", 0, False)

    @precondition(lambda self: self.unsettled())
    @rule(pick=picks, takes_back=st.booleans())
    def a_customer_changes_a_message(self, pick: int, takes_back: bool) -> None:
        """One that nobody has answered: that counts as a new one; a turn with none left is cancelled.

        Not the only message of an answer that may not be stopped any more: that goes out although it has none left.
        """
        unanswered = {turn.turn.turn_id: turn for turn in self.unsettled()}
        among = sorted(
            (message.seq, message.message_id)
            for message in self.seen.messages.values()
            if message.turn_id in unanswered
        )
        message_id = chosen(among, pick)[1]
        turn_id = self.seen.messages[message_id].turn_id
        assert turn_id is not None
        alone = self.seen.of(turn_id) == {message_id}
        if alone and not takes_back and not self.stoppable(unanswered[turn_id]):
            return
        self.history.again |= self.seen.of(turn_id)
        self.history.interrupted.pop(message_id, None)
        self.history.changed = message_id
        if takes_back:
            self.history.unattended.add(message_id)
        else:
            self.history.ask(message_id)
        with self.step("takes back" if takes_back else "edits"):
            (self.house.take_back if takes_back else self.house.edit)(message_id)
        self.history.changed = None
        for held in self.held:
            if held.claimed.turn_id == turn_id:
                self.tell(held, message_id)

    # The queue

    @precondition(lambda self: self.seen.wakes)
    @rule(pick=st.sampled_from([0, 0, 1, 2]), by=picks, reads=st.sampled_from([True, True, False]))
    def a_wake_up_comes_in_time(self, pick: int, by: int, reads: bool) -> None:
        """One of those that are due; if there is none, the next."""
        if not self.due():
            at = min(wake.at for wake in self.seen.wakes)
            self.time_passes(at - self.seen.now + MOMENT)
        wake = chosen(self.due(), pick)
        self.wake(wake.conversation_id, chosen(self.staff, by), wake, reads)

    @precondition(lambda self: self.seen.wakes)
    @rule(by=picks, verdict=st.sampled_from(VERDICTS))
    def a_turn_goes_its_way(self, by: int, verdict: Verdict) -> None:
        self.a_wake_up_comes_in_time(0, by, True)
        if self.held:
            self.a_worker_answers(-1, verdict)

    @precondition(lambda self: self.seen.conversations)
    @rule(pick=picks, by=picks, reads=st.booleans())
    def a_wake_up_comes_out_of_the_blue(self, pick: int, by: int, reads: bool) -> None:
        self.wake(chosen(list(self.seen.conversations), pick), chosen(self.staff, by), None, reads)

    @precondition(lambda self: self.seen.wakes)
    @rule(pick=picks, doubled=st.booleans())
    def a_wake_up_is_lost_or_doubled(self, pick: int, doubled: bool) -> None:
        wake = chosen(self.seen.wakes, pick)
        with self.step("wake"):
            if doubled:
                self.house.double(wake)
            else:
                self.house.lose(wake)
                self.history.lost.add(wake.conversation_id)

    # The workers

    @precondition(lambda self: self.held)
    @rule(pick=picks, verdict=st.sampled_from(VERDICTS))
    def a_worker_answers(self, pick: int, verdict: Verdict) -> None:
        """In time, or long after the turn was taken from it."""
        held = chosen(self.held, pick)
        if self.reads(held):
            self.answer(held, verdict)

    @precondition(lambda self: self.held)
    @rule(
        pick=picks,
        dice=st.sampled_from([0, 0.5, 0.99]),
        asked=st.sampled_from([None, 20.0, 5000.0]),
        ours=st.booleans(),
    )
    def an_attempt_fails(self, pick: int, dice: float, asked: float | None, ours: bool) -> None:
        """The model, or our own code. The model's failure at the last attempt is told at once."""
        held = chosen(self.held, pick)
        if not self.reads(held):
            return
        pause = decide.retry(self.house.policy, held.claimed.attempt, dice, asked)
        if pause is None and not ours:
            self.answer(held, FALLBACK)
        else:
            self.give_up(held, "failed", pause or timedelta(0))

    @precondition(lambda self: self.held)
    @rule(pick=picks)
    def a_worker_is_told_to_stop(self, pick: int) -> None:
        self.give_up(chosen(self.held, pick), "returned", timedelta(0))

    @precondition(lambda self: self.employed())
    @rule(pick=picks)
    def a_worker_is_killed(self, pick: int) -> None:
        worker = chosen(self.employed(), pick)
        self.dies(worker)
        self.held = [held for held in self.held if held.worker != worker]

    @precondition(lambda self: self.employed())
    @rule(
        pick=picks,
        then=st.sampled_from(["nothing", "rescue", "message", "claim"]),
        answers=st.booleans(),
    )
    def a_worker_is_thought_dead(self, pick: int, then: str, answers: bool) -> None:
        """Its session is lost; it works on all the same, while others may go on with what it had."""
        worker = chosen(self.employed(), pick)
        late = next(held for held in self.held if held.worker == worker)
        self.dies(worker)
        if then != "nothing":
            self.upkeep_comes_round(rescues=True, sweeps=False)
        if then == "message":
            self.a_customer_writes("normal", False, False)
        if then == "claim" and self.seen.wakes:
            self.a_wake_up_comes_in_time(-1, pick, True)
        if answers and late in self.held and self.reads(late):
            self.answer(late, ANSWER)

    @precondition(lambda self: self.held)
    @rule(pick=picks)
    def a_worker_renews_its_leases(self, pick: int) -> None:
        """It learns what it has lost, and stops that."""
        worker = chosen(self.held, pick).worker
        mine = [held for held in self.held if held.worker == worker]
        with self.step("renew") as before:
            lost = self.house.renew(worker.no, [held.claimed for held in mine])
        for held in mine:
            if held.claimed.fence in lost:
                self.held.remove(held)
            else:
                assert self.has(before, held), "a worker does not learn what it has lost"

    @precondition(lambda self: self.seen.live())
    @rule(rescues=st.booleans(), sweeps=st.booleans())
    def upkeep_comes_round(self, rescues: bool, sweeps: bool) -> None:
        if rescues:
            self.rescue()
        if sweeps:
            self.sweep()

    # People

    @precondition(lambda self: self.open_conversations())
    @rule(
        what=st.sampled_from(["cancels", "takes over", "writes", "closes", "switches it off"]),
        pick=picks,
        answers=st.booleans(),
    )
    def a_person(self, what: str, pick: int, answers: bool) -> None:
        """What a worker has at that moment may be ready a moment later."""
        conversation_id = self.open_conversations()[0]
        live = self.seen.live(conversation_id)
        with self.step(what):
            if what == "cancels" and live:
                self.house.cancel(chosen(live, pick).turn.turn_id)
            elif what == "takes over":
                self.house.take(conversation_id)
            elif what == "writes":
                self.house.agent_writes()
            elif what == "closes":
                self.house.close(conversation_id)
            elif what == "switches it off":
                self.house.switch(conversation_id, False)
        if answers and self.held:
            self.a_worker_answers(pick, ANSWER)

    @precondition(lambda self: self.seen.letters)
    @rule(pick=picks)
    def a_person_replays_a_failed_turn(self, pick: int) -> None:
        turn_id = chosen(sorted(self.seen.letters), pick)
        with self.step("replays") as before:
            done = self.house.replay(turn_id)
            if done:
                self.history.replayed.add(turn_id)
        conversation = before.conversations[before.turns[turn_id].conversation_id]
        assert done == (conversation.charge not in ("agent", "closed") and conversation.ai_enabled)
        assert done or before.turns == self.seen.turns

    @precondition(lambda self: not self.attended())
    @rule()
    def the_bot_is_put_in_charge_again(self) -> None:
        """Wake-ups that came while it was switched off found nothing to do; the sweeper sends others."""
        conversation_id = self.open_conversations()[0]
        if self.seen.conversations[conversation_id].ai_enabled:
            with self.step("releases"):
                self.house.release(conversation_id)
        else:
            with self.step("switches it on"):
                self.house.switch(conversation_id, True)
                self.history.lost.add(conversation_id)

    # Time

    @precondition(lambda self: self.seen.live())
    @rule(long=times)
    def time_passes(self, long: timedelta) -> None:
        with self.step("time"):
            self.house.pass_time(long)

    def teardown(self) -> None:
        if not hasattr(self, "house"):
            return
        try:
            if self.whole:  # however it came to this
                self.settle()
        finally:
            self.house.leave()
