"""Every failure falls into one of three classes, and a wait is never nonsense."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic_ai import exceptions as theirs

from rejoinder.errors import ModelError, ModelRefused, ModelThrottled, ModelTransient
from rejoinder.llm.calling.failure import from_exception, from_status

NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)

RAISED: list[tuple[Exception, type[ModelError] | None]] = [
    (ModelRefused("no"), ModelRefused),
    (theirs.ModelHTTPError(401, "m"), ModelRefused),
    (theirs.ModelHTTPError(429, "m", headers={"Retry-After": "7"}), ModelThrottled),
    (theirs.ModelHTTPError(429, "m", provider_error_code="insufficient_quota"), ModelRefused),
    (theirs.ModelHTTPError(503, "m"), ModelTransient),
    (theirs.ModelQuotaExceededError("m", "quota"), ModelRefused),
    (theirs.ModelRateLimitError("m", "slow", retry_after=7), ModelThrottled),
    (theirs.ModelContextWindowExceededError("m", "long"), ModelRefused),
    (theirs.ModelConnectionError("m", "reset"), ModelTransient),
    (theirs.ModelRequestTimeout("m", 3), ModelTransient),
    (theirs.ModelAPIError("m", "odd"), ModelTransient),
    (theirs.ContentFilterError("filtered"), ModelRefused),
    (theirs.UnexpectedModelBehavior("odd", "<html>"), ModelTransient),
    (theirs.ConcurrencyLimitExceeded("full"), ModelThrottled),
    (theirs.UserError("set up wrongly"), ModelRefused),
    (TimeoutError(), ModelTransient),
    (ConnectionResetError(), ModelTransient),
    (KeyError("a bug"), None),
]


@pytest.mark.parametrize(("raised", "expected"), RAISED, ids=lambda value: repr(value)[:40])
def test_every_exception_has_its_class(
    raised: Exception, expected: type[ModelError] | None
) -> None:
    failure = from_exception(raised, who="The model m")
    assert (None if failure is None else type(failure)) is expected


def test_the_wait_comes_along() -> None:
    for raised in (
        theirs.ModelHTTPError(429, "m", headers={"Retry-After": "7"}),
        theirs.ModelRateLimitError("m", "slow", retry_after=7),
    ):
        failure = from_exception(raised, who="The model m")
        assert failure is not None
        assert failure.retry_after == 7


@pytest.mark.parametrize(("second", "expected"), [(503, ModelTransient), (404, ModelRefused)])
def test_a_fallback_may_be_asked_again_if_one_of_its_models_may(
    second: int, expected: type[ModelError]
) -> None:
    errors = [theirs.ModelHTTPError(401, "a"), theirs.ModelHTTPError(second, "b")]
    group = theirs.FallbackExceptionGroup("all failed", errors)
    assert type(from_exception(group, who="The model m")) is expected


@given(st.integers(300, 599))
def test_every_status_has_a_class_and_a_detail(status: int) -> None:
    error = from_status(status, who="The model m")
    assert error.detail.startswith(("The model m", "The account of The model m"))
    assert isinstance(error, ModelTransient) == (
        status in {408, 409, 425, 429, 499} or status >= 500
    )
