"""The settings' model accounts."""

from __future__ import annotations

from pydantic import SecretStr

from rejoinder.llm.choose import Account, Accounts
from rejoinder.settings import Settings


def accounts(settings: Settings) -> Accounts:
    """How each provider is reached."""

    def account(key: SecretStr | None, url: str | None, model: str) -> Account:
        return Account(key.get_secret_value() if key else None, url, model)

    return Accounts(
        gemini=account(settings.gemini_api_key, settings.gemini_base_url, settings.gemini_model),
        openai=account(settings.openai_api_key, settings.openai_base_url, settings.openai_model),
        anthropic=account(
            settings.anthropic_api_key, settings.anthropic_base_url, settings.anthropic_model
        ),
        service=account(settings.ai_service_api_key, settings.ai_service_url, "service"),
    )
