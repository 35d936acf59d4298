"""All settings, in one frozen object. Only the composition roots (`cli`, `app`, `worker`) read it.

Sources, strongest first: the environment, `rejoinder.toml` in the working directory, the defaults.
Every field is described in `docs/settings.md`; a test holds that.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

FILE = "rejoinder.toml"
_SHORTEST_TOKEN = 8


def _env(*names: str) -> AliasChoices:
    return AliasChoices(*names, *(name.lower() for name in names))


class Settings(BaseSettings):
    """One frozen object; build it with `load()`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        toml_file=FILE,
        env_ignore_empty=True,
        populate_by_name=True,
    )

    # where
    host: Annotated[str, Field(validation_alias=_env("HOST", "API_HOST"))] = "127.0.0.1"
    port: Annotated[int, Field(validation_alias=_env("PORT", "API_PORT"), ge=0, le=65535)] = 8000
    public_url: Annotated[str | None, Field(validation_alias=_env("REJOINDER_PUBLIC_URL"))] = None
    data_dir: Annotated[Path | None, Field(validation_alias=_env("REJOINDER_DATA"))] = None
    database_url: Annotated[SecretStr | None, Field(validation_alias=_env("DATABASE_URL"))] = None
    postgres_host: Annotated[str | None, Field(validation_alias=_env("POSTGRES_HOST"))] = None
    postgres_port: Annotated[int, Field(validation_alias=_env("POSTGRES_PORT"))] = 5432
    postgres_db: Annotated[str, Field(validation_alias=_env("POSTGRES_DB"))] = "rejoinder"
    postgres_user: Annotated[str, Field(validation_alias=_env("POSTGRES_USER"))] = "postgres"
    postgres_password: Annotated[
        SecretStr | None, Field(validation_alias=_env("POSTGRES_PASSWORD"))
    ] = None
    secret_key: Annotated[
        SecretStr | None, Field(validation_alias=_env("REJOINDER_SECRET_KEY"))
    ] = None

    # the model
    model: Annotated[str | None, Field(validation_alias=_env("REJOINDER_MODEL"))] = None
    gemini_api_key: Annotated[
        SecretStr | None, Field(validation_alias=_env("GEMINI_API_KEY", "GOOGLE_API_KEY"))
    ] = None
    gemini_base_url: Annotated[str | None, Field(validation_alias=_env("GEMINI_BASE_URL"))] = None
    gemini_model: Annotated[str, Field(validation_alias=_env("GEMINI_MODEL"))] = (
        "gemini-flash-latest"
    )
    openai_api_key: Annotated[SecretStr | None, Field(validation_alias=_env("OPENAI_API_KEY"))] = (
        None
    )
    openai_base_url: Annotated[str | None, Field(validation_alias=_env("OPENAI_BASE_URL"))] = None
    openai_model: Annotated[str, Field(validation_alias=_env("OPENAI_MODEL"))] = "gpt-5-mini"
    anthropic_api_key: Annotated[
        SecretStr | None, Field(validation_alias=_env("ANTHROPIC_API_KEY"))
    ] = None
    anthropic_base_url: Annotated[
        str | None, Field(validation_alias=_env("ANTHROPIC_BASE_URL"))
    ] = None
    anthropic_model: Annotated[str, Field(validation_alias=_env("ANTHROPIC_MODEL"))] = (
        "claude-haiku-4-5"
    )
    ai_service_url: Annotated[str | None, Field(validation_alias=_env("AI_SERVICE_URL"))] = None
    ai_service_api_key: Annotated[
        SecretStr | None, Field(validation_alias=_env("AI_SERVICE_API_KEY"))
    ] = None
    model_timeout: Annotated[
        float, Field(validation_alias=_env("REJOINDER_MODEL_TIMEOUT", "AI_SERVICE_TIMEOUT"), gt=0)
    ] = 60.0
    model_limits: Annotated[str | None, Field(validation_alias=_env("REJOINDER_MODEL_LIMITS"))] = (
        None
    )
    embedder: Annotated[str | None, Field(validation_alias=_env("REJOINDER_EMBEDDER"))] = None
    # who is posted to and calls
    pancake_base_url: Annotated[str | None, Field(validation_alias=_env("PANCAKE_BASE_URL"))] = None
    pancake_access_token: Annotated[
        SecretStr | None, Field(validation_alias=_env("PANCAKE_ACCESS_TOKEN"))
    ] = None
    admin_access_token: Annotated[
        SecretStr | None, Field(validation_alias=_env("ADMIN_ACCESS_TOKEN"))
    ] = None

    update_prices: Annotated[bool, Field(validation_alias=_env("REJOINDER_UPDATE_PRICES"))] = False

    # the work
    max_turns: Annotated[int, Field(validation_alias=_env("REJOINDER_MAX_TURNS"), ge=1)] = 5000
    lanes: Annotated[str | None, Field(validation_alias=_env("REJOINDER_LANES"))] = None
    keep_prompts_days: Annotated[
        int, Field(validation_alias=_env("REJOINDER_KEEP_PROMPTS_DAYS"), ge=0, le=36500)
    ] = 30
    keep_events_days: Annotated[
        int, Field(validation_alias=_env("REJOINDER_KEEP_EVENTS_DAYS"), ge=0, le=36500)
    ] = 90
    keep_closed_days: Annotated[
        int, Field(validation_alias=_env("REJOINDER_KEEP_CLOSED_DAYS"), ge=0, le=36500)
    ] = 365
    keep_media_days: Annotated[
        int, Field(validation_alias=_env("REJOINDER_KEEP_MEDIA_DAYS"), ge=0, le=36500)
    ] = 0
    keep_channel_log_days: Annotated[
        int, Field(validation_alias=_env("REJOINDER_KEEP_CHANNEL_LOG_DAYS"), ge=0, le=36500)
    ] = 7
    drain_seconds: Annotated[
        float, Field(validation_alias=_env("REJOINDER_DRAIN_SECONDS"), ge=0)
    ] = 20.0
    max_wait_seconds: Annotated[
        float, Field(validation_alias=_env("REJOINDER_MAX_WAIT_SECONDS"), ge=0, le=600)
    ] = 120.0
    pool_size: Annotated[int, Field(validation_alias=_env("REJOINDER_POOL_SIZE"), ge=2, le=100)] = 4
    visitor_messages_per_minute: Annotated[
        int, Field(validation_alias=_env("REJOINDER_VISITOR_MESSAGES_PER_MINUTE"), ge=1)
    ] = 30
    visitor_sessions_per_minute: Annotated[
        int, Field(validation_alias=_env("REJOINDER_VISITOR_SESSIONS_PER_MINUTE"), ge=1)
    ] = 20

    # files of messages
    media_url: Annotated[str | None, Field(validation_alias=_env("REJOINDER_MEDIA_URL"))] = None
    media_endpoint: Annotated[
        str | None, Field(validation_alias=_env("REJOINDER_MEDIA_ENDPOINT"))
    ] = None
    media_region: Annotated[str | None, Field(validation_alias=_env("REJOINDER_MEDIA_REGION"))] = (
        None
    )
    media_access_key: Annotated[
        SecretStr | None, Field(validation_alias=_env("REJOINDER_MEDIA_ACCESS_KEY"))
    ] = None
    media_secret_key: Annotated[
        SecretStr | None, Field(validation_alias=_env("REJOINDER_MEDIA_SECRET_KEY"))
    ] = None
    media_limits: Annotated[str | None, Field(validation_alias=_env("REJOINDER_MEDIA_LIMITS"))] = (
        None
    )
    media_scanner: Annotated[
        str | None, Field(validation_alias=_env("REJOINDER_MEDIA_SCANNER"))
    ] = None
    media_wait_seconds: Annotated[
        float, Field(validation_alias=_env("REJOINDER_MEDIA_WAIT_SECONDS"), ge=0, le=60)
    ] = 8.0
    transcription_model: Annotated[
        str | None, Field(validation_alias=_env("REJOINDER_TRANSCRIPTION_MODEL"))
    ] = None

    # what it says about itself
    log_level: Annotated[
        Literal["debug", "info", "warning", "error"], Field(validation_alias=_env("LOG_LEVEL"))
    ] = "info"
    log_format: Annotated[
        Literal["auto", "json", "console"], Field(validation_alias=_env("REJOINDER_LOG_FORMAT"))
    ] = "auto"

    @classmethod
    def settings_customise_sources(
        cls,
        settings_cls: type[BaseSettings],
        init_settings: PydanticBaseSettingsSource,
        env_settings: PydanticBaseSettingsSource,
        dotenv_settings: PydanticBaseSettingsSource,
        file_secret_settings: PydanticBaseSettingsSource,
    ) -> tuple[PydanticBaseSettingsSource, ...]:
        return (init_settings, env_settings, TomlConfigSettingsSource(settings_cls))

    @field_validator("log_level", mode="before")
    @classmethod
    def _lower(cls, value: object) -> object:
        return value.lower() if isinstance(value, str) else value

    @field_validator("gemini_base_url", "openai_base_url", "anthropic_base_url")
    @classmethod
    def _http(cls, value: str | None) -> str | None:
        if value is None:
            return None
        if not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value.rstrip("/")

    @field_validator("ai_service_url", "pancake_base_url")
    @classmethod
    def _http_as_given(cls, value: str | None) -> str | None:
        if value is not None and not value.startswith(("http://", "https://")):
            raise ValueError("must begin with http:// or https://")
        return value

    @field_validator("public_url")
    @classmethod
    def _a_base(cls, value: str | None) -> str | None:
        if value is None:
            return None
        parts = urlsplit(value)
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise ValueError("must be like https://chat.example.com, with a path if there is one")
        if parts.query or parts.fragment or "@" in parts.netloc:
            raise ValueError("may hold a host, a port and a path only")
        return value.rstrip("/")

    @field_validator("pancake_access_token", "admin_access_token")
    @classmethod
    def _fits_a_header(cls, value: SecretStr | None) -> SecretStr | None:
        if value is not None and not all("!" <= sign <= "~" for sign in value.get_secret_value()):
            raise ValueError("may hold printable ASCII only, and no space")
        if value is not None and len(value.get_secret_value()) < _SHORTEST_TOKEN:
            raise ValueError(f"must be at least {_SHORTEST_TOKEN} characters long")
        return value

    @model_validator(mode="after")
    def _key_for_a_shared_database(self) -> Settings:
        if self.dsn is not None and self.secret_key is None:
            raise ValueError(
                "REJOINDER_SECRET_KEY is required with your own PostgreSQL: every process on it must share "
                'one key; make one with: python3 -c "import secrets; print(secrets.token_urlsafe(32))"'
            )
        return self

    @model_validator(mode="after")
    def _tokens_of_their_own(self) -> Settings:
        if self.admin_access_token is not None and (
            self.admin_access_token == self.pancake_access_token
        ):
            raise ValueError(
                "ADMIN_ACCESS_TOKEN and PANCAKE_ACCESS_TOKEN are the same: who hands messages in could do all; "
                "give each a value of its own"
            )
        return self

    @property
    def dsn(self) -> str | None:
        """The operator's PostgreSQL, or None for the private one. SQLAlchemy's `+asyncpg` form is accepted."""
        if self.database_url is not None:
            url = self.database_url.get_secret_value()
            return url.replace("postgresql+asyncpg://", "postgresql://", 1).replace(
                "postgres://", "postgresql://", 1
            )
        if self.postgres_host is None:
            return None
        password = self.postgres_password.get_secret_value() if self.postgres_password else ""
        user = quote(self.postgres_user, safe="") + (
            f":{quote(password, safe='')}" if password else ""
        )
        return f"postgresql://{user}@{self.postgres_host}:{self.postgres_port}/{self.postgres_db}"

    @property
    def data(self) -> Path:
        """The data folder: REJOINDER_DATA, else /var/lib/rejoinder as root, else ./data."""
        if self.data_dir is not None:
            return self.data_dir.expanduser().absolute()
        return Path("/var/lib/rejoinder") if os.geteuid() == 0 else Path("data").absolute()
