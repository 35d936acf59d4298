"""What a call costs, from the price list that comes with genai-prices (MIT): no download.

Prices change; a list is as new as the installed package. A model or an address it doesn't know has no price.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic_ai.models import Model
from pydantic_ai.usage import RequestUsage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

_FREE = frozenset({"local", "scripted", "test"})


def cost(model: Model, usage: RequestUsage, answered: str | None = None) -> Decimal | None:
    """US dollars for a call, None where the price is not known.

    `answered` is the model that the response names: the one asked for may be another's alias.
    """
    if model.system in _FREE:
        return Decimal(0)
    asked = model.model_name.removeprefix("models/")
    found = (answered and _listed(model.system, model.base_url, answered)) or _listed(
        model.system, model.base_url, asked
    )
    if not found:
        return None
    provider, listed = found
    try:
        priced = listed.calc_price(
            usage, provider, genai_request_timestamp=datetime.now(UTC), auto_update_timestamp=None
        )
    except ValueError:  # a usage that can't be: more cached than read
        return None
    return priced.total_price


@lru_cache(maxsize=256)
def _listed(system: str, base_url: str | None, name: str) -> tuple[Provider, ModelInfo] | None:
    """By address where there is one: another server may speak OpenAI's format at another price, or none."""
    from genai_prices.data_snapshot import get_snapshot

    try:
        return get_snapshot().find_provider_model(
            name, None, None if base_url else system, base_url
        )
    except LookupError:
        return None
