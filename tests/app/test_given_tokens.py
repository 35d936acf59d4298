"""The tokens of the environment: what they open, and which are refused at the start."""

from __future__ import annotations

import pytest

from rejoinder.app.tokens.given import given_tokens
from rejoinder.db import Database, new_id
from rejoinder.errors import Setup, Unauthenticated
from rejoinder.settings import load
from rejoinder.workspaces.tokens import Tokens, hashed

ADMIN, PANCAKE = "an-admin-token-of-the-tests", "a-pancake-token-of-the-tests"


async def test_each_opens_what_it_is_for(db: Database) -> None:
    workspace_id = new_id()
    settings = load(admin_access_token=ADMIN, pancake_access_token=PANCAKE)
    tokens = Tokens(db, given_tokens(settings, workspace_id))
    admin, pancake = await tokens.caller(ADMIN), await tokens.caller(PANCAKE)
    assert (admin.workspace_id, admin.scope) == (workspace_id, "admin")
    assert (pancake.workspace_id, pancake.scope) == (workspace_id, "ingest")
    with pytest.raises(Unauthenticated):
        await tokens.caller(ADMIN + "x")


def test_none_is_kept_as_it_is() -> None:
    settings = load(admin_access_token=ADMIN, pancake_access_token=PANCAKE)
    assert given_tokens(settings, new_id()).keys() == {hashed(ADMIN), hashed(PANCAKE)}
    assert ADMIN not in repr(settings)
    assert PANCAKE not in repr(settings)


def test_without_them_nobody_gets_in_by_them() -> None:
    assert given_tokens(load(), new_id()) == {}


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"admin_access_token": "short"}, "ADMIN_ACCESS_TOKEN"),
        ({"admin_access_token": "has a space in it"}, "no space"),
        ({"admin_access_token": "sécurité-totale"}, "ASCII"),
        ({"admin_access_token": ADMIN, "pancake_access_token": ADMIN}, "are the same"),
    ],
)
def test_a_token_that_cant_be_used_is_told_and_not_shown(given: dict[str, str], says: str) -> None:
    with pytest.raises(Setup) as refused:
        load(**given)
    assert says in refused.value.detail
    assert given["admin_access_token"] not in refused.value.detail
