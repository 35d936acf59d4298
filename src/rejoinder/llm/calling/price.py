"""What a call costs, from the price list that comes with genai-prices (MIT); nothing is downloaded unless asked for.

Prices change: the list is as new as the installed package. A model or an address it doesn't know has no price.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from functools import lru_cache
from typing import TYPE_CHECKING

from pydantic_ai.models import Model
from pydantic_ai.usage import RequestUsage

from rejoinder.usage.model import Prices

if TYPE_CHECKING:
    from genai_prices.types import ModelInfo, ModelPrice, Provider, TieredPrices

_FREE = frozenset({"local", "test"})


@dataclass(frozen=True, slots=True)
class Price:
    """What a call costs in US dollars, and the prices for a million tokens; None where they are not known."""

    cost: Decimal | None
    prices: Prices | None


_UNKNOWN = Price(None, None)
_NOTHING = Price(Decimal(0), {"input": "0", "cached": "0", "output": "0"})


def price(model: Model, usage: RequestUsage, answered: str | None = None) -> Price:
    """What a call costs by the list of today.

    `answered` is the model that the response names: the one asked for may be another's alias.
    """
    if model.system in _FREE:
        return _NOTHING
    asked = model.model_name.removeprefix("models/")
    found = (answered and _listed(model.system, model.base_url, answered)) or _listed(
        model.system, model.base_url, asked
    )
    if not found:
        return _UNKNOWN
    provider, listed = found
    try:
        priced = listed.calc_price(
            usage, provider, genai_request_timestamp=datetime.now(UTC), auto_update_timestamp=None
        )
    except ValueError:  # a usage that can't be: more cached than read
        return _UNKNOWN
    return Price(priced.total_price, _snapshot(priced.model_price, usage.input_tokens))


def _snapshot(listed: ModelPrice, read: int) -> Prices:
    """What is paid at this size of prompt; what is cached costs as much as the rest where the list says no more."""
    input_price = _of(listed.input_mtok, read)
    told = {
        "input": input_price,
        "cached": _of(listed.cache_read_mtok, read) or input_price,
        "output": _of(listed.output_mtok, read),
    }
    return {name: format(each.normalize(), "f") for name, each in told.items() if each is not None}


def _of(told: Decimal | TieredPrices | None, read: int) -> Decimal | None:
    if told is None or isinstance(told, Decimal):
        return told
    steps = [tier.price for tier in told.tiers if read > tier.start]
    return steps[-1] if steps else told.base


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
