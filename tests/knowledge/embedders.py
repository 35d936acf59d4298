"""Embedding servers on loopback, whose vectors come from a small table of what words mean in five languages."""

from __future__ import annotations

from typing import Any, ClassVar

import aiohttp
from pydantic_core import to_json

from rejoinder.llm.calling.limits import Limits
from rejoinder.llm.choose import Account, Accounts
from rejoinder.llm.embedding import embedder_of
from rejoinder.llm.embedding.embedder import Embedder
from rejoinder.testing.model_stub import ModelStub, Received
from rejoinder.text import fold

KEY = "sk-embeds-5d1c"

MEANINGS = (
    ("refund", "return", "money back", "reimburs", "คืนเงิน", "ได้เงินคืน", "hoan tien", "tra lai tien", "reembolso",
     "devol", "dinheiro de volta"),
    ("deliver", "ship", "courier", "จัดส่ง", "พัสดุ", "giao hang", "entrega", "frete", "envio", "paquete"),
    ("open", "hours", "o'clock", "เปิด", "mo cua", "gio", "abre", "horario", "aberto"),
    ("pay", "card", "cash", "transfer", "จ่าย", "บัตร", "thanh toan", "pagar", "cartao", "tarjeta"),
    ("coffee", "espresso", "latte", "brew", "กาแฟ", "ca phe", "cafe"),
    ("grinder", "mill", "grind", "เครื่องบด", "may xay", "moedor", "molinillo"),
    ("broken", "damaged", "warranty", "repair", "ชำรุด", "พัง", "hong", "bao hanh", "quebrad", "roto", "garantia"),
)  # fmt: skip
SIZE = 8


def vector(text: str) -> list[float]:
    """One number for each meaning a text has, and one that every text has."""
    folded = fold(text)
    meant = [float(sum(word in folded for word in words)) for words in MEANINGS]
    return [*(min(each, 2.0) for each in meant), 0.3]


class Embeds(ModelStub):
    """`size` numbers a vector; `texts` are those of each request."""

    def __init__(self, *, size: int = SIZE, **more: Any) -> None:
        super().__init__(reply=self._reply, **more)
        self.size = size

    def inputs(self, body: dict[str, Any]) -> list[str]:
        """The texts of a request."""
        raise NotImplementedError

    def told(self, vectors: list[list[float]]) -> object:
        """The body of a response."""
        raise NotImplementedError

    @property
    def texts(self) -> list[list[str]]:
        """The texts of each request that came."""
        return [self.inputs(each.body) for each in self.requests]

    def _reply(self, received: Received) -> str:
        vectors = [vector(text) for text in self.inputs(received.body)]
        sized = [(each + [0.0] * self.size)[: self.size] for each in vectors]
        return to_json(self.told(sized)).decode()

    def said_last(self, body: dict[str, Any]) -> str:
        return "\n".join(self.inputs(body))

    def wants_object(self, body: dict[str, Any]) -> bool:
        return False

    def wants_stream(self, path: str, body: dict[str, Any]) -> bool:
        return False

    def whole(self, text: str, tokens: tuple[int, int] | None, finish: str | None = None) -> bytes:
        return text.encode()

    def pieces(
        self, text: str, tokens: tuple[int, int] | None, finish: str | None = None
    ) -> list[bytes]:
        return [text.encode()]


class OpenAIEmbeds(Embeds):
    BASE_PATH: ClassVar[str] = "/v1"

    def serves(self, path: str) -> bool:
        return path.endswith("/embeddings")

    def inputs(self, body: dict[str, Any]) -> list[str]:
        return list(body["input"])

    def told(self, vectors: list[list[float]]) -> object:
        data = [
            {"object": "embedding", "index": at, "embedding": each}
            for at, each in enumerate(vectors)
        ]
        usage = {"prompt_tokens": 7 * len(vectors), "total_tokens": 7 * len(vectors)}
        return {"object": "list", "data": data, "model": "stub", "usage": usage}


class GeminiEmbeds(Embeds):
    BASE_PATH: ClassVar[str] = "/v1beta"

    def serves(self, path: str) -> bool:
        return "/models/" in path and path.endswith(":batchEmbedContents")

    def inputs(self, body: dict[str, Any]) -> list[str]:
        return [each["content"]["parts"][0]["text"] for each in body["requests"]]

    def told(self, vectors: list[list[float]]) -> object:
        return {"embeddings": [{"values": each} for each in vectors]}


def accounts(*, openai: str | None = None, gemini: str | None = None) -> Accounts:
    """Accounts at these addresses."""
    return Accounts(Account(KEY, gemini, "g"), Account(KEY, openai, "o"), Account(None, None, "a"))


def embedder(
    stub: Embeds,
    session: aiohttp.ClientSession,
    name: str = "stub",
    size: int | None = SIZE,
    limits: Limits | None = None,
) -> Embedder:
    """What asks a stub."""
    provider = "openai" if isinstance(stub, OpenAIEmbeds) else "gemini"
    made = embedder_of(
        f"{provider}:{name}" + (f"@{size}" if size else ""),
        accounts(openai=stub.base_url, gemini=stub.base_url),
        session,
        limits=limits,
    )
    assert made is not None
    return made
