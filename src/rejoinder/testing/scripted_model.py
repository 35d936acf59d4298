"""A model whose answers a test scripts, and whose calls it can hold, release and look at."""

from __future__ import annotations

import asyncio
from collections import deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from pydantic_ai.messages import ModelMessage, ModelResponse, TextPart
from pydantic_ai.models import Model, ModelRequestParameters
from pydantic_ai.settings import ModelSettings
from pydantic_ai.usage import RequestUsage

from rejoinder.llm.form.answer import as_json
from rejoinder.llm.form.messages import as_text, read_asked
from rejoinder.llm.model import Answer

Line: TypeAlias = str | Answer | Exception
"""What one call gives: a reply, a whole decision with what was understood, or an error to raise."""


@dataclass(eq=False, slots=True)
class Ask:
    """One call: `asked` are the unanswered messages it read, `prompt` all it was given, as text."""

    asked: list[str]
    prompt: str
    state: Literal["open", "answered", "raised", "cancelled"] = "open"
    _go: asyncio.Event = field(default_factory=asyncio.Event)

    def release(self) -> None:
        """Let this call end as its line says."""
        self._go.set()

    async def _held(self) -> None:
        await self._go.wait()


class ScriptedModel(Model[None]):
    """Each call takes the next line of `script`; when there is none left, `reply` answers what was asked.

    While `hold()` is in force a new call stays open until `release()`, its own or the model's. A call that is
    cancelled has used its line up. `tokens` are those of the prompt and of the answer, in every response.
    """

    def __init__(
        self,
        script: Iterable[Line] = (),
        *,
        reply: Callable[[Sequence[str]], str] = lambda asked: f"Read: {' | '.join(asked)}",
        tokens: tuple[int, int] = (100, 10),
    ) -> None:
        super().__init__()
        self.script = deque(script)
        self.calls: list[Ask] = []
        self._reply = reply
        self._tokens = tokens
        self._holding = False
        self._changed = asyncio.Event()

    @property
    def model_name(self) -> str:
        """The name in the ledger and in answers."""
        return "scripted"

    @property
    def system(self) -> str:
        """The provider's name in the ledger."""
        return "test"

    def hold(self) -> None:
        """From now on calls stay open."""
        self._holding = True

    def release(self) -> None:
        """Calls are answered at once again, those held first."""
        self._holding = False
        for ask in self.calls:
            ask.release()

    async def called(self, times: int = 1) -> Ask:
        """Wait until that many calls have come in all; returns the last of them."""
        await self.until(lambda: len(self.calls) >= times)
        return self.calls[times - 1]

    async def until(self, holds: Callable[[], bool]) -> None:
        """Wait until `holds()`; it is asked again whenever a call comes or ends."""
        while not holds():
            self._changed.clear()
            await self._changed.wait()

    async def request(
        self,
        messages: list[ModelMessage],
        model_settings: ModelSettings | None,
        model_request_parameters: ModelRequestParameters,
    ) -> ModelResponse:
        """The next line of the script, as the JSON object that models are asked for."""
        ask = Ask(read_asked(messages), as_text(messages))
        line = self.script.popleft() if self.script else self._reply(ask.asked)
        self.calls.append(ask)
        self._changed.set()
        try:
            if self._holding:
                await ask._held()
            ask.state = "raised" if isinstance(line, Exception) else "answered"
        except asyncio.CancelledError:
            ask.state = "cancelled"
            raise
        finally:
            self._changed.set()
        if isinstance(line, Exception):
            raise line
        return self._response(line if isinstance(line, Answer) else Answer(line, "answer", ""))

    def _response(self, answer: Answer) -> ModelResponse:
        return ModelResponse(
            parts=[TextPart(as_json(answer))],
            usage=RequestUsage(input_tokens=self._tokens[0], output_tokens=self._tokens[1]),
            model_name=self.model_name,
            provider_name=self.system,
        )
