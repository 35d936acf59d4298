"""Contacts: who a customer is, by all their names, and what they agreed to."""

from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from rejoinder.api.channel_bodies import Body
from rejoinder.conversations.contacts import store
from rejoinder.conversations.contacts.model import Wish
from rejoinder.db import Batch, Database, Read, retry_busy
from rejoinder.errors import Invalid, NotFound
from rejoinder.inbound.callers import needs
from rejoinder.inbound.wishes import silence
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens


class NameView(BaseModel):
    """One name of a contact; `channel_id` is null for one that is known in all channels, a phone number for instance.

    `unreachable_at` is since when the customer blocks us there.
    """

    kind: str
    value: str
    channel_id: UUID | None
    seen_at: datetime
    unreachable_at: datetime | None


class ConsentView(BaseModel):
    """A wish for no more messages, or for messages again, in whose words it came."""

    change: Wish
    words: str
    channel_id: UUID
    message_id: UUID | None
    created_at: datetime


class ContactView(BaseModel):
    """A customer. Where `merged_into` stands, that contact is the same person and has everything."""

    contact_id: UUID
    display_name: str | None
    opted_out_at: datetime | None
    merged_into: UUID | None
    created_at: datetime
    identities: list[NameView]
    consents: list[ConsentView]
    conversations: list[UUID]


class WishBody(Body):
    """What a customer told you elsewhere."""

    change: Literal["opt_out", "opt_in"]
    channel_id: UUID
    words: Annotated[str, Field(min_length=1, max_length=1000, pattern=r"\S")]


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Look a contact up; note what they wish."""
    router = APIRouter(prefix="/api/v1/contacts", tags=["contacts"])
    Operator = Annotated[Caller, Depends(needs(tokens, "operate"))]  # noqa: N806 - a type

    @router.get("/{contact_id}")
    async def get_contact(contact_id: UUID, caller: Operator) -> ContactView:
        """One contact with all names, wishes and conversations."""
        async with db.read(caller.workspace_id) as read:
            return await _view(read, contact_id)

    @router.post("/{contact_id}/consents", status_code=201)
    async def note_wish(contact_id: UUID, body: WishBody, caller: Operator) -> ContactView:
        """Note a wish that came another way. It counts at once in all channels; nothing is sent to confirm it."""
        return await retry_busy(lambda: _noted(db, caller, contact_id, body))

    return router


async def _noted(db: Database, caller: Caller, contact_id: UUID, body: WishBody) -> ContactView:
    async with db.transaction(caller.workspace_id) as tx:
        await store.lock(tx, contact_id)
        found = await _view(tx, contact_id)
        if found.merged_into is not None:
            raise Invalid(
                f"This contact is the same person as {found.merged_into}, who has everything now.",
                mend=f"Send it to /api/v1/contacts/{found.merged_into}/consents.",
            )
        if not await store.has_channel(tx, body.channel_id):
            raise Invalid(
                f"This workspace has no channel {body.channel_id}.",
                mend="GET /api/v1/channels lists them.",
                where="channel_id",
            )
        if body.change == "opt_out":
            await silence(tx, contact_id)
        batch = Batch(tx)
        store.wish(batch, contact_id, body.channel_id, body.change, body.words, None)
        await batch.send()
        return await _view(tx, contact_id)


async def _view(read: Read, contact_id: UUID) -> ContactView:
    found = await store.contact(read, contact_id)
    if found is None:
        raise NotFound(
            f"There is no contact {contact_id} in this workspace.",
            mend="A conversation names its contact: GET /api/v1/conversations/{id}.",
        )
    names = await store.names(read, contact_id)
    consents = await store.consents(read, contact_id)
    return ContactView(
        contact_id=found.contact_id,
        display_name=found.display_name,
        opted_out_at=found.opted_out_at,
        merged_into=found.merged_into,
        created_at=found.created_at,
        identities=[NameView.model_validate(each, from_attributes=True) for each in names],
        consents=[ConsentView.model_validate(each, from_attributes=True) for each in consents],
        conversations=await store.conversations(read, contact_id),
    )
