"""Contacts: who a customer is, by all their names, and what they agreed to."""

from datetime import datetime
from typing import Annotated, Literal, cast
from uuid import UUID

from fastapi import APIRouter, Depends
from pydantic import AfterValidator, BaseModel, Field, JsonValue
from pydantic_core import to_json

from rejoinder.api.bodies import Body
from rejoinder.conversations.contacts import store
from rejoinder.conversations.contacts.model import Wish
from rejoinder.conversations.contacts.profile import store as profile
from rejoinder.db import Batch, Database, Read, Tx, retry_busy
from rejoinder.errors import Invalid, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.inbound.wishes import silence
from rejoinder.text.zones import zone
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
    attributes: dict[str, JsonValue]
    tags: list[str]
    language: str | None
    time_zone: str | None
    identities: list[NameView]
    consents: list[ConsentView]
    conversations: list[UUID]


def _zone(name: str) -> str:
    if zone(name) is None:
        raise ValueError("is no time zone of IANA's; write for instance Asia/Bangkok")
    return name


LARGEST = 32_768
"""Bytes of all attributes of a contact as JSON: models are told of them with each message."""


class ContactChange(Body):
    """What is known of a customer: what is left out stays, what is null goes, an attribute too; `tags` replaces all.

    All attributes together take 32 KiB as JSON at most.
    """

    display_name: Annotated[str | None, Field(min_length=1, max_length=255, pattern=r"\S")] = None
    attributes: Annotated[
        dict[Annotated[str, Field(min_length=1, max_length=100)], JsonValue] | None,
        Field(max_length=100),
    ] = None
    tags: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=100)]] | None, Field(max_length=50)
    ] = None
    language: Annotated[
        str | None, Field(pattern=r"^[a-z]{2}$", description="ISO 639-1: th, en, vi, pt, es, …")
    ] = None
    time_zone: (
        Annotated[str, Field(max_length=64, description="IANA's name."), AfterValidator(_zone)]
        | None
    ) = None

    def given(self) -> profile.Given:
        """What the caller named."""
        return cast("profile.Given", self.model_dump(exclude_unset=True))


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

    @router.patch("/{contact_id}")
    async def change_contact(
        contact_id: UUID, body: ContactChange, caller: Operator
    ) -> ContactView:
        """Write down what you know of a customer: bots are told of it, and rules for VIPs go by the tags."""

        async def once() -> ContactView:
            async with db.transaction(caller.workspace_id) as tx:
                await store.lock(tx, contact_id)
                await _mine(tx, contact_id)
                await profile.change(tx, contact_id, body.given())
                changed = await _view(tx, contact_id)
                _refuse_much(changed.attributes)
                return changed

        return await retry_busy(once)

    @router.post("/{contact_id}/consents", status_code=201)
    async def note_wish(contact_id: UUID, body: WishBody, caller: Operator) -> ContactView:
        """Note a wish that came another way. It counts at once in all channels; nothing is sent to confirm it."""
        return await retry_busy(lambda: _noted(db, caller, contact_id, body))

    return router


def _refuse_much(attributes: dict[str, JsonValue]) -> None:
    """Raise Invalid when that is more than anybody wants to be told."""
    size = len(to_json(attributes))
    if size > LARGEST:
        raise Invalid(
            f"The contact's attributes would take {size} bytes as JSON; {LARGEST} is the most.",
            mend="Send null for those that nobody needs, or keep them where they come from.",
            where="attributes",
        )


async def _noted(db: Database, caller: Caller, contact_id: UUID, body: WishBody) -> ContactView:
    async with db.transaction(caller.workspace_id) as tx:
        await store.lock(tx, contact_id)
        await _mine(tx, contact_id)
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


async def _mine(tx: Tx, contact_id: UUID) -> None:
    """Raise NotFound, or Invalid for one that was found to be another."""
    found = await _view(tx, contact_id)
    if found.merged_into is not None:
        raise Invalid(
            f"This contact is the same person as {found.merged_into}, who has everything now.",
            mend=f"Send it to /api/v1/contacts/{found.merged_into}.",
        )


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
        attributes=found.attributes,
        tags=found.tags,
        language=found.language,
        time_zone=found.time_zone,
        identities=[NameView.model_validate(each, from_attributes=True) for each in names],
        consents=[ConsentView.model_validate(each, from_attributes=True) for each in consents],
        conversations=await store.conversations(read, contact_id),
    )
