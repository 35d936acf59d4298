"""One message leaves, in one request; a tap on a button is answered besides.

Source: Bot API, the send methods, answerCallbackQuery, ReplyParameters. Telegram knows no repeat for one.
"""

from __future__ import annotations

import asyncio
import re
import time
from contextlib import suppress
from typing import Final

from pydantic import JsonValue

from rejoinder.channels.port.adapter import Account, Files
from rejoinder.channels.port.outgoing import NotTaken, Outgoing, Receipt, Refused, Taken, Unsure
from rejoinder.channels.port.wire import Wire
from rejoinder.channels.telegram.api import ask, method_url
from rejoinder.channels.telegram.compose.form import Attached, Sending
from rejoinder.channels.telegram.compose.keyboard import Object
from rejoinder.channels.telegram.compose.message import compose
from rejoinder.channels.telegram.compose.multipart import multipart
from rejoinder.channels.telegram.errors import Unsendable, migrated, receipt
from rejoinder.channels.telegram.parse.people import USER
from rejoinder.channels.telegram.parse.update import CALLBACK
from rejoinder.conversations.content import File, Part
from rejoinder.net.guard import Forbidden, NotSent, Posted, Unanswered

LONGEST_S: Final = 15.0
"""All requests of one message together: a sender that is silent for 20 s is taken for dead (`outbound.deliver`)."""

TAP_S: Final = 2.0

_CHAT: Final = re.compile("-?[0-9]{1,18}")
_MESSAGE: Final = re.compile("(-?[0-9]{1,18}):([0-9]{1,18})")


async def send(
    account: Account, outgoing: Outgoing, parts: tuple[Part, ...], wire: Wire, files: Files
) -> Receipt:
    """Send, and send again where a group has gone, as Telegram says: it refused the first."""
    chat_id = _recipient(outgoing)
    if chat_id is None:
        return Refused(
            "the customer has no id at Telegram: a bot can write to those only who wrote to it"
        )
    try:
        sending = compose(parts, await _read(parts, files), group=_is_group(chat_id))
    except Unsendable as never:
        return Refused(str(never))
    until = time.monotonic() + LONGEST_S
    if outgoing.attempt == 1:
        await _answer_taps(account, outgoing, wire)
    try:
        answering = _answering(outgoing, chat_id)
        posted = await _post(account, chat_id, answering, sending, wire, until)
        moved = migrated(posted)
        if moved is not None:
            chat_id = moved
            posted = await _post(account, chat_id, {}, sending, wire, until)
    except Forbidden as private:
        return Refused(str(private))
    except NotSent as failed:
        return NotTaken(str(failed))
    except Unanswered as lost:
        return Unsure(str(lost))
    got = receipt(posted, chat_id)
    return _noted(got, sending, moved) if isinstance(got, Taken) else got


async def answer_tap(account: Account, external_id: str, wire: Wire) -> None:
    """Stop the button's waiting sign, if that is what the id names; failing is of no consequence."""
    if not external_id.startswith(CALLBACK):
        return
    fields: Object = {"callback_query_id": external_id.removeprefix(CALLBACK)}
    with suppress(Forbidden, NotSent, Unanswered):
        await ask(account, "answerCallbackQuery", fields, wire, timeout=TAP_S)


def is_chat(thread_key: str) -> bool:
    """Whether a thread's key is a chat's id."""
    return _CHAT.fullmatch(thread_key) is not None


async def _answer_taps(account: Account, outgoing: Outgoing, wire: Wire) -> None:
    """Before the message, so that nothing stands between its answer and our note of it."""
    await asyncio.gather(*(answer_tap(account, each, wire) for each in outgoing.answers))


async def _post(
    account: Account, chat_id: str, answering: Object, sending: Sending, wire: Wire, until: float
) -> Posted:
    fields: Object = {"chat_id": int(chat_id), **sending.fields, **answering}
    url, timeout = method_url(account, sending.method), max(until - time.monotonic(), 1.0)
    if sending.file is None:
        return await wire.call("POST", url, json=fields, timeout=timeout)
    body, content_type = multipart(fields, sending.upload, sending.file)
    headers = {"Content-Type": content_type}
    return await wire.call("POST", url, headers=headers, body=body, timeout=timeout)


async def _read(parts: tuple[Part, ...], files: Files) -> dict[str, Attached]:
    """Our own files, which are uploaded: that needs no public address of ours."""
    found: dict[str, Attached] = {}
    for part in parts:
        if isinstance(part, File) and part.media_id is not None:
            read = await files.read(part.media_id)
            if read is not None:
                data, mime_type, filename = read
                found[part.media_id] = Attached(data, mime_type, part.filename or filename)
    return found


def _recipient(outgoing: Outgoing) -> str | None:
    """The chat; for a conversation that was begun here under a name of ours, the customer's id."""
    if is_chat(outgoing.thread_key):
        return outgoing.thread_key
    user_id = outgoing.identities.get(USER, "")
    return user_id if is_chat(user_id) else None


def _is_group(chat_id: str) -> bool:
    return chat_id.startswith("-")


def _answering(outgoing: Outgoing, chat_id: str) -> Object:
    """In a group, which message is answered: so it goes to the same topic, and to the one who asked."""
    if not _is_group(chat_id):
        return {}
    named = [_MESSAGE.fullmatch(each) for each in outgoing.answers]
    ours = [int(each[2]) for each in named if each and each[1] == chat_id]
    if not ours:
        return {}
    answered: Object = {"message_id": ours[-1], "allow_sending_without_reply": True}
    return {"reply_parameters": answered}


def _noted(taken: Taken, sending: Sending, moved: str | None) -> Taken:
    noted: dict[str, JsonValue] = dict(taken.noted or {})
    if moved is not None:
        noted["telegram_moved_to"] = moved
    if sending.cut:
        noted["telegram_cut_payloads"] = [*sending.cut]
    return Taken(noted or None, taken.platform_ids)
