"""What a bot is told of how to understand, answer, check and hand over: the JSON of `bots.settings`.

Everything has a default, so `{}` is a whole bot. The API takes and shows these models as they stand.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import BaseModel, ConfigDict, Field, ValidationError

Mode: TypeAlias = Literal["answer", "draft", "analyse"]
"""`answer` the customer, `draft` an answer that a person sends, or only `analyse` what was written."""

Share: TypeAlias = Annotated[float, Field(ge=0, le=1)]
Word: TypeAlias = Annotated[str, Field(pattern=r"^[a-z][a-z0-9_]{0,63}$")]
"""A snake_case word: an intent, a kind of entity, the name of a check."""

Languages: TypeAlias = Annotated[
    tuple[Annotated[str, Field(pattern=r"^[a-z]{2}$")], ...], Field(max_length=20)
]
"""ISO 639-1 codes."""

Words: TypeAlias = Annotated[
    tuple[Annotated[str, Field(min_length=1, max_length=200)], ...], Field(max_length=500)
]
Usd: TypeAlias = Annotated[float, Field(ge=0, le=1_000_000)]


class Section(BaseModel):
    """A part of a bot's settings; a name nobody knows is refused."""

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)


class OwnIntent(Section):
    """An intent of the bot's own; `examples` are what customers write who have it."""

    name: Word
    description: str = Field("", max_length=500)
    examples: Words = ()


class OwnEntity(Section):
    """A kind of thing of the bot's own: one of `values` (with other words for each), or what fits `pattern`."""

    type: Word
    description: str = Field("", max_length=500)
    values: dict[Annotated[str, Field(min_length=1, max_length=200)], Words] = {}
    pattern: str | None = Field(
        None, max_length=500, description="A regular expression, of RE2's kind."
    )


class Understand(Section):
    """What is looked for in a customer's words. `country` (ISO 3166) says whose phone numbers have no country code."""

    intents: Annotated[tuple[OwnIntent, ...], Field(max_length=50)] = ()
    entities: Annotated[tuple[OwnEntity, ...], Field(max_length=50)] = ()
    time_zone: str = Field(
        "UTC", max_length=64, description="Of contacts whose own is not known (IANA)."
    )
    country: str | None = Field(None, pattern=r"^[A-Z]{2}$")
    currency: str | None = Field(
        None, pattern=r"^[A-Z]{3}$", description="Of amounts that name none (ISO 4217)."
    )


class Speak(Section):
    """How the prompt is made. `token_budget` is what it may hold beside the newest messages, estimated.

    `disclosure` is the line that tells customers they are answered by an AI: with the `first` reply of a conversation,
    with `each`, or `never`.
    """

    token_budget: int = Field(6_000, ge=500, le=1_000_000)
    disclosure: str = Field("You are chatting with an AI assistant.", max_length=500)
    disclose: Literal["never", "first", "each"] = "never"
    policies: Words = Field(
        (), description="Rules of the business, one a line: what holds, what is promised."
    )
    summarise: bool = Field(
        True, description="Keep a running summary of what was said before the history's window."
    )


class Know(Section):
    """What is searched. `not_found`: say so and offer a person, or hand over at once."""

    top: int = Field(5, ge=1, le=20)
    min_score: Share = Field(0.0, description="What scores less counts as not found.")
    languages: Languages = ()
    not_found: Literal["say", "hand_off"] = "say"
    search_messages: bool = Field(
        False, description="Embed this bot's messages, for the search by meaning."
    )


class Check(Section):
    """What is looked at before and after the model; every check has a name and stands here when it is switched `off`.

    `redact` are the kinds of personal data that no provider sees. A link of a reply must stand in the knowledge, the
    instructions or the conversation, or belong to `allowed_domains`.
    """

    off: Annotated[frozenset[Word], Field(max_length=50)] = frozenset()
    redact: Annotated[frozenset[Word], Field(max_length=20)] = frozenset(
        {"email", "phone", "card", "iban", "national_id"}
    )
    banned_words: Words = ()
    banned_topics: Words = Field(
        (), description="What the bot does not speak of, in a few words each."
    )
    allowed_domains: Words = ()
    languages: Languages = Field(
        (),
        description="ISO 639-1 codes the bot answers in; empty for the customer's, whichever it is.",
    )
    longest_question: int = Field(
        8_000, ge=100, le=100_000, description="Characters of the unanswered messages."
    )
    longest_reply: int = Field(4_000, ge=50, le=50_000, description="Characters.")


class Escalate(Section):
    """When a person is called. A number of 0 switches its rule off."""

    very_negative: bool = True
    complaint_confidence: Share = Field(
        0.7, description="A complaint answered with less confidence is a person's."
    )
    complaints: int = Field(3, ge=0, le=100, description="So many complaints in one conversation.")
    min_confidence: Share = Field(0.5, description="An answer with less confidence is not sent.")
    not_found: int = Field(
        3, ge=0, le=100, description="So many answers in a row that knew nothing."
    )
    intents: Annotated[frozenset[Word], Field(max_length=50)] = frozenset(
        {"refund", "legal", "emergency", "abuse"}
    )
    asks_person: bool = True
    vip_tags: Words = Field(
        ("vip",), description="Contacts with one of these tags are a person's when they complain."
    )
    vip_always: bool = Field(False, description="They are a person's whatever they write.")
    text: str = Field(
        "",
        max_length=2_000,
        description="What the customer is told; empty for words in their language.",
    )


class Ask(Section):
    """Which models answer. `models` are named as in REJOINDER_MODEL, the preferred first; None: the installation's."""

    models: str | None = Field(None, min_length=1, max_length=500)
    temperature: float | None = Field(None, ge=0, le=2)
    top_p: float | None = Field(None, ge=0, le=1)
    max_tokens: int | None = Field(None, ge=16, le=1_000_000)
    timeout_seconds: float | None = Field(None, ge=1, le=600)
    stream: bool = Field(
        True, description="Show the answer while it is made, where the channel can."
    )
    cache_prompt: bool = Field(
        True, description="Ask the provider to keep the unchanging part of the prompt."
    )


class Spend(Section):
    """US dollars and answers a day (UTC), for this bot and for each of its contacts; None for no bound.

    What is over its bound is answered by the models of `downgrade_to`; without these it stops, and a person is called.
    """

    bot_usd_a_day: Usd | None = None
    bot_usd_a_month: Usd | None = None
    contact_usd_a_day: Usd | None = None
    contact_answers_a_day: int | None = Field(None, ge=0, le=1_000_000)
    downgrade_to: str | None = Field(None, min_length=1, max_length=500)


class BotSettings(Section):
    """All of it. `mode` is what a bot may do; a conversation may be held to less."""

    mode: Mode = "answer"
    understand: Understand = Understand()
    speak: Speak = Speak()
    know: Know = Know()
    check: Check = Check()
    escalate: Escalate = Escalate()
    ask: Ask = Ask()
    spend: Spend = Spend()

    def stored(self) -> dict[str, Any]:
        """What was set otherwise than usual, as `bots.settings` holds it."""
        return self.model_dump(mode="json", exclude_defaults=True)

    @classmethod
    def read(cls, stored: dict[str, Any]) -> tuple[BotSettings, tuple[str, ...]]:
        """(What `bots.settings` holds, the names of what was passed over), never an error.

        Another version, or a person with psql, may have written what this one does not know: the usual stands
        instead, and a bot whose mode can't be read drafts, as nobody knows whether it may answer.
        """
        try:
            return cls.model_validate(stored), ()
        except ValidationError as wrong:
            places = [tuple(map(str, error["loc"][:2])) for error in wrong.errors()]
        kept = {
            section: {name: value for name, value in told.items() if (section, name) not in places}
            if isinstance(told, dict)
            else told
            for section, told in stored.items()
            if (section,) not in places
        }
        if ("mode",) in places:
            kept["mode"] = "draft"
        return cls.model_validate(kept), tuple(dict.fromkeys(map(".".join, places)))

    def merged(self, change: dict[str, Any]) -> BotSettings:
        """With what `change` gives of each section. Raises pydantic's ValidationError."""
        told = self.stored()
        for name, value in change.items():
            known = told.get(name)
            told[name] = (
                known | value if isinstance(known, dict) and isinstance(value, dict) else value
            )
        return BotSettings.model_validate(told)
