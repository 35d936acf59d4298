"""One conversation is summarised: what is older than half the window, by the bot's own models."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from uuid import UUID

from rejoinder.bots.known import Bots
from rejoinder.bots.model import Bot
from rejoinder.db import AWAY, BUSY, Database, retry_away
from rejoinder.errors import ModelError, ModelTransient, Unavailable
from rejoinder.guard.redact import Redaction
from rejoinder.llm.calling.ask import ask
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.calling.parameters import Terms
from rejoinder.llm.chains import Chains
from rejoinder.llm.form.understanding import storable
from rejoinder.llm.model import Line, Prompt
from rejoinder.telemetry.logs import log
from rejoinder.turns.attempt.book import measure
from rejoinder.turns.prompt.budget import middle_out
from rejoinder.turns.summary import store
from rejoinder.turns.summary.decide import AT_ONCE, kept, older
from rejoinder.turns.summary.store import Said, Summarised
from rejoinder.usage import store as ledger
from rejoinder.usage.budgets import Budgets
from rejoinder.usage.model import Call

LONGEST = 3_000
"""Characters of a summary: the rules ask for 150 words."""

_LONGEST_LINE = 2_000
_PATIENCE_S = 60.0  # as for an answer's calls: they cost money
_INSTRUCTIONS = (
    "You keep the notes of a chat between a customer and a business, for whoever answers next."
)
_NO_NOTES = frozenset({"local", "service"})
"""What can't write notes: the small program, and a service that answers in its own form."""

_THOUGHTS = re.compile(r"\A\s*<think>.*?(?:</think>|\Z)", re.DOTALL)


@dataclass(frozen=True, slots=True)
class Means:
    """What a summary is made with. `timeout` is seconds a model call."""

    db: Database
    bots: Bots
    chains: Chains
    budgets: Budgets
    timeout: float


async def summarise(means: Means, workspace_id: UUID, conversation_id: UUID) -> bool:
    """Summarise what is due; True when more is left than one call reads.

    Nothing is due while all messages are in the window, for a bot that wants no summary or has no model which writes
    notes, nor while a budget is spent: what is left of it is for answers. A model that fails leaves everything as it
    was. Raises Unavailable, and what AWAY and BUSY name.
    """
    async with means.db.read(workspace_id) as read:
        found = await store.summarised(read, conversation_id)
        if found is None:
            return False
        bot = await means.bots.get(workspace_id, found.bot_id)
        limit = AT_ONCE + kept(bot.history_messages)
        said = await store.after(read, conversation_id, found.seq, limit)
    lines = older(said, bot.history_messages)
    if not lines or not bot.settings.speak.summarise:
        return False
    chain = writers(await means.chains.of(bot.settings.ask))
    if chain is None or not await _affordable(means, workspace_id, bot, found.contact_id):
        return False
    calls: list[Call] = []
    try:
        summary = await _written(means, chain, bot, found, lines, calls)
    except ModelError as failed:
        log.warning("summary_failed", conversation_id=str(conversation_id), code=failed.code)
        return False
    finally:
        measure(calls)
        await _book(means, workspace_id, found.contact_id, calls)
    async with means.db.statement(workspace_id) as tx:
        stored = await store.keep(tx, conversation_id, summary, lines[-1].seq, found.seq)
    return stored and len(said) == limit


def writers(chain: Chain) -> Chain | None:
    """Those of the models that can write notes, None where none can."""
    able = [model for model in chain.models if model.system not in _NO_NOTES]
    if len(able) == len(chain.models):
        return chain
    return Chain(able, breakers=chain.breakers, limits=chain.limits) if able else None


def prompt(summary: str, lines: Sequence[Said]) -> Prompt:
    """The notes so far and what was said since."""
    return Prompt(
        instructions=_INSTRUCTIONS,
        passages=(),
        history=tuple(
            Line(
                "customer" if line.sender_type == "customer" else "business",
                middle_out(line.text or f"[{line.kind}]", _LONGEST_LINE),
            )
            for line in lines
        ),
        asked=(),
        purpose="summarise",
        summary=summary,
    )


def notes(text: str) -> str:
    """The notes in a model's text. Raises ModelTransient for none, or an object in place of them."""
    found = storable(_THOUGHTS.sub("", text)).strip()
    if not found or found.startswith("{"):
        raise ModelTransient(
            "The model wrote no notes.", mend="Try another model if this happens often."
        )
    return found[:LONGEST]


async def _written(
    means: Means,
    chain: Chain,
    bot: Bot,
    found: Summarised,
    lines: Sequence[Said],
    calls: list[Call],
) -> str:
    redaction = Redaction(bot.settings.check.redact)
    # Before anything is cut: half a number is known for none.
    hidden = [replace(line, text=redaction.hide(line.text)) for line in lines]
    # The bot's bound of tokens is for its replies.
    wishes = bot.settings.ask.model_copy(update={"max_tokens": None, "stream": False})
    said = await ask(
        chain,
        prompt(redaction.hide(found.summary), hidden),
        notes,
        timeout=means.timeout,
        record=calls.append,
        terms=Terms(wishes, bot.bot_id, "summarise"),
    )
    return redaction.show(said.read)[:LONGEST]


async def _affordable(means: Means, workspace_id: UUID, bot: Bot, contact_id: UUID) -> bool:
    verdict = await means.budgets.look(
        workspace_id, bot_id=bot.bot_id, spend=bot.settings.spend, contact_id=contact_id
    )
    return verdict.state == "within"


async def _book(means: Means, workspace_id: UUID, contact_id: UUID, calls: Sequence[Call]) -> None:
    if not calls:
        return

    async def once() -> None:
        async with means.db.statement(workspace_id) as tx:
            await ledger.book(tx, contact_id=contact_id, turn_id=None, calls=calls)

    try:
        await retry_away(once, _PATIENCE_S)
    except (*AWAY, *BUSY, Unavailable) as away:
        log.warning("calls_not_booked", contact_id=str(contact_id), error=str(away))
    else:
        means.budgets.booked(workspace_id, contact_id, calls, answered=False)
