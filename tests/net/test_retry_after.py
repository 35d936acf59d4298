"""The wait that a server asks for is read from its headers, and is never nonsense."""

from __future__ import annotations

import math
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rejoinder.net.retry_after import retry_after

NOW = datetime(2026, 5, 1, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("headers", "seconds"),
    [
        ({"Retry-After": "3"}, 3.0),
        ({"Retry-After": "0.5"}, 0.5),
        ({"retry-after-ms": "250", "Retry-After": "9"}, 0.25),
        ({"Retry-After": "Fri, 01 May 2026 12:00:30 GMT"}, 30.0),
        ({"Retry-After": "Fri, 01 May 2026 11:00:00 GMT"}, 0.0),
        # our clock is an hour off: the response's own Date counts
        (
            {
                "Retry-After": "Fri, 01 May 2026 13:00:05 GMT",
                "Date": "Fri, 01 May 2026 13:00:00 GMT",
            },
            5.0,
        ),
        ({"Retry-After": "-1"}, None),
        ({"Retry-After": "inf"}, None),
        ({"Retry-After": "soon"}, None),
        ({}, None),
    ],
)
def test_the_asked_wait_is_read(headers: dict[str, str], seconds: float | None) -> None:
    assert retry_after(headers, NOW) == seconds


@given(st.text(), st.text(), st.text())
def test_no_header_makes_a_senseless_wait(after: str, milliseconds: str, date: str) -> None:
    headers = {"Retry-After": after, "retry-after-ms": milliseconds, "Date": date}
    wait = retry_after(headers, NOW)
    assert wait is None or (wait >= 0 and math.isfinite(wait))
