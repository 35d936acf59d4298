"""Who is calling: the bearer token of a request."""

from __future__ import annotations

from collections.abc import Awaitable, Callable

from fastapi import Request

from rejoinder.errors import Forbidden, Unauthenticated
from rejoinder.workspaces.model import Caller, Scope
from rejoinder.workspaces.tokens import Tokens

Authenticate = Callable[[Request], Awaitable[Caller]]


def needs(tokens: Tokens, scope: Scope) -> Authenticate:
    """A FastAPI dependency: the caller, if the token's scope reaches. Raises Unauthenticated or Forbidden."""

    async def caller(request: Request) -> Caller:
        kind, _, token = request.headers.get("authorization", "").partition(" ")
        if kind.lower() != "bearer" or not token.strip():
            raise Unauthenticated(
                "No bearer token came with this request.",
                mend="Send the header `Authorization: Bearer TOKEN`; `rejoinder token` prints one.",
            )
        found = await tokens.caller(token.strip())
        if not found.may(scope):
            raise Forbidden(
                f"This token's scope is {found.scope!r}; this needs {scope!r}.",
                mend="Use a token of a wider scope.",
            )
        return found

    return caller
