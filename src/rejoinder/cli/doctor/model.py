"""The models that answer: which they are, and whether they do."""

from __future__ import annotations

from collections.abc import AsyncIterator, Sequence
from dataclasses import dataclass

from rejoinder.app.accounts import accounts
from rejoinder.cli.doctor.report import Finding, State
from rejoinder.cli.doctor.visit import progress
from rejoinder.errors import ModelError
from rejoinder.llm.choose import choose, names
from rejoinder.llm.model import Prompt
from rejoinder.net.http import session
from rejoinder.settings import Settings
from rejoinder.usage.model import Call

NAME = "model"
LIMIT_S = 15.0
"""Each model gets this long for its answer."""

_QUESTION = Prompt("This only tests the connection.", (), (), ("Reply with the one word: ok",))


@dataclass(frozen=True, slots=True)
class Asked:
    """What came of one question to one model."""

    model: str
    answered: str = ""
    failed: ModelError | None = None


def named(settings: Settings) -> list[str]:
    """The chain's models by name, none of them asked or loaded."""
    return names(settings.model, accounts(settings))


def unasked(settings: Settings) -> Finding:
    """What is told when the models are not to be asked."""
    return Finding(NAME, "ok", f"{', else '.join(named(settings))}; not asked (--no-model).")


async def models(settings: Settings) -> list[Finding]:
    """Ask each model of the chain one short question, which costs a few tokens; `local` costs none.

    Nothing is booked: it is no workspace's question. Raises Setup when the models named can't be used.
    """
    return judge([asked async for asked in _each(settings)])


def judge(asked: Sequence[Asked]) -> list[Finding]:
    """It is wrong when none answers; when another does, who fails is a warning."""
    state: State = "warning" if any(one.failed is None for one in asked) else "wrong"
    return [
        Finding(
            NAME,
            state,
            one.failed.detail,
            one.failed.mend or "Try again; if it stays so, look at the provider's status page.",
        )
        if one.failed
        else Finding(NAME, "ok", one.answered)
        for one in asked
    ]


# The one place that knows how a model is asked.
async def _each(settings: Settings) -> AsyncIterator[Asked]:
    from rejoinder.llm.calling.chain import Chain
    from rejoinder.llm.calling.generate import generate

    async with (
        session() as http,
        choose(settings.model, accounts(settings), http).open() as chain,
    ):
        for model in chain.models:
            name, calls = model.model_name, list[Call]()
            progress(f"model: asking {name} one short question, which costs a few tokens …")
            try:
                await generate(Chain([model]), _QUESTION, timeout=LIMIT_S, record=calls.append)
            except ModelError as failed:
                yield Asked(name, failed=failed)
            else:
                yield Asked(name, _answered(calls[-1]))


def _answered(call: Call) -> str:
    if call.provider == "local":
        return "local: the built-in responder, no large language model."
    paid = f"{call.input_tokens + call.output_tokens} tokens"
    if call.cost is not None:
        paid += f", {call.cost:.5f} USD"
    if call.provider == "service":
        who = "The AI service" + (f" ({call.model})" if call.model != "service" else "")
    else:
        who = f"{call.model} of {call.provider}"
    return f"{who} answered in {call.seconds:.1f} s; the question cost {paid}."
