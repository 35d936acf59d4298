"""A provider fails inside a turn, on the wire: the next model answers, or the next attempt, or a person is told.

Three real clients, each with a stand-in for its provider. Whatever happens, the customer gets one reply and the ledger
tells each call.
"""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass

import pytest

from rejoinder.bots.policies import BotSettings
from rejoinder.db import Database
from rejoinder.inbound.model import Received
from rejoinder.llm.calling.chain import Chain
from rejoinder.llm.chains import Chains
from rejoinder.net.http import session
from rejoinder.settings import Settings
from rejoinder.testing.model_stub import Canned, Drop, Hang, ModelStub, Script, Stall
from rejoinder.worker import Work
from tests.llm.providers import CHATS, Chat
from tests.scenarios.conftest import OpenShop
from tests.scenarios.shop import FALLBACK, Shop, nowhere
from tests.scenarios.test_retries import dead_letters

WIRES = {chat.name: chat for chat in CHATS if chat.name in ("gemini", "openai", "anthropic")}
SAID = "We open at nine."
BROKEN = '{"decision": "answer", "reply": "We open'
LEDGER = """
SELECT outcome, estimated, input_tokens, output_tokens, response FROM ai_response_logs
WHERE workspace_id = $1 ORDER BY created_at, log_id
"""


@dataclass(frozen=True, slots=True)
class Failure:
    """What goes wrong; `passes` says that another attempt may help, `counted` how its tokens come into the ledger."""

    name: str
    play: Callable[[Chat], Script]
    passes: bool = True
    counted: str = "estimated"


def _whole(text: str) -> Callable[[Chat], Script]:
    return lambda chat: _json(chat, chat.provider.stub().whole(text, (20, 5)), text)


def _json(chat: Chat, body: bytes, text: str) -> Canned:
    if chat.name == "anthropic":  # its SDK streams where an answer may be long
        return _streamed(chat.provider.ended(text, "stop"))
    return Canned(200, body)


def _streamed(body: bytes) -> Canned:
    return Canned(200, body, {"Content-Type": "text/event-stream"})


def _canned(chat: Chat, body: bytes) -> Canned:
    return _streamed(body) if chat.name == "anthropic" else Canned(200, body)


FAILURES = [
    Failure("malformed", _whole(BROKEN), counted="exact"),
    Failure("empty", _whole(""), counted="either"),
    Failure(
        "refusal",
        lambda chat: _canned(chat, chat.provider.declined),
        passes=False,
        counted="either",
    ),
    Failure("truncated", lambda chat: _canned(chat, chat.provider.cut), counted="either"),
    Failure("throttled", lambda chat: chat.provider.faulty(429, "Slow down."), counted="nothing"),
    Failure("server error", lambda chat: chat.provider.faulty(500, "Oops."), counted="nothing"),
    Failure("no json", lambda _: Canned(200, b"<html>gateway</html>"), counted="either"),
    Failure("hang", lambda _: Hang()),
    Failure("broken connection", lambda _: Drop(), counted="either"),
]
CUT_OFF = [
    Failure(
        "cut off", lambda chat: Drop(chat.provider.half, {"Content-Type": "text/event-stream"})
    ),
    Failure("stalled", lambda chat: Stall(chat.provider.half)),
    Failure(
        "ended early",
        lambda chat: _streamed(chat.provider.begun('{"decision": "answer", "reply": "We')),
    ),
    Failure("error inside", lambda chat: _streamed(chat.provider.half + chat.provider.failing)),
]


def named(told: str | Failure) -> str:
    return told if isinstance(told, str) else told.name


@dataclass(frozen=True, slots=True)
class Turn:
    """A message and what its two providers were asked."""

    shop: Shop
    message: Received
    status: str
    stubs: Sequence[ModelStub]

    async def ledger(self) -> list[tuple[str, str]]:
        """(outcome, how its tokens were found) of each call."""
        return [
            (row["outcome"], _counted(row["estimated"], row["input_tokens"], row["output_tokens"]))
            for row in await self.shop.sql(LEDGER)
        ]


def _counted(estimated: bool, read: int, written: int) -> str:
    return "estimated" if estimated else "exact" if read or written else "nothing"


@asynccontextmanager
async def working(db: Database, *chats: Chat) -> AsyncIterator[list[ModelStub]]:
    """A worker with a chain of models behind these wires, a second for each call."""
    async with AsyncExitStack() as stack:
        http = await stack.enter_async_context(session())
        stubs = [await stack.enter_async_context(chat.provider.stub(reply=_said)) for chat in chats]
        models = [chat.make(stub.base_url, http) for chat, stub in zip(chats, stubs, strict=True)]
        chain = await stack.enter_async_context(Chain(models).open())
        settings = Settings.model_construct(drain_seconds=0.0, model_timeout=0.5)
        work = Work(db, Chains.only(chain), settings, nowhere)
        await stack.enter_async_context(work.running())
        yield stubs


def _said(_: object) -> dict[str, object]:
    return {"reply": SAID, "supported": 1.0}


async def asked(opens: OpenShop, stubs: Sequence[ModelStub], **policy: object) -> Turn:
    shop = await opens(retry_seconds=0, **policy)
    message = await shop.says("When do you open?")
    return Turn(shop, message, (await shop.outcome(message, 30)).status, stubs)


def whole(stream: bool) -> BotSettings:
    return BotSettings.model_validate({"ask": {"stream": stream}})


def fits(counted: str, failure: Failure) -> bool:
    return failure.counted in (counted, "either")


def pairs(failures: Sequence[Failure], first: int) -> list[tuple[str, Failure]]:
    """Each failure on one of the wires, in turn; clients by themselves are tried with all of them in `tests/llm`."""
    return [
        (list(WIRES)[(number + first) % len(WIRES)], each) for number, each in enumerate(failures)
    ]


@pytest.mark.parametrize(
    ("wire", "failure"),
    pairs([each for each in (*FAILURES, *CUT_OFF) if each.passes], 0),
    ids=named,
)
async def test_the_next_model_answers(
    db: Database, opens: OpenShop, wire: str, failure: Failure
) -> None:
    second = "openai" if wire != "openai" else "gemini"
    async with working(db, WIRES[wire], WIRES[second]) as stubs:
        stubs[0].script.append(failure.play(WIRES[wire]))
        turn = await asked(opens, stubs, settings=whole(failure in CUT_OFF))
    assert turn.status == "answered"
    assert await turn.shop.replies(turn.message) == [SAID]
    assert [len(stub.requests) for stub in stubs] == [1, 1]
    (failed, counted), answered = await turn.ledger()
    assert (failed, answered) == ("error", ("ok", "exact"))
    assert fits(counted, failure), counted
    assert await turn.shop.attempts() == [(1, "committed")]


@pytest.mark.parametrize(
    ("wire", "failure"), pairs([each for each in FAILURES if each.passes], 1), ids=named
)
async def test_where_there_is_one_model_another_attempt_answers(
    db: Database, opens: OpenShop, wire: str, failure: Failure
) -> None:
    async with working(db, WIRES[wire]) as stubs:
        stubs[0].script.append(failure.play(WIRES[wire]))
        turn = await asked(opens, stubs, settings=whole(False))
    assert turn.status == "answered"
    assert await turn.shop.replies(turn.message) == [SAID]
    assert await turn.shop.attempts() == [(1, "failed"), (2, "committed")]
    assert [outcome for outcome, _ in await turn.ledger()] == ["error", "ok"]
    assert await dead_letters(turn.shop) == []


@pytest.mark.parametrize(("wire", "failure"), pairs(FAILURES, 2), ids=named)
async def test_where_none_can_the_customer_is_told_and_a_person_too(
    db: Database, opens: OpenShop, wire: str, failure: Failure
) -> None:
    async with working(db, WIRES[wire]) as stubs:
        stubs[0].script.extend([failure.play(WIRES[wire])] * 2)
        turn = await asked(opens, stubs, settings=whole(False), max_attempts=2)
    assert turn.status == "failed"
    assert await turn.shop.replies(turn.message) == [FALLBACK]
    assert (await turn.shop.conversation(turn.message)).state == "waiting"
    assert len(await dead_letters(turn.shop)) == 1
    tries = 2 if failure.passes else 1
    ledger = await turn.ledger()
    assert [outcome for outcome, _ in ledger] == ["error"] * tries
    assert all(fits(counted, failure) for _, counted in ledger), ledger


async def test_what_one_model_declines_no_other_is_asked(db: Database, opens: OpenShop) -> None:
    """Its provider's rules speak against it; a person looks at it."""
    async with working(db, WIRES["gemini"], WIRES["openai"]) as stubs:
        stubs[0].script.append(Canned(200, WIRES["gemini"].provider.declined))
        turn = await asked(opens, stubs, settings=whole(False))
    assert turn.status == "failed"
    assert await turn.shop.replies(turn.message) == [FALLBACK]
    assert stubs[1].requests == []


async def test_malformed_twice_and_then_the_next_model(db: Database, opens: OpenShop) -> None:
    """Each model is asked once an attempt: the second one answers the first."""
    async with working(db, WIRES["gemini"], WIRES["anthropic"]) as stubs:
        broken = _whole(BROKEN)
        for stub, wire in zip(stubs, ("gemini", "anthropic"), strict=True):
            stub.script.append(broken(WIRES[wire]))
        turn = await asked(opens, stubs, settings=whole(False))
    assert await turn.shop.replies(turn.message) == [SAID]
    assert await turn.shop.attempts() == [(1, "failed"), (2, "committed")]
    assert await turn.ledger() == [("error", "exact"), ("error", "exact"), ("ok", "exact")]
