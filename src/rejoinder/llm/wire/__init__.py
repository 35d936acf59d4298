"""Models called over bare aiohttp: one POST a call, and nothing that an SDK would add.

What differs between providers is a `Wire`: pure functions from messages to bytes and back.
"""

from rejoinder.llm.wire.model import WireModel
from rejoinder.llm.wire.protocol import Delta, Fault, Wire

__all__ = ["Delta", "Fault", "Wire", "WireModel"]
