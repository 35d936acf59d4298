"""Fakes for tests and for the bench, public: a model that a test scripts, model servers on loopback.

Names load when first used: pydantic-ai alone takes a second to import.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rejoinder.testing.anthropic_stub import AnthropicStub
    from rejoinder.testing.gemini_stub import GeminiStub
    from rejoinder.testing.openai_stub import OpenAIStub
    from rejoinder.testing.scripted_model import ScriptedModel
    from rejoinder.testing.service_stub import ServiceStub

__all__ = ["AnthropicStub", "GeminiStub", "OpenAIStub", "ScriptedModel", "ServiceStub"]

_HOME = {
    "AnthropicStub": "anthropic_stub",
    "GeminiStub": "gemini_stub",
    "OpenAIStub": "openai_stub",
    "ScriptedModel": "scripted_model",
    "ServiceStub": "service_stub",
}


def __getattr__(name: str) -> object:
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
