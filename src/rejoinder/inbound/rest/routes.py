"""`POST /api/v1/messages`: the REST channel's way in."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query, Response

from rejoinder.bots.known import Channels
from rejoinder.db import Database
from rejoinder.errors import Unavailable
from rejoinder.inbound.model import Incoming, Received
from rejoinder.inbound.receive import receive
from rejoinder.inbound.rest.body import MessageBody
from rejoinder.inbound.rest.callers import needs
from rejoinder.inbound.rest.view import OutcomeView
from rejoinder.inbound.rest.wait import at_first, await_outcome
from rejoinder.live.bus import Bus
from rejoinder.queue.priority import priority
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


def routes(db: Database, bus: Bus, tokens: Tokens, max_wait_seconds: float) -> APIRouter:
    """The REST channel's endpoint; `wait` is capped at `max_wait_seconds`."""
    router = APIRouter(prefix="/api/v1", tags=["messages"])
    channels = Channels(db)

    @router.post("/messages", status_code=202, responses={200: {"model": OutcomeView}})
    async def post_message(
        body: MessageBody,
        response: Response,
        caller: Annotated[Caller, Depends(needs(tokens, "ingest"))],
        wait: Annotated[
            float, Query(ge=0, le=600, description="Seconds to stay for the answer.")
        ] = 0,
    ) -> OutcomeView:
        """Hand a message in. 202 once it is stored; with `wait`, 200 and the outcome as soon as there is one."""
        channel = await channels.find(caller.workspace_id, "rest", body.channel_id)
        incoming = Incoming(
            channel_id=channel.channel_id,
            platform="rest",
            thread_key=body.conversation_id,
            external_id=body.message_id,
            sender_type="customer" if body.sender_type == "user" else body.sender_type,
            sender_id=body.sender_id or body.conversation_id,
            sender_name=body.sender_name,
            text=body.text or "\n".join(part.text for part in body.content or [] if part.text),
            content=[part.model_dump(exclude_none=True) for part in body.content or []],
            platform_time=body.timestamp,
            metadata=body.metadata,
            waits=wait > 0,
            priority=priority(body.urgency, channel.plan),
        )
        received = await receive(db, caller.workspace_id, incoming)
        if wait or received.duplicate:
            seconds = min(wait, max_wait_seconds)
            try:
                found = await await_outcome(
                    db,
                    bus,
                    caller.workspace_id,
                    received.conversation_id,
                    received.message_id,
                    seconds,
                    since=_asks_an_answer(received),
                )
            except Unavailable:  # the message is stored: the caller must not think otherwise
                found = at_first(received, incoming)
        else:
            found = at_first(received, incoming)
        response.status_code = 202 if found.status == "pending" else 200
        return OutcomeView.of(found)

    return router


def _asks_an_answer(received: Received) -> int | None:
    """The seq of a message whose turn has only been opened: its outcome can't be there yet."""
    return received.seq if received.turn_id and not received.duplicate else None
