"""What must hold whatever happens: of all that is stored at one moment, and of each step to the next."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from uuid import UUID

from rejoinder.turns.model import Policy
from tests.turns.machine.model import MOMENT, Seen, SeenMessage, SeenTurn

PEOPLE = ("handed_off", "failed")


@dataclass(slots=True)
class History:
    """What the rows don't tell: kept by the machine, from what it did and saw."""

    place: dict[UUID, int] = field(default_factory=dict)
    """Of each message: its place in the order of asking. One that is asked again goes to the end."""
    again: set[UUID] = field(default_factory=set)
    """Messages asked again: a person handed them to the bot."""
    interrupted: Counter[UUID] = field(default_factory=Counter)
    """How often an answer to the message was broken off because another message came."""
    unattended: set[UUID] = field(default_factory=set)
    """Messages that came while the bot was not in charge."""
    replayed: set[UUID] = field(default_factory=set)
    """Failed turns whose messages a person handed to the bot again."""
    changed: UUID | None = None
    """The message that its customer has just changed or taken back."""
    lost: set[UUID] = field(default_factory=set)
    """Conversations of which a wake-up was lost."""

    def ask(self, message_id: UUID) -> None:
        """The message goes to the end of the order."""
        self.place[message_id] = max(self.place.values(), default=0) + 1


def always(seen: Seen, policy: Policy, history: History) -> None:
    """What holds at every moment."""
    for conversation_id, conversation in seen.conversations.items():
        states = Counter(turn.turn.state for turn in seen.live(conversation_id))
        assert states["waiting"] <= 1, "two waiting turns"
        assert states["running"] <= 1, "two running turns"
        if policy.loop_turns:
            assert conversation.loop_count <= policy.loop_turns, "a loop goes on"
        if conversation.charge != "bot":
            assert not states, "the bot works on what is a person's"
        if conversation.charge in ("agent", "closed"):
            assert not conversation.unsent, "the bot talks over a person"
    failed = {turn_id for turn_id, turn in seen.turns.items() if turn.turn.state == "failed"}
    assert seen.letters == failed - history.replayed, "a failed turn is not with the dead letters"
    for message in seen.messages.values():
        _has_one_place(seen, history, message)
    for turn in seen.live():
        _is_well_kept(seen, policy, history, turn)
        if turn.turn.state == "waiting":
            _is_woken(seen, history, turn)


def _has_one_place(seen: Seen, history: History, message: SeenMessage) -> None:
    if message.turn_id is None:
        assert message.message_id in history.unattended, "a message that nobody answers"
    else:
        state = seen.turns[message.turn_id].turn.state
        assert state != "superseded", "a message was left behind in a superseded turn"


def _is_well_kept(seen: Seen, policy: Policy, history: History, found: SeenTurn) -> None:
    turn, messages = found.turn, seen.of(found.turn.turn_id)
    assert messages, "a live turn without a message"
    assert turn.attempt <= policy.max_attempts
    assert turn.interrupts <= policy.max_interrupts, "interrupted without bound"
    assert turn.first_unanswered_at <= turn.opened_at + MOMENT or turn.attempt
    if turn.state == "waiting" and not turn.attempt:
        assert turn.due_at <= max(turn.opened_at + policy.max_wait, seen.now) + MOMENT
    if not messages & history.again:
        first = min(seen.messages[message_id].received_at for message_id in messages)
        assert abs(turn.first_unanswered_at - first) <= MOMENT


def _is_woken(seen: Seen, history: History, found: SeenTurn) -> None:
    """A waiting turn has a wake-up, in time and as urgent as it is; if that was lost, the sweeper will find it."""
    latest = max(found.turn.due_at, seen.now)
    assert found.woken_at <= latest + MOMENT, "the sweeper would not find it"
    if not seen.answers(found):
        return  # nobody may answer it until a person says so
    if any(turn.turn.state == "running" for turn in seen.live(found.conversation_id)):
        return  # whatever ends the running one wakes it
    woken = any(
        wake.conversation_id == found.conversation_id
        and wake.at <= latest + MOMENT
        and wake.priority >= found.turn.priority
        for wake in seen.wakes
    )
    if woken:
        history.lost.discard(found.conversation_id)
    assert woken or found.conversation_id in history.lost, "a waiting turn without a wake-up"


def forward(before: Seen, after: Seen, policy: Policy, history: History, step: str) -> None:
    """What holds of each step. `step` is what was done."""
    assert before.messages.keys() <= after.messages.keys(), "a message vanished"
    assert before.turns.keys() <= after.turns.keys(), "a turn vanished"
    for turn_id, was in before.turns.items():
        now = after.turns[turn_id]
        if was.live and not now.live:
            _ended(after, now, step)
        elif not was.live:
            assert (was.turn.state, was.replies) == (now.turn.state, now.replies), "it ended twice"
        if now.turn.state != "committed" or was.turn.state == "committed":
            assert now.replies == was.replies or now.turn.state in PEOPLE
    for message_id, message in before.messages.items():
        if message.turn_id != after.messages[message_id].turn_id:
            _moved(before, after, policy, history, message, step)


def _ended(after: Seen, turn: SeenTurn, step: str) -> None:
    state = turn.turn.state
    if state == "committed":
        assert step == "commit"
    if state == "cancelled":
        assert step in ("cancels", "closes", "takes back"), "cancelled by nobody"
    if state in PEOPLE:
        charge = after.conversations[turn.conversation_id].charge
        assert charge in ("waiting", "agent"), "nobody was told"
    if state == "superseded":
        assert turn.merged_into is not None
        assert not after.of(turn.turn.turn_id), "it was superseded without its messages"


def _moved(
    before: Seen,
    after: Seen,
    policy: Policy,
    history: History,
    was: SeenMessage,
    step: str,
) -> None:
    """A message changes its turn only when that was superseded, when its customer changes it, or when a person hands it
    to the bot.
    """
    if was.message_id == history.changed:
        assert step in ("edits", "takes back")
        return
    left = after.turns[was.turn_id] if was.turn_id else None
    now_in = after.messages[was.message_id].turn_id
    if left is None or step in ("releases", "replays"):
        assert step in ("releases", "replays"), "a message that was a person's is answered"
        assert left is None or left.turn.state in PEOPLE or left.withheld, "it was answered before"
        history.unattended.discard(was.message_id)
        history.interrupted.pop(was.message_id, None)
        history.again.add(was.message_id)
        history.ask(was.message_id)
        return
    assert left.turn.state == "superseded", f"taken from a turn that is {left.turn.state}"
    assert left.merged_into == now_in
    if step in ("message", "edits", "takes back"):
        history.interrupted[was.message_id] += 1
        assert history.interrupted[was.message_id] <= policy.max_interrupts
        if was.message_id not in history.again:
            assert before.now - was.received_at < policy.interrupt_for
