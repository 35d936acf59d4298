"""The tokens that come from the environment."""

from __future__ import annotations

from uuid import UUID

from pydantic import SecretStr

from rejoinder.settings import Settings
from rejoinder.workspaces.model import Caller, Scope
from rejoinder.workspaces.tokens import hashed

# No row of the database has these ids: the tokens live as long as the process.
_PANCAKE, _ADMIN = UUID(int=1), UUID(int=2)


def given_tokens(settings: Settings, workspace_id: UUID) -> dict[bytes, Caller]:
    """What PANCAKE_ACCESS_TOKEN (scope `ingest`) and ADMIN_ACCESS_TOKEN (`admin`) may do there, by their hash."""
    given: tuple[tuple[UUID, Scope, SecretStr | None], ...] = (
        (_PANCAKE, "ingest", settings.pancake_access_token),
        (_ADMIN, "admin", settings.admin_access_token),
    )
    return {
        hashed(secret.get_secret_value()): Caller(workspace_id, token_id, scope)
        for token_id, scope, secret in given
        if secret is not None
    }
