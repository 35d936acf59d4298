"""The unchanging beginning of a bot's prompts: who it is, how it speaks, what holds, where it writes.

All of it is the operator's words. Nothing of a turn stands here, so that it is the same from turn to turn.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from rejoinder.bots.model import Bot
from rejoinder.bots.policies import Know, OwnEntity, OwnIntent, Speak
from rejoinder.bots.voice.model import Persona
from rejoinder.channels.text.shown import Surface
from rejoinder.turns.prompt.model import PromptFacts

_MANNER = (
    "You answer customers who write to this business in a chat: shortly, as one writes there, in your own voice. "
    "Asked whether you are a person, say that you are an automatic assistant."
)
_MOST_WORDS = 50  # the guard looks for all of them
_STEPS = ("quick_replies", "carousel")  # the parts that a model can ask for beside text
_MOST_EXAMPLES = 3  # of an own intent; the model needs a hint, not all of them


def instructions(facts: PromptFacts) -> str:
    """The parts that there are, a paragraph each."""
    settings = facts.bot.settings
    parts = (
        identity(facts.bot, facts.persona),
        _MANNER,
        voice(facts.persona),
        policies(settings.speak),
        topics(settings.check.banned_topics),
        words(settings.check.banned_words),
        unknown(settings.know),
        own_words(settings.understand.intents, settings.understand.entities),
        languages(settings.check.languages),
        added_by_us(settings.speak, facts.persona),
        surface(facts.surface, settings.check.longest_reply),
    )
    return "\n\n".join(part for part in parts if part)


def identity(bot: Bot, persona: Persona | None) -> str:
    """The name and what the bot is."""
    return f"You are {persona.name if persona else bot.name}. {bot.persona}".strip()


def voice(persona: Persona | None) -> str:
    """How the persona speaks."""
    if persona is None:
        return ""
    manners = (
        ("Tone", persona.tone),
        ("Formality", persona.formality),
        ("Style", persona.style),
        ("Languages you speak", ", ".join(persona.languages)),
    )
    lines = [f"{name}: {text}" for name, text in manners if text]
    return "\n".join([*lines, *_listed("Do:", persona.dos), *_listed("Don't:", persona.donts)])


def policies(speak: Speak) -> str:
    """What holds at this business."""
    return "\n".join(
        _listed("Policies of the business, which you never go beyond:", speak.policies)
    )


def topics(banned: Sequence[str]) -> str:
    """What the bot does not speak of."""
    head = "Don't speak of these, and say kindly that you can't:"
    return "\n".join(_listed(head, banned))


def words(banned: Sequence[str]) -> str:
    """Words that a reply with them is not sent for."""
    return f"Never write: {', '.join(banned[:_MOST_WORDS])}." if banned else ""


def unknown(know: Know) -> str:
    """What is said where nothing is known; a bot that hands over at once needs no word for it."""
    return (
        "When you don't know, offer that a person will answer." if know.not_found == "say" else ""
    )


def own_words(intents: Sequence[OwnIntent], entities: Sequence[OwnEntity]) -> str:
    """The bot's own intents and kinds of things, by the words they are to be called."""
    wants = [f"{each.name}{_meaning(each.description, each.examples)}" for each in intents]
    things = [f"{each.type}{_meaning(each.description, tuple(each.values))}" for each in entities]
    return "\n".join(
        [*_listed("Intents of this business:", wants), *_listed("Entities to look for:", things)]
    )


def languages(answered: Sequence[str]) -> str:
    """What is answered in, where not every language is."""
    if not answered:
        return ""
    return f"Answer only in: {', '.join(answered)}; in the first of them where the customer uses another."


def added_by_us(speak: Speak, persona: Persona | None) -> str:
    """What a reply gets without the model's doing."""
    added = ["a line that says you are an AI"] if speak.disclose != "never" else []
    added += ["your signature"] if persona and persona.signature.strip() else []
    return f"Added to your replies, so leave it out: {' and '.join(added)}." if added else ""


def surface(found: Surface | None, longest_reply: int) -> str:
    """Where it is read, what can be shown there, how long a text may be."""
    if found is None:
        return ""
    bound = f"A reply may have {min(found.longest or longest_reply, longest_reply)} characters."
    if found.kinds is None:  # nobody knows what it shows
        return bound
    steps = " and ".join(kind for kind in _STEPS if kind in found.kinds)
    shown = f"{steps}, and text without Markdown" if steps else "text without Markdown"
    return f"The channel is {found.title}. It shows {shown}. {bound}"


def _meaning(description: str, examples: Sequence[str]) -> str:
    told = description or ", ".join(f"“{each}”" for each in examples[:_MOST_EXAMPLES])
    return f": {told}" if told else ""


def _listed(head: str, lines: Iterable[str]) -> list[str]:
    found = [f"- {line.strip()}" for line in lines if line.strip()]
    return [head, *found] if found else []
