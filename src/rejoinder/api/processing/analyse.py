"""A message is read for what it wants or how it sounds; nobody is answered."""

from __future__ import annotations

from dataclasses import replace
from uuid import UUID

from pydantic import JsonValue

from rejoinder.api.processing.model import Means, ProcessingView
from rejoinder.conversations import store as records
from rejoinder.conversations.model import Conversation, Message
from rejoinder.db import Batch, Database
from rejoinder.errors import ModelError
from rejoinder.guard.redact import KINDS, Redaction
from rejoinder.usage import store as ledger
from rejoinder.usage.model import Call

_FAILED = {
    "intent_analysis": "Intent analysis failed",
    "sentiment_analysis": "Sentiment analysis failed",
}
_HISTORY = 20  # what a bot reads unless it is told otherwise


async def analysed(
    means: Means, workspace_id: UUID, conversation: Conversation, message: Message, what: str
) -> ProcessingView:
    """What was understood, which the message's record keeps, and the ledger what it took.

    Raises Conflict where this server has no model; a model that fails is told as the view's error.
    """
    chain = await means.models()
    # With it comes pydantic-ai, 2 s of CPU at the first import, which whoever has models has paid for already.
    from rejoinder.llm.calling.analyse import analyse
    from rejoinder.llm.model import Line

    async with means.db.read(workspace_id) as read:
        earlier = await records.before(read, message.conversation_id, message.seq, _HISTORY)
    calls: list[Call] = []
    personal = Redaction(KINDS)
    try:
        said = await analyse(
            chain,
            personal.hide(_said(message)),
            [
                Line(
                    "customer" if each.direction == "inbound" else "business",
                    personal.hide(_said(each)),
                )
                for each in earlier
            ],
            "intent_analysis" if what == "intent_analysis" else "sentiment_analysis",
            timeout=means.timeout,
            record=calls.append,
        )
    except ModelError as failed:
        await _book(means.db, workspace_id, conversation, message, calls, None)
        return ProcessingView(success=False, error=f"{_FAILED[what]}: {failed.detail}")
    named = said.understanding.entities
    found = tuple(replace(each, value=personal.show(each.value)) for each in named)
    told = replace(said.understanding, entities=found).told()
    await _book(means.db, workspace_id, conversation, message, calls, told)
    wanted = ("intent", "entities") if what == "intent_analysis" else ("sentiment",)
    return ProcessingView.model_validate(
        {
            "success": True,
            **{key: told[key] for key in wanted},
            "confidence": told["confidence"] or 0.0,
            "response_metadata": {"provider": said.provider, "model": said.model},
        }
    )


def _said(message: Message) -> str:
    return message.text or f"[{message.kind}]"


async def _book(
    db: Database,
    workspace_id: UUID,
    conversation: Conversation,
    message: Message,
    calls: list[Call],
    told: dict[str, JsonValue] | None,
) -> None:
    """What the calls took, and what was understood, in one step."""
    async with db.transaction(workspace_id) as tx:
        batch = Batch(tx)
        ledger.record(
            batch,
            contact_id=conversation.contact_id,
            message_id=message.message_id,
            turn_id=message.turn_id,
            calls=calls,
        )
        if told is not None:
            confidence = told["confidence"]
            records.classify(
                batch,
                message.message_id,
                confidence if isinstance(confidence, float) else None,
                told,
            )
        await batch.send()
