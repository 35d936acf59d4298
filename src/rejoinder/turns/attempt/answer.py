"""One claimed turn becomes one answer."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import asynccontextmanager, contextmanager
from dataclasses import dataclass, replace
from time import monotonic

from rejoinder.actions.collect import Got
from rejoinder.bots.known import Bots
from rejoinder.bots.policies import Ask
from rejoinder.bots.voice.known import Voices
from rejoinder.db import Database
from rejoinder.errors import ModelError, ModelTransient
from rejoinder.guard.redact import Redaction
from rejoinder.knowledge import Found, search
from rejoinder.knowledge.searching.meaning import Meaning
from rejoinder.live.preview import Previews, Tell
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.llm.model import Attachment
from rejoinder.media.look import Viewer
from rejoinder.telemetry.logs import log
from rejoinder.turns.answering.judging.explain import Course, explain
from rejoinder.turns.answering.judging.judge import Judged, of_an_answer, stopped, without_a_model
from rejoinder.turns.answering.look import look
from rejoinder.turns.answering.make import make
from rejoinder.turns.answering.model import Window
from rejoinder.turns.answering.read import read
from rejoinder.turns.answering.settle import First, settle
from rejoinder.turns.answering.understand import understand
from rejoinder.turns.attempt.commit import Committed, commit
from rejoinder.turns.model import Claimed, Verdict
from rejoinder.turns.summary.decide import due
from rejoinder.usage.budgets import Budgets
from rejoinder.usage.model import Call

STREAMING = frozenset({"widget", "rest"})
"""Channels whose readers watch a conversation's events."""


@dataclass(frozen=True, slots=True)
class Means:
    """What a worker answers with. `timeout` is seconds a model call; without a `viewer` no file is looked at.

    `meaning` searches by meaning, `budgets` say what may still be spent, `previews` show what is being written.
    """

    db: Database
    bots: Bots
    voices: Voices
    models: Chains
    budgets: Budgets
    meaning: Meaning
    timeout: float
    viewer: Viewer | None = None
    previews: Previews | None = None


@dataclass(frozen=True, slots=True)
class Asked:
    """Whom this turn asks (`answering.make.Asking`)."""

    chain: Chain
    ask: Ask
    timeout: float
    record: Callable[[Call], None]
    on_text: Callable[[str], None] | None = None


async def answer(means: Means, claimed: Claimed, calls: list[Call]) -> Committed:
    """Read, understand, settle or make, judge, commit.

    `calls` collects every call to a model as it ends, so that they can be booked whatever becomes of the turn.
    Raises LostTurn when the turn was taken away, ModelTransient when the model failed and another attempt may help.
    """
    begun = monotonic()
    bot = await means.bots.get(claimed.workspace_id, claimed.bot_id)
    voice = await means.voices.get(claimed.workspace_id, claimed.bot_id)
    async with means.db.read(claimed.workspace_id) as connection:
        window = await read(connection, claimed, bot, voice)
    course = Course(window, understand(window))
    course.times["read"] = monotonic() - begun
    attachments: tuple[Attachment, ...] = ()
    if window.has_files:  # what is heard in a recording is understood and searched for too
        window, attachments = await see(means, claimed, window)
        course = replace(course, window=window, understood=understand(window))
    found = settle(window, course.understood, claimed.turn_id)
    if found.settled is not None:
        course.settled = found.settled
        judged = without_a_model(window, course.understood, found, found.settled)
    else:
        judged = await ask(means, claimed, course, found, attachments, calls)
    course.times["answer"] = monotonic() - begun
    verdict = replace(
        judged.verdict,
        seconds=monotonic() - begun,
        resources=window.resources,
        explanation=explain(course, judged, calls),
        summary_due=bot.settings.speak.summarise
        and course.made is not None
        and course.made.provider != "local"  # which writes none
        and due(window.unsummarised, bot.history_messages),
    )
    committed = await commit(means.db, claimed, verdict, calls, window.asked[-1].message_id)
    means.budgets.booked(claimed.workspace_id, claimed.contact_id, calls)
    return committed


async def ask(
    means: Means,
    claimed: Claimed,
    course: Course,
    found: First,
    attachments: tuple[Attachment, ...],
    calls: list[Call],
) -> Judged:
    """Ask the bot's models within its budget; where they can't answer, its fallback text goes out and a person is told.

    Raises ModelTransient instead, where it may pass and this is not the last attempt.
    """
    window, understood = course.window, course.understood
    settings = window.bot.settings
    chain = await means.models.of(settings.ask)
    budget = await means.budgets.look(
        claimed.workspace_id,
        bot_id=claimed.bot_id,
        spend=settings.spend,
        contact_id=claimed.contact_id,
    )
    if budget.state != "within":
        course.budget = budget.why
        if budget.state == "stop":
            return stopped(window, understood, found, budget.why)
        chain = await means.models.named(settings.spend.downgrade_to)
    with timed(course, "search"):
        pieces = await retrieve(means, claimed, window, calls.append)
    try:
        async with showing(means, claimed, window) as on_text:
            asking = Asked(chain, settings.ask, means.timeout, calls.append, on_text)
            with timed(course, "model"):
                made = await make(asking, window, understood, pieces, claimed.platform, attachments)
    except ModelError as failed:
        if isinstance(failed, ModelTransient) and claimed.attempt < claimed.policy.max_attempts:
            raise
        return Judged(_failed(window, found, chain, failed), understood.local)
    course.made = made
    return of_an_answer(window, understood, found, made)


async def retrieve(
    means: Means, claimed: Claimed, window: Window, record: Callable[[Call], None]
) -> list[Found]:
    """What the knowledge base has on the unanswered messages."""
    know, asked = window.bot.settings.know, "\n".join(window.texts)
    if not asked.strip():
        return []
    meant = await means.meaning.of(Redaction(window.bot.settings.check.redact).hide(asked), record)
    async with means.db.read(claimed.workspace_id) as connection:
        return await search(
            connection,
            asked,
            bot_id=claimed.bot_id,
            limit=know.top,
            vector=meant.vector if meant else None,
            model=meant.model if meant else None,
            languages=know.languages,
            min_score=know.min_score,
        )


@asynccontextmanager
async def showing(means: Means, claimed: Claimed, window: Window) -> AsyncIterator[Tell | None]:
    """What shows the answer while it is made, where the channel can, the bot wishes and nobody waits for the reply.

    Who waits looks at their request and at no events, and a stream costs a twentieth of our own time a turn.
    """
    settings, waited = window.bot.settings, any(each.waited for each in window.asked)
    wished = settings.ask.stream and window.mode == "answer" and not waited
    if means.previews is None or not wished or claimed.platform not in STREAMING:
        yield None
        return
    async with means.previews.of(claimed.conversation_id, claimed.turn_id, claimed.fence) as tell:
        yield tell


async def see(
    means: Means, claimed: Claimed, window: Window
) -> tuple[Window, tuple[Attachment, ...]]:
    """The window with what is heard in its recordings, and the files a model is shown."""
    if means.viewer is None:
        return window, ()
    chain = await means.models.of(window.bot.settings.ask)
    asked, files = await look(means.viewer, claimed.workspace_id, window.asked, chain.takes)
    return replace(window, asked=asked), files


def _failed(window: Window, found: First, chain: Chain, failed: ModelError) -> Verdict:
    # Not what the provider said: it may quote the customer. The turn's row and the ledger hold that.
    log.warning(
        "model_failed",
        code=failed.code,
        mend=failed.mend,
        provider=chain.first.system,
        model=chain.first.model_name,
    )
    return Verdict(
        "failed",
        replies=(window.bot.fallback_text,),
        decision="hand_off",
        reason="the model failed",
        provider=chain.first.system,
        model=chain.first.model_name,
        error=str(failed),
        draft=window.mode == "draft",
        collected=found.collected if isinstance(found.collected, Got) else None,
    )


@contextmanager
def timed(course: Course, step: str) -> Iterator[None]:
    """Note how long a step took."""
    begun = monotonic()
    try:
        yield
    finally:
        course.times[step] = monotonic() - begun
