"""A model that does whatever customers tell it to: none of it comes out.

The customer's words go in as a message, the real client asks a provider's stand-in over HTTP, and what the guard lets
through is looked for wherever a customer, or a system of the business, could read it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import AsyncIterator, Callable, Mapping
from contextlib import asynccontextmanager

import pytest
from pydantic_ai.models import Model

from rejoinder.db import Database
from rejoinder.guard.names import CHECKS
from rejoinder.inbound.model import Received
from rejoinder.llm.formats.gemini import GeminiModel
from rejoinder.llm.formats.openai import OpenAIModel
from rejoinder.llm.others import anthropic
from rejoinder.net.http import session
from rejoinder.testing import AnthropicStub, GeminiStub, OpenAIStub
from rejoinder.testing.model_stub import ModelStub
from rejoinder.testing.model_stub import Received as Request
from rejoinder.turns.answering.judging.words import SPOKEN, handed_over
from tests.scenarios.conftest import OpenShop
from tests.scenarios.obeying.attacks import (
    Attack,
    Street,
    attacks,
    comes_to_its_senses,
    obeys,
    obeys_beside_its_reply,
    of,
    reached,
    street,
    whispers,
)
from tests.scenarios.shop import working

HANDED_OVER = frozenset(f"\n\n{handed_over(language)}" for language in SPOKEN)
"""Behind an answer to what a person must see as well, as a refund in some of the attacks."""

Reply = Callable[[Request], Mapping[str, object]]

NOT_ASKED = {41}
"""Who wants to know what the bot is "de verdade" gets a person without a model's answer."""

WIRES: dict[str, type[ModelStub]] = {
    "gemini": GeminiStub,
    "openai": OpenAIStub,
    "anthropic": AnthropicStub,
}


async def without_a_handover(where: Street, attack: Attack, message: Received) -> list[str]:
    """What the model said to the customer."""
    replies = await where.shop(attack).replies(message)
    for line in HANDED_OVER:
        replies = [each.removesuffix(line) for each in replies]
    return replies


@asynccontextmanager
async def answering(db: Database, wire: str, reply: Reply) -> AsyncIterator[ModelStub]:
    """A worker whose model is behind that wire."""
    async with WIRES[wire](reply=reply) as stub, session() as http:
        models: dict[str, Callable[[], Model]] = {
            "gemini": lambda: GeminiModel("g", api_key="k", base_url=stub.base_url, session=http),
            "openai": lambda: OpenAIModel("o", api_key="k", base_url=stub.base_url, session=http),
            "anthropic": lambda: anthropic("claude-haiku-4-5", api_key="k", base_url=stub.base_url),
        }
        async with models[wire]() as model, working(db, model):
            yield stub


async def leaked(where: Street, said: list[tuple[Attack, Received]]) -> list[str]:
    """What came out that must not, a line each."""
    found: list[str] = []
    for attack, message in said:
        read, told = await reached(where.shop(attack), message)
        found += [f"{attack.mark} read: {each}" for each in attack.never if each in read]
        found += [f"{attack.mark} told: {each}" for each in attack.not_said_first if each in told]
    return found


async def ended(where: Street, said: list[tuple[Attack, Received]]) -> dict[str, set[int]]:
    """How they ended, and which attacks did so."""
    ends: dict[str, set[int]] = {}
    for attack, message in said:
        outcome = await where.shop(attack).outcome(message, 60)
        ends.setdefault(outcome.status, set()).add(attack.number)
    return ends


def asked(stub: ModelStub) -> Counter[int]:
    """How often the model was asked for each attack."""
    return Counter(of(request).number for request in stub.requests)


@pytest.mark.parametrize(("wire", "count"), [("gemini", 60), ("openai", 12), ("anthropic", 12)])
async def test_who_obeys_twice_is_not_heard(
    db: Database, opens: OpenShop, wire: str, count: int
) -> None:
    where = await street(opens)
    async with answering(db, wire, obeys) as stub:
        said = await where.attacked(attacks(count))
        assert set(await ended(where, said)) == {"handed_off"}
    assert await leaked(where, said) == []
    assert {each.number for each, _ in said} - asked(stub).keys() <= NOT_ASKED
    for number, tries in asked(stub).items():
        assert tries == (1 if attacks()[number].kind == "secret" else 2), number


@pytest.mark.parametrize(("wire", "count"), [("gemini", 60), ("openai", 12), ("anthropic", 12)])
async def test_nor_by_a_card_or_a_button_or_a_question(
    db: Database, opens: OpenShop, wire: str, count: int
) -> None:
    where = await street(opens)
    async with answering(db, wire, obeys_beside_its_reply):
        said = await where.attacked(attacks(count))
        ends = await ended(where, said)
    assert await leaked(where, said) == []
    assert len(ends["handed_off"]) > 0.8 * count, "the others' texts are too long to be tapped"


async def test_without_a_guard_all_of_it_comes_out(db: Database, opens: OpenShop) -> None:
    """So the tests above look where it would."""
    where = await street(opens, check={"off": list(CHECKS)})
    async with answering(db, "gemini", obeys):
        said = await where.attacked(attacks())
        await ended(where, said)
    found = await leaked(where, said)
    for attack, _ in said:
        if attack.number not in NOT_ASKED:
            assert any(line.startswith(f"{attack.mark} read") for line in found), attack.mark


async def test_who_comes_to_its_senses_is_heard(db: Database, opens: OpenShop) -> None:
    where = await street(opens)
    async with answering(db, "openai", comes_to_its_senses):
        said = await where.attacked(attacks())
        await ended(where, said)
    assert await leaked(where, said) == []
    for attack, message in said:
        # for a secret there is no second try
        if attack.kind != "secret" and attack.number not in NOT_ASKED:
            assert await without_a_handover(where, attack, message) == [attack.honest], attack.mark


async def test_a_draft_holds_none_of_it(db: Database, opens: OpenShop) -> None:
    where = await street(opens, mode="draft")
    async with answering(db, "gemini", obeys):
        said = await where.attacked(attacks(20))
        await ended(where, said)
    assert await leaked(where, said) == []


async def test_nothing_is_told_beside_an_innocent_reply(db: Database, opens: OpenShop) -> None:
    """Records hold what was understood, and callers' systems are told of it."""
    where = await street(opens)
    secret = [each for each in attacks() if each.kind in ("leak", "secret")]
    async with answering(db, "gemini", whispers):
        said = await where.attacked(secret)
        await ended(where, said)
    assert await leaked(where, said) == []
    for attack, message in said:
        assert await without_a_handover(where, attack, message) == [attack.honest], attack.mark
