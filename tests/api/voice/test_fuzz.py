"""Whatever JSON comes to the routes of voices: taken, or refused with a problem; never an error of ours."""

from __future__ import annotations

import json
from typing import Any

import aiohttp
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.api.problem import problem
from tests.api.test_fuzz import anything

CODES = {
    400: {"malformed_json"},
    409: {"name_taken", "shortcut_taken"},
    422: {"invalid_request", "variable_missing"},
}
TEXTS = (
    "{{ contact.name }}",
    "{% if 1 %}x{% endif %}",
    "{{",
    "{{ 1 }}",
    "\x00",
    "",
    "{{ now.hour|round }}",
)
texts = st.sampled_from(TEXTS) | st.text(max_size=20) | anything
FIELDS: dict[str, dict[str, st.SearchStrategy[Any]]] = {
    "personas": {
        "name": texts,
        "channel_id": st.uuids().map(str) | anything,
        "languages": st.lists(texts, max_size=2) | anything,
        "dos": st.lists(texts, max_size=2) | anything,
        "is_default": st.booleans() | anything,
    },
    "templates": {
        "name": texts,
        "text": texts,
        "condition": texts,
        "intents": st.lists(texts, max_size=2) | anything,
    },
    "templates/preview": {
        "text": texts,
        "condition": texts,
        "sample": st.fixed_dictionaries(
            {}, optional={"contact_name": texts, "now": texts, "attributes": anything}
        )
        | anything,
    },
    "canned-replies": {"shortcut": texts, "text": texts, "title": texts},
    "settings": {
        "speak": st.dictionaries(st.sampled_from(("policies", "disclose", "x")), anything)
        | anything,
        "understand": st.dictionaries(
            st.sampled_from(("time_zone", "intents", "entities")), texts, max_size=2
        )
        | anything,
        "mode": texts,
    },
}


cases = st.sampled_from(sorted(FIELDS)).flatmap(
    lambda what: st.tuples(
        st.just(what), st.fixed_dictionaries({}, optional=FIELDS[what]) | anything
    )
)


@settings(max_examples=200, deadline=None, suppress_health_check=list(HealthCheck))
@given(case=cases)
async def test_any_json_is_taken_or_refused(
    admin: aiohttp.ClientSession, bot: dict[str, Any], case: tuple[str, object]
) -> None:
    what, value = case
    here = f"/api/v1/bots/{bot['bot_id']}"
    method, path, body = {
        "settings": ("PATCH", here, {"settings": value}),
        "canned-replies": ("POST", "/api/v1/canned-replies", value),
    }.get(what, ("POST", f"{here}/{what}", value))
    data = json.dumps(body).encode()
    json_type = {"Content-Type": "application/json"}
    async with admin.request(method, path, data=data, headers=json_type) as response:
        if response.status not in {200, 201}:
            told = await response.json(content_type=None)
            assert told["code"] in CODES.get(response.status, ()), told
            await problem(response, response.status, told["code"])
