"""Whether a group's message speaks to the bot.

Source: Bot API, MessageEntity: offsets and lengths count UTF-16 units.
"""

from __future__ import annotations

from dataclasses import dataclass

from rejoinder.channels.port.adapter import Account
from rejoinder.channels.telegram.parse.reading import Json, key, raw, record, records, text, whole


@dataclass(frozen=True, slots=True)
class Bot:
    """We ourselves: our id, which the token begins with, and our user name where it is known."""

    id: str | None
    username: str | None


def bot_of(account: Account) -> Bot:
    """Who the account is."""
    known = account.account or account.credentials.get("bot_token", "").partition(":")[0]
    username = account.setting("username", "").removeprefix("@").casefold()
    return Bot(known or None, username or None)


def speaks_to(bot: Bot, message: Json) -> bool:
    """A reply to the bot, its name, or a command that is nobody else's."""
    replied = record(record(message.get("reply_to_message")).get("from"))
    if bot.id is not None and key(replied.get("id")) == bot.id:
        return True
    return any(
        _names(bot, each, _piece(message, words, each))
        for words, entities in (("text", "entities"), ("caption", "caption_entities"))
        for each in records(message.get(entities))
    )


def _names(bot: Bot, entity: Json, piece: str) -> bool:
    match text(entity.get("type")):
        case "text_mention":
            return bot.id is not None and key(record(entity.get("user")).get("id")) == bot.id
        case "mention":
            return bot.username is not None and piece.casefold() == f"@{bot.username}"
        case "bot_command":
            _, _, named = piece.partition("@")
            return not named or named.casefold() == bot.username
        case _:
            return False


def _piece(message: Json, words: str, entity: Json) -> str:
    start, length = whole(entity.get("offset")), whole(entity.get("length"))
    if start is None or length is None:
        return ""
    units = raw(message.get(words)).encode("utf-16-le", "surrogatepass")
    return units[2 * start : 2 * (start + length)].decode("utf-16-le", "replace")
