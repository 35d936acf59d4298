"""Every error Rejoinder raises on purpose.

    RejoinderError
    ├── Invalid                422  the caller's input is wrong
    │   ├── MalformedJson      400
    │   ├── TooLarge           413
    │   └── UnsupportedMediaType 415
    ├── Unauthenticated        401
    ├── Forbidden              403
    ├── NotFound               404
    ├── MethodNotAllowed       405
    ├── Conflict               409
    │   ├── MessageConflict    409  the same message_id with another body
    │   └── Locked             409  the bot refuses messages while it makes an answer
    ├── TooManyRequests        429
    ├── Unavailable            503  the database is away
    ├── Setup                  -    the operator must mend something before the program can run
    ├── ModelError             -    a model call failed
    │   ├── ModelTransient          worth another try: 5xx, connection, time-out
    │   ├── ModelThrottled          429, with the wait the provider asked for
    │   └── ModelRefused            asking again can't help: bad key, bad request, content filter
    └── LostTurn               -    this worker no longer owns the turn
        └── NothingAsked       -    its messages were taken back, or went to another turn

Each has a stable `code` for machines, an HTTP `status`, a `detail` that says what is wrong
and a `mend` that says how to put it right.
"""

from __future__ import annotations


class RejoinderError(Exception):
    """The root: `detail` says what is wrong, `mend` how to put it right, `where` which field."""

    code = "internal_error"
    status = 500
    title = "Something went wrong"

    def __init__(
        self,
        detail: str,
        *,
        mend: str = "",
        where: str = "",
        code: str | None = None,
        retry_after: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.detail = detail
        self.mend = mend
        self.where = where
        self.retry_after = retry_after
        if code is not None:
            self.code = code

    def __str__(self) -> str:
        return f"{self.detail} {self.mend}".strip()


class Invalid(RejoinderError):  # noqa: N818
    """The caller's input is wrong; nothing was stored."""

    code = "invalid_request"
    status = 422
    title = "The request is not valid"


class MalformedJson(Invalid):
    """The body is not JSON."""

    code = "malformed_json"
    status = 400
    title = "The body is not valid JSON"


class TooLarge(Invalid):
    """The body is over the limit."""

    code = "body_too_large"
    status = 413
    title = "The body is too large"


class UnsupportedMediaType(Invalid):
    """The body is not declared as JSON."""

    code = "unsupported_media_type"
    status = 415
    title = "The body is not declared as JSON"


class Unauthenticated(RejoinderError):  # noqa: N818
    """No token, or one that is unknown or revoked."""

    code = "unauthenticated"
    status = 401
    title = "A valid token is needed"


class Forbidden(RejoinderError):  # noqa: N818
    """The token is known but its scope does not reach this."""

    code = "forbidden"
    status = 403
    title = "This token may not do that"


class NotFound(RejoinderError):  # noqa: N818
    """No such thing in this workspace."""

    code = "not_found"
    status = 404
    title = "Not found"


class MethodNotAllowed(RejoinderError):  # noqa: N818
    """The path exists but does not take this method."""

    code = "method_not_allowed"
    status = 405
    title = "This path takes other methods"


class Conflict(RejoinderError):  # noqa: N818
    """The request contradicts what is stored."""

    code = "conflict"
    status = 409
    title = "This conflicts with what is stored"


class MessageConflict(Conflict):
    """The same message_id was sent before with another body."""

    code = "message_conflict"
    title = "This message_id was used for another message"


class Locked(Conflict):
    """An answer is being made, and this bot takes no message meanwhile; nothing was stored."""

    code = "locked"
    title = "An answer is being made"


class TooManyRequests(RejoinderError):  # noqa: N818
    """A rate limit; `retry_after` seconds says when to come back."""

    code = "rate_limited"
    status = 429
    title = "Too many requests"


class Unavailable(RejoinderError):  # noqa: N818
    """The database is away; nothing was acknowledged, so the caller may send again."""

    code = "unavailable"
    status = 503
    title = "Not available right now"


class Setup(RejoinderError):  # noqa: N818
    """The operator must mend something before the program can run; the CLI prints it and exits 1."""

    code = "setup"
    title = "Rejoinder can't start"


class ModelError(RejoinderError):
    """A model call failed; the subclass says whether to try again."""

    code = "model_error"
    status = 502


class ModelTransient(ModelError):  # noqa: N818
    """Worth another try: 5xx, a lost connection, a time-out, an unreadable body."""

    code = "model_transient"


class ModelThrottled(ModelTransient):
    """The provider asks us to slow down; `retry_after` seconds when it said for how long."""

    code = "model_throttled"


class ModelRefused(ModelError):  # noqa: N818
    """Asking again can't help: a bad key, a bad request, an unknown model, a content filter."""

    code = "model_refused"


class LostTurn(RejoinderError):  # noqa: N818
    """This worker no longer owns the turn: it was superseded, cancelled or rescued."""

    code = "lost_turn"
    status = 409


class NothingAsked(LostTurn):
    """The turn has no message left: they were taken back, or changed and went to another turn."""

    code = "nothing_asked"
