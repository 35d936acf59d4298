"""Who is calling: the bearer token of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Security
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer

from rejoinder.errors import Forbidden, Unauthenticated
from rejoinder.workspaces.model import Caller, Scope
from rejoinder.workspaces.tokens import Tokens

Authenticate = Callable[[HTTPAuthorizationCredentials | None], Awaitable[Caller]]

_BEARER = HTTPBearer(
    auto_error=False, description="A token of `rejoinder token`, bound to a workspace and a scope."
)


def needs(tokens: Tokens, scope: Scope) -> Authenticate:
    """A FastAPI dependency: the caller, if the token's scope reaches. Raises Unauthenticated or Forbidden."""

    async def caller(
        bearer: HTTPAuthorizationCredentials | None = Security(_BEARER),  # noqa: B008 - FastAPI's form
    ) -> Caller:
        if bearer is None or not bearer.credentials.strip():
            raise Unauthenticated(
                "No bearer token came with this request.",
                mend="Send the header `Authorization: Bearer TOKEN`; `rejoinder token` prints one.",
            )
        found = await tokens.caller(bearer.credentials.strip())
        if not found.may(scope):
            raise Forbidden(
                f"This token's scope is {found.scope!r}; this needs {scope!r}.",
                mend="Use a token of a wider scope.",
            )
        return found

    return caller
