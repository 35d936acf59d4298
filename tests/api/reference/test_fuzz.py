"""Whatever JSON comes to the documents' endpoints: answered, or refused with a problem; never an error of ours."""

from __future__ import annotations

import json
from collections.abc import Mapping

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.problem import problem
from tests.api.reference.conftest import Shop
from tests.api.test_fuzz import anything

CODES = {
    400: ("malformed_json",),
    409: ("message_conflict",),
    422: ("invalid_request", "broken_history"),
}
names = st.text(st.characters(), min_size=1, max_size=4)
histories = st.lists(
    st.sampled_from(["<USER>", "</USER>", "<BOT>", "</BOT>", "<br>", "a", "<USER>b</USER>"]),
    max_size=5,
).map("".join)


def bodies(
    good: Mapping[str, st.SearchStrategy[object]], more: Mapping[str, st.SearchStrategy[object]]
) -> st.SearchStrategy[object]:
    """Good bodies, bodies with something else in any field, and anything at all."""
    either = {key: value | anything for key, value in {**good, **more}.items()}
    beside = {key: either[key] for key in more}
    return (
        st.fixed_dictionaries(dict(good), optional=beside)
        | st.fixed_dictionaries({}, optional=either)
        | anything
    )


ENHANCED = bodies(
    {"conversation_id": names, "message_id": names, "message_content": names},
    {
        "sender_type": st.sampled_from(["user", "agent", "ai", "system"]),
        "sender_id": names,
        "timestamp": st.floats(946684800, 1.7e9),
        "metadata": st.dictionaries(names, anything, max_size=2),
    },
)
CHAT = bodies(
    {"history": histories},
    {"conversation_id": names, "resources": st.dictionaries(names, anything, max_size=2)},
)
LOOSE = settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))


async def send(shop: Shop, path: str, value: object) -> None:
    data = json.dumps(value).encode()
    kind = {"Content-Type": "application/json"}
    async with shop.client.post(path, data=data, headers=kind) as response:
        if response.status != 200:
            code = (await response.json(content_type=None)).get("code")
            assert code in CODES.get(response.status, ()), await response.text()
            await problem(response, response.status, code)


@LOOSE
@given(value=ENHANCED)
async def test_any_message_is_answered_or_refused(shop: Shop, value: object) -> None:
    await send(shop, "/api/v1/enhanced-handle-message", value)


@LOOSE
@given(value=CHAT)
async def test_any_chat_is_taken_or_refused(shop: Shop, value: object) -> None:
    await send(shop, "/api/v1/chat/message", value)
