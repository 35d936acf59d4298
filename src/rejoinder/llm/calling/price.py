"""What a call costs, from the price list that comes with genai-prices (MIT); nothing is downloaded unless asked for.

Prices change: the list is as new as the installed package. A model or an address it doesn't know has no price.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic_ai.models import Model
from pydantic_ai.usage import RequestUsage

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, Provider

_FREE = frozenset({"local", "test"})


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


def _listed(system: str, base_url: str | None, name: str) -> tuple[Provider, ModelInfo] | None:
    from genai_prices.data_snapshot import get_snapshot

    return _find(id(get_snapshot()), system, base_url, name)


@lru_cache(maxsize=256)
def _find(
    _snapshot: int, system: str, base_url: str | None, name: str
) -> tuple[Provider, ModelInfo] | None:
    """By address where there is one: another server may speak OpenAI's format at another price, or none."""
    from genai_prices.data_snapshot import get_snapshot

    try:
        return get_snapshot().find_provider_model(
            name, None, None if base_url else system, base_url
        )
    except LookupError:
        return None


@contextmanager
def kept_new(wanted: bool) -> Iterator[None]:
    """If `wanted`, fetch the newest list of prices from its makers once an hour while this lasts, in a thread."""
    if not wanted:
        yield
        return
    from genai_prices import UpdatePrices

    with UpdatePrices():
        yield
