"""What is known of embedding models without loading one."""

from __future__ import annotations

from dataclasses import dataclass
from math import isfinite
from typing import Final

FIRST: Final = {"gemini": "gemini-embedding-001", "openai": "text-embedding-3-small"}
"""The model of each provider where only the provider is named."""

_SIZES: Final = {"gemini-embedding": 768, "text-embedding-3": 512}
"""How many numbers are asked of models that can be told, by how their names begin.

Google recommends 768, 1,536 or 3,072 ("Embeddings": controlling embedding size); OpenAI's keep their order when cut
("New embedding models and API updates"). A search reads every vector of a base: half the numbers, half the time.
"""

_SCALES: Final = {
    "gemini:gemini-embedding": (0.55, 0.80),
    "openai:text-embedding-3": (0.15, 0.60),
}
_SCALE: Final = (0.20, 0.80)


@dataclass(frozen=True, slots=True)
class Named:
    """A model as a setting names it, `provider:name` or `provider:name@size`; `size` is None for the model's own."""

    provider: str
    name: str
    size: int | None

    @property
    def identity(self) -> str:
        """What vectors are stored under: only those of one model and size can be compared."""
        return f"{self.provider}:{self.name}" + (f"@{self.size}" if self.size else "")


def named(wanted: str) -> Named | None:
    """The model a setting names, None for what names none; a provider alone stands for its usual one."""
    told, at, size = wanted.strip().partition("@")
    provider, colon, name = told.partition(":")
    name = name if colon else FIRST.get(provider, "")
    if not (provider and name) or (at and not (size.isdecimal() and 0 < int(size) <= 16_000)):
        return None
    return Named(provider, name, int(size) if at else _usual(provider, name))


def likeness(identity: str, cosine: float) -> float:
    """A cosine as a score: 0 for what is as near as any two texts, 1 for what surely means the same.

    Where these lie differs by model. The bounds are estimates, from what is published of each; `min_score` is there
    for a base where they don't fit.
    """
    least, most = next(
        (scale for begins, scale in _SCALES.items() if identity.startswith(begins)), _SCALE
    )
    return min(1.0, max(0.0, (cosine - least) / (most - least))) if isfinite(cosine) else 0.0


def _usual(provider: str, name: str) -> int | None:
    if provider not in FIRST:
        return None
    return next((size for begins, size in _SIZES.items() if name.startswith(begins)), None)
