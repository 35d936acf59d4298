"""Real payloads, collected from Meta's description and other projects' tests, are understood."""

from __future__ import annotations

import json

from rejoinder.channels.port.event import Odd
from rejoinder.channels.whatsapp_cloud.parse.body import parse
from rejoinder.channels.whatsapp_cloud.played.forms import MESSAGE
from tests.channels.whatsapp_cloud.payloads import collected

# Requests that Meta takes and we never make: flows, orders, catalogues and templates with their own placeholders.
_NEVER_MADE = ("flow", "order-status", "catalog")


def test_every_collected_webhook_is_understood() -> None:
    files = sorted(collected("samples/whatsapp_cloud").glob("*.json"))
    assert files
    odd = {
        file.name: [each for each in parse(file.read_bytes()) if isinstance(each, Odd)]
        for file in files
    }
    assert {name: found for name, found in odd.items() if found} == {}


def test_our_table_of_requests_takes_those_of_metas_description() -> None:
    files = sorted(collected("samples/whatsapp_cloud_requests").glob("*.json"))
    assert files
    for file in files:
        if any(word in file.name for word in _NEVER_MADE):
            continue
        asked = json.loads(
            file.read_text()
            .replace("<http(s)://", "https://")
            .replace("http(s)://", "https://")
            .replace("template-name", "template_name")
        )
        MESSAGE.validate_python(asked)
