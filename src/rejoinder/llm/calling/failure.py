"""Sorting failed model calls into the three classes that matter: again now, again later, never."""

from __future__ import annotations

from pydantic_ai import exceptions as theirs

from rejoinder.errors import ModelError, ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.limits import CROWDED

# The account is out of credit: OpenAI says so with a 429 that no waiting mends ("Error codes").
_QUOTA = {"insufficient_quota", "billing_hard_limit_reached", "billing_not_active"}
# The prompt itself was turned down by content rules: Azure's and OpenAI's codes.
_DECLINED = {"content_filter", "content_policy_violation", "invalid_prompt"}
# Time-out, conflict (a lock at the provider's), too early: the other 4xx blame the request itself.
_PASSING = {408, 409, 425, 499}

DECLINED = "model_declined"
"""The code of the error for a model that won't answer because of its content rules."""

BROKE_OFF = "model_broke_off"
"""The code of the error for an answer that began and did not end."""

PROMPT_REFUSED = "model_refused_prompt"
"""The code of the error for a request that the model refuses for what it holds: too long, malformed."""

UNUSABLE = "model_answer_unusable"
"""The code of the error for an answer that came whole and can't be used."""

_OF_THIS_CALL = {DECLINED, PROMPT_REFUSED, UNUSABLE, CROWDED}


def is_ailing(error: ModelError) -> bool:
    """Whether an error says that the model can't answer now, and not only this prompt."""
    return error.code not in _OF_THIS_CALL


def from_status(
    status: int,
    *,
    who: str,
    said: str = "",
    codes: tuple[str, ...] = (),
    retry_after: float | None = None,
    key_setting: str = "its key",
    url_setting: str = "its address",
) -> ModelError:
    """The error for an HTTP status; `retry_after` in seconds.

    `who` names the model, `said` quotes the provider, `codes` are its error codes. What a provider
    says about a rejected key is left out: it repeats part of the key.
    """
    told = f": {said.rstrip('.')}." if said else "."
    if status < 500 and _DECLINED.intersection(codes):
        return ModelRefused(f"{who} declined to answer{told}", code=DECLINED)
    if status == 402 or _QUOTA.intersection(codes):
        return ModelRefused(
            f"{who} has no quota left{told}", mend="Top up the account at its provider."
        )
    if status in (401, 403):
        named = f" ({', '.join(codes)})" if codes else ""
        return ModelRefused(
            f"{who} refuses the key: {status}{named}.", mend=f"Check {key_setting}."
        )
    if status == 404:
        return ModelRefused(
            f"{who} was not found{told}", mend=f"Check the model's name and {url_setting}."
        )
    if status == 429:
        return ModelThrottled(f"{who} asks to slow down{told}", retry_after=retry_after)
    if status >= 500 or status in _PASSING:
        return ModelTransient(f"{who} answered {status}{told}", retry_after=retry_after)
    mend = f"Check {url_setting}." if status < 400 else ""
    return ModelRefused(
        f"{who} refuses the request with {status}{told}", mend=mend, code=PROMPT_REFUSED
    )


def from_exception(error: Exception, *, who: str) -> ModelError | None:
    """Our error for what any pydantic-ai model raises; None for one that tells of a bug."""
    failure: ModelError | None = None
    match error:
        case ModelError():
            failure = error
        case theirs.ModelQuotaExceededError():
            failure = from_status(402, who=who)
        case theirs.ModelHTTPError(status_code=status, retry_after=wait):
            codes = tuple(filter(None, (error.provider_error_code, error.provider_error_type)))
            failure = from_status(status, who=who, codes=codes, retry_after=wait)
        case theirs.ModelRateLimitError(retry_after=wait):
            failure = from_status(429, who=who, retry_after=wait)
        case theirs.ContentFilterError():
            failure = ModelRefused(f"{who} declined to answer.", code=DECLINED)
        case theirs.ModelRequestRejectedError():
            failure = ModelRefused(
                f"{who} refuses the request ({type(error).__name__}).", code=PROMPT_REFUSED
            )
        case theirs.UserError() | theirs.UsageLimitExceeded():
            failure = ModelRefused(f"{who} can't be asked: {error}")
        case theirs.ConcurrencyLimitExceeded():
            failure = ModelThrottled(f"{who} has too many calls waiting here.")
        case theirs.FallbackExceptionGroup():
            failure = _most_hopeful(error, who=who)
        case TimeoutError():
            failure = ModelTransient(f"{who} gave no answer in time.")
        case theirs.AgentRunError() | OSError():
            failure = ModelTransient(f"The call of {who} failed ({type(error).__name__}).")
    return failure


def _most_hopeful(group: theirs.FallbackExceptionGroup, *, who: str) -> ModelError | None:
    """If any model behind a fallback may answer later, the whole may."""
    errors = [from_exception(error, who=who) for error in group.exceptions]
    transient = [error for error in errors if isinstance(error, ModelTransient)]
    return next(iter(transient), errors[0])
