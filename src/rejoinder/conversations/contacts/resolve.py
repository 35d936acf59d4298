"""Who wrote: found by any of their names, linked, or found to be two that are one."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from uuid import UUID

from rejoinder.conversations.contacts import store
from rejoinder.conversations.contacts.model import Identity, Known
from rejoinder.db import Tx


class Changed(Exception):  # noqa: N818 - an answer: begin again
    """Another transaction changed these contacts at the same moment."""


async def resolve(
    tx: Tx, channel_id: UUID, names: Sequence[Identity], display_name: str | None
) -> Known:
    """The contact with any of these names, who has all of them from now on; a new one if nobody has any.

    Two contacts that turn out to be one person are merged into the older one: its names, conversations, wishes and
    costs are theirs. To be called before a conversation is locked. Raises asyncpg's UniqueViolationError when another
    transaction makes the same contact at this moment, and Changed when it merges it: begin again.
    """
    found = await store.find(tx, channel_id, names)
    contacts = list(dict.fromkeys(each.contact_id for each in found))
    if not contacts:
        return Known(await store.add(tx, channel_id, names, display_name), False, None)
    merging = len(contacts) > 1
    if merging:
        merged = await store.merge(tx, contacts)
        if merged is None:
            raise Changed
        known = merged
    else:
        known = Known(contacts[0], found[0].opted_out, found[0].thread_key)
    there = {(each.kind, each.value) for each in found}
    missing = [each for each in names if (each.kind, each.value) not in there]
    if missing:
        await store.name(tx, channel_id, known.contact_id, missing)
    if display_name and not found[0].display_name:
        await store.show_as(tx, known.contact_id, display_name)
    if merging:  # of the conversations of both, the newest
        known = replace(known, thread_key=(await store.find(tx, channel_id, names))[0].thread_key)
    return known
