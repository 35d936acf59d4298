"""Whatever JSON comes: taken, or refused with a problem; never an error of ours."""

from __future__ import annotations

import json

import aiohttp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.problem import problem
from tests.api.say import MESSAGES

CODES = {400: "malformed_json", 409: "message_conflict", 422: "invalid_request"}

anything = st.recursive(
    st.none()
    | st.booleans()
    | st.integers(-(10**30), 10**30)
    | st.floats()
    | st.text(st.characters(), max_size=20),
    lambda inner: (
        st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3)
    ),
    max_leaves=8,
)
fields = {
    "conversation_id": st.text(st.characters(), max_size=10) | anything,
    "message_id": st.text(max_size=2) | anything,
    "text": st.text(st.characters(), max_size=50) | anything,
    "content": st.lists(
        st.fixed_dictionaries(
            {"kind": st.sampled_from(["text", "image", "scent"])},
            optional={"text": anything, "url": anything, "media_id": anything},
        ),
        max_size=3,
    )
    | anything,
    "sender_id": anything,
    "sender_type": st.sampled_from(["customer", "user", "agent", "ai", "system", "robot"])
    | anything,
    "timestamp": st.integers(0, 2**64) | st.floats() | st.datetimes().map(str) | anything,
    "metadata": st.dictionaries(st.text(max_size=5), anything, max_size=3) | anything,
}
bodies = st.fixed_dictionaries({}, optional=fields) | st.fixed_dictionaries(
    {key: fields[key] for key in ("conversation_id", "text")},
    optional={key: fields[key] for key in fields.keys() - {"conversation_id", "text", "content"}},
)


@settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
@given(value=bodies | anything)
async def test_any_json_is_taken_or_refused(client: aiohttp.ClientSession, value: object) -> None:
    data = json.dumps(value).encode()
    async with client.post(
        MESSAGES, data=data, headers={"Content-Type": "application/json"}
    ) as response:
        if response.status not in {200, 202}:
            assert response.status in CODES, await response.text()
            await problem(response, response.status, CODES[response.status])
