"""Bots, for who administers a workspace. The bounds are those of the table's CHECKs, and some of sense."""

from dataclasses import replace
from typing import Annotated, Any
from uuid import UUID

from fastapi import APIRouter, Depends, Query
from pydantic import Field, JsonValue, model_validator

from rejoinder.api.bodies import Body, Name, Page, View
from rejoinder.api.bots.settings import changed as changed_settings
from rejoinder.bots import store
from rejoinder.bots.model import Bot, Overlap
from rejoinder.bots.policies import BotSettings
from rejoinder.db import Database, new_id
from rejoinder.errors import Conflict, NotFound
from rejoinder.inbound.rest.callers import needs
from rejoinder.workspaces.model import Caller
from rejoinder.workspaces.tokens import Tokens

_FIRST = UUID(int=0)
_WEEK_S = 7 * 86_400.0
_FALLBACK = "I can't answer that right now. A person will reply here as soon as possible."


def _seconds(most: float, what: str, *, positive: bool = False) -> Any:
    return Field(
        ge=None if positive else 0,
        gt=0 if positive else None,
        le=most,
        allow_inf_nan=False,
        description=f"Seconds: {what}",
    )


class BotChange(Body):
    """What of a bot shall be different."""

    name: Name | None = None
    persona: Annotated[str | None, Field(max_length=20_000)] = None
    fallback_text: Annotated[
        str | None,
        Field(
            min_length=1,
            max_length=4_000,
            pattern=r"\S",
            description="What a customer is told when no model can answer.",
        ),
    ] = None
    quiet_seconds: Annotated[
        float | None, _seconds(600, "how long a customer must be silent before the answer.")
    ] = None
    max_wait_seconds: Annotated[
        float | None, _seconds(3_600, "the longest that this may put an answer off.")
    ] = None
    overlap_policy: Annotated[
        Overlap | None, Field(description="What a new message does to an answer being made.")
    ] = None
    max_interrupts: Annotated[
        int | None, Field(ge=0, le=1_000, description="So often an answer is begun anew at most.")
    ] = None
    interrupt_seconds: Annotated[
        float | None, _seconds(86_400, "for how long from the first message on.")
    ] = None
    max_attempts: Annotated[int | None, Field(ge=1, le=20)] = None
    retry_seconds: Annotated[
        float | None, _seconds(600, "the pause after a failed attempt, twice as long each time.")
    ] = None
    loop_turns: Annotated[
        int | None,
        Field(ge=0, le=100_000, description="So many answers in a row are a loop; 0 for never."),
    ] = None
    loop_seconds: Annotated[
        float | None,
        _seconds(_WEEK_S, "a pause of this length starts the count anew.", positive=True),
    ] = None
    history_messages: Annotated[
        int | None, Field(ge=0, le=200, description="How far back the bot reads.")
    ] = None
    settings: Annotated[
        dict[str, JsonValue] | None,
        Field(
            description="Sections `understand`, `speak`, `know`, `check`, `escalate`, `ask`, `spend`, and `mode`;"
            " of a section what is given changes, the rest stays."
        ),
    ] = None

    @model_validator(mode="before")
    @classmethod
    def _given(cls, value: object) -> object:
        """A field that is there says something: null is no value of any of them."""
        if isinstance(value, dict):
            empty = sorted(str(name) for name, held in value.items() if held is None)
            if empty:
                raise ValueError(f"{', '.join(empty)[:200]} can't be null; leave it out to keep it")
        return value


class BotBody(BotChange):
    """A bot to make; what is left out is as usual."""

    name: Name

    async def made(self) -> Bot:
        """The bot. Raises Invalid."""
        told = self.model_dump(exclude_unset=True, exclude={"settings"})
        usual = Bot(new_id(), self.name, persona="", fallback_text=_FALLBACK)
        settings = await changed_settings(usual.settings, self.settings or {})
        return replace(usual, **told, settings=settings)


class BotView(View):
    """A bot: who answers, and how it treats time, overlap, failure and loops."""

    bot_id: UUID
    name: str
    persona: str
    fallback_text: str
    quiet_seconds: float
    max_wait_seconds: float
    overlap_policy: Overlap
    max_interrupts: int
    interrupt_seconds: float
    max_attempts: int
    retry_seconds: float
    loop_turns: int
    loop_seconds: float
    history_messages: int
    settings: BotSettings


def routes(db: Database, tokens: Tokens) -> APIRouter:
    """Make, list, change and take away bots; a change is in force within 5 s, for answers that begin after it."""
    router = APIRouter(prefix="/api/v1/bots", tags=["bots"])
    Admin = Annotated[Caller, Depends(needs(tokens, "admin"))]  # noqa: N806 - a type

    @router.post("", status_code=201)
    async def make_bot(body: BotBody, caller: Admin) -> BotView:
        """Make a bot. It answers on no channel yet: `bot_id` of a channel says who answers there."""
        bot = await body.made()
        async with db.statement(caller.workspace_id) as tx:
            await store.add_bot(tx, bot)
        return BotView.model_validate(bot)

    @router.get("")
    async def list_bots(
        caller: Admin,
        after: Annotated[UUID, Query(description="Bots after this id.")] = _FIRST,
        limit: Annotated[int, Query(ge=1, le=200)] = 50,
    ) -> Page[BotView]:
        """The workspace's bots, oldest first."""
        async with db.read(caller.workspace_id) as read:
            found = await store.bots(read, after, limit)
        items = [BotView.model_validate(bot) for bot in found]
        return Page.of(items, limit, lambda last: last.bot_id)

    @router.get("/{bot_id}")
    async def get_bot(bot_id: UUID, caller: Admin) -> BotView:
        """One bot."""
        async with db.read(caller.workspace_id) as read:
            found = await store.bot_of(read, bot_id)
        if found is None:
            raise _no_bot(bot_id)
        return BotView.model_validate(found)

    @router.patch("/{bot_id}")
    async def change_bot(bot_id: UUID, body: BotChange, caller: Admin) -> BotView:
        """Change what is given. It holds for answers that begin 5 s later at the latest."""
        async with db.transaction(caller.workspace_id) as tx:
            found = await store.bot_to_change(tx, bot_id)
            if found is None:
                raise _no_bot(bot_id)
            told = body.model_dump(exclude_unset=True, exclude={"settings"})
            settings = await changed_settings(found.settings, body.settings or {})
            changed = replace(found, **told, settings=settings)
            await store.change_bot(tx, changed)
        return BotView.model_validate(changed)

    @router.delete("/{bot_id}", status_code=204)
    async def remove_bot(bot_id: UUID, caller: Admin) -> None:
        """Take a bot away, with its personas and templates. One that answers on a channel stays: 409."""
        async with db.transaction(caller.workspace_id) as tx:
            channels = await store.bot_to_remove(tx, bot_id)
            if channels is None:
                raise _no_bot(bot_id)
            if channels:
                raise Conflict(
                    f"This bot answers on {channels} channels.",
                    mend="Give them another bot first: PATCH /api/v1/channels/{id} with bot_id.",
                    code="bot_in_use",
                )
            await store.remove_bot(tx, bot_id)

    return router


def _no_bot(bot_id: UUID) -> NotFound:
    return NotFound(
        f"There is no bot {bot_id} in this workspace.", mend="GET /api/v1/bots lists its bots."
    )
