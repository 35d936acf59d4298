"""One claimed turn becomes one answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from time import monotonic

from rejoinder.bots.known import Bots
from rejoinder.bots.model import Bot
from rejoinder.db import Database, Read
from rejoinder.errors import ModelError, ModelTransient, NothingAsked
from rejoinder.knowledge.model import Found
from rejoinder.knowledge.search import search
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.generate import Generated, generate
from rejoinder.llm.model import Attachment, Prompt
from rejoinder.media.look import Viewer
from rejoinder.telemetry.logs import log
from rejoinder.turns.attempt import store
from rejoinder.turns.attempt.commit import Committed, commit
from rejoinder.turns.attempt.look import look
from rejoinder.turns.attempt.prompt import compose
from rejoinder.turns.model import Asked, Claimed, Verdict
from rejoinder.usage.model import Call


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker answers with. `timeout` is seconds a model call; without a `viewer` no file is looked at."""

    db: Database
    bots: Bots
    models: Chain
    timeout: float
    viewer: Viewer | None = None


@dataclass(frozen=True, slots=True)
class Window:
    """What is known when a turn is answered: the bot, the unanswered messages, and what came before them."""

    bot: Bot
    asked: tuple[Asked, ...]
    history: tuple[Asked, ...]

    @property
    def has_files(self) -> bool:
        """Whether an unanswered message came with a file; nothing more than its content is asked for that."""
        return any(message.files for message in self.asked)


async def answer(means: Means, claimed: Claimed, calls: list[Call]) -> Committed:
    """Read, retrieve, generate, decide, commit.

    `calls` collects every call to a model as it ends, so that they can be booked whatever becomes of the turn.
    Raises LostTurn when the turn was taken away, ModelTransient when the model failed and another attempt may help.
    """
    begun = monotonic()
    bot = await means.bots.get(claimed.workspace_id, claimed.bot_id)
    async with means.db.read(claimed.workspace_id) as connection:
        window = await read(connection, claimed, bot)
        found = [] if window.has_files else await retrieve(connection, window)
    files: tuple[Attachment, ...] = ()
    if window.has_files:  # what is heard in a recording is searched for too
        window, files = await see(means, claimed, window)
        async with means.db.read(claimed.workspace_id) as connection:
            found = await retrieve(connection, window)
    resources = next((each.resources for each in reversed(window.asked) if each.resources), None)
    prompt = compose(window.bot, window.history, window.asked, found, resources, files)
    last = claimed.attempt >= claimed.policy.max_attempts
    verdict = await decide(means, window.bot, prompt, calls.append, last=last)
    verdict = replace(verdict, seconds=monotonic() - begun, resources=resources)
    return await commit(means.db, claimed, verdict, calls, window.asked[-1].message_id)


async def read(connection: Read, claimed: Claimed, bot: Bot) -> Window:
    """The window: inside a turn messages are read by platform time, before it by seq. Raises NothingAsked."""
    messages = await store.window(connection, claimed, bot.history_messages)
    asked = tuple(
        sorted(
            (message for message in messages if message.turn_id == claimed.turn_id),
            key=lambda message: (message.platform_time, message.seq),
        )
    )
    if not asked:
        raise NothingAsked("The turn is not this worker's any more, or it has no messages left.")
    return Window(bot, asked, _history(messages, claimed, max(message.seq for message in asked)))


def _history(messages: list[Asked], claimed: Claimed, newest: int) -> tuple[Asked, ...]:
    # A customer's message newer than the turn's is the next turn's business; a reply to the turn before may well have
    # come after this turn's first message.
    earlier = (
        message
        for message in messages
        if message.turn_id != claimed.turn_id
        and (message.sender_type != "customer" or message.seq < newest)
    )
    return tuple(sorted(earlier, key=lambda message: message.seq))


async def retrieve(connection: Read, window: Window) -> list[Found]:
    """What the knowledge base has on the unanswered messages."""
    return await search(
        connection, "\n".join(message.heard or message.text for message in window.asked)
    )


async def see(
    means: Means, claimed: Claimed, window: Window
) -> tuple[Window, tuple[Attachment, ...]]:
    """The window with what is heard in its recordings, and the files a model is shown."""
    if means.viewer is None:
        return window, ()
    takes = means.models.takes
    asked, files = await look(means.viewer, claimed.workspace_id, window.asked, takes)
    return replace(window, asked=asked), files


async def decide(
    means: Means, bot: Bot, prompt: Prompt, record: Callable[[Call], None], *, last: bool
) -> Verdict:
    """Ask the model; if it can't, the bot's fallback text goes out and a person is called.

    Raises ModelTransient instead, where it may pass and this is not the `last` attempt.
    """
    preferred = means.models.first
    try:
        generated = await generate(means.models, prompt, timeout=means.timeout, record=record)
    except ModelError as failed:
        # Not what the provider said: it may quote the customer. The turn's row and the ledger hold that.
        log.warning(
            "model_failed",
            code=failed.code,
            mend=failed.mend,
            provider=preferred.system,
            model=preferred.model_name,
        )
        if isinstance(failed, ModelTransient) and not last:
            raise
        return Verdict(
            "failed",
            replies=(bot.fallback_text,),
            decision="hand_off",
            reason="the model failed",
            provider=preferred.system,
            model=preferred.model_name,
            error=str(failed),
        )
    return verdict(generated)


def verdict(generated: Generated) -> Verdict:
    """What the model's answer means for the turn."""
    answer = generated.answer
    reply = answer.reply.replace("\x00", "").strip()
    return Verdict(
        "handed_off" if answer.decision == "hand_off" else "committed",
        replies=(reply,) if reply and answer.decision != "silent" else (),
        decision=answer.decision,
        reason=answer.reason,
        provider=generated.provider,
        model=generated.model,
        understanding=answer.understanding,
    )
