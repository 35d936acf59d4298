"""All settings, in one frozen object. Only the composition roots (`cli`, `app`, `worker`) read it.

Sources, strongest first: the environment, `rejoinder.toml` in the working directory, the defaults.
Every field is described in `docs/settings.md`; a test holds that.
"""

from __future__ import annotations

import os
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Annotated, Literal
from urllib.parse import quote

from pydantic import (
    AliasChoices,
    Field,
    SecretStr,
    ValidationError,
    field_validator,
    model_validator,
)
from pydantic_settings import (
    BaseSettings,
    PydanticBaseSettingsSource,
    SettingsConfigDict,
    TomlConfigSettingsSource,
)

from rejoinder.errors import Setup

_FILE = "rejoinder.toml"
_SHORTEST_TOKEN = 8
_OF_THE_TESTS = ("REJOINDER_TEST_", "REJOINDER_CHROMIUM")


def _env(*names: str) -> AliasChoices:
    return AliasChoices(*names, *(name.lower() for name in names))


class Settings(BaseSettings):
    """One frozen object; build it with `load()`."""

    model_config = SettingsConfigDict(
        frozen=True,
        extra="ignore",
        toml_file=_FILE,
        env_ignore_empty=True,
        populate_by_name=True,
    )

    # where
    host: Annotated[str, Field(validation_alias=_env("HOST", "API_HOST"))] = "127.0.0.1"
    port: Annotated[int, Field(validation_alias=_env("PORT", "API_PORT"), ge=0, le=65535)] = 8000
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


def load(**overrides: object) -> Settings:
    """Read the environment and `rejoinder.toml`. Raises Setup, naming each wrong setting and why."""
    try:
        return Settings(**overrides)  # type: ignore[arg-type]
    except ValidationError as wrong:
        lines = [
            ": ".join(
                filter(None, (".".join(map(str, error["loc"])).upper(), _plain(error["msg"])))
            )
            for error in wrong.errors(include_url=False, include_input=False)
        ]
        raise Setup("; ".join(lines), mend="See docs/settings.md.", code="bad_settings") from None
    except ValueError as wrong:  # rejoinder.toml that can't be parsed
        raise Setup(
            f"rejoinder.toml: {wrong}", mend="See docs/settings.md.", code="bad_settings"
        ) from None


@dataclass(frozen=True, slots=True)
class Unknown:
    """A name that no setting has: where it stands, and the setting's name that it resembles, if any."""

    name: str
    where: str
    nearest: str | None


def unknown_names(environment: Mapping[str, str] = os.environ) -> list[Unknown]:
    """What a person has set and nothing reads: keys of `rejoinder.toml`, variables that begin with REJOINDER_.

    `load` passes them over, so that a file made for another release does not keep a server from starting; `rejoinder
    doctor` tells them. Raises Setup when the file can't be read.
    """
    fields = {name.casefold() for name in Settings.model_fields}
    aliases = {
        alias.upper()
        for field in Settings.model_fields.values()
        if isinstance(field.validation_alias, AliasChoices)
        for alias in field.validation_alias.choices
        if isinstance(alias, str)
    }
    known = fields | {alias.casefold() for alias in aliases}
    return [
        Unknown(key, _FILE, _nearest(key.casefold(), fields) or _nearest(key.casefold(), known))
        for key in _keys_of_the_file()
        if key.casefold() not in known
    ] + [
        Unknown(name, "the environment", _nearest(name.upper(), aliases))
        for name in sorted(environment)
        if name.upper().startswith("REJOINDER_")
        and name.upper() not in aliases
        and not name.upper().startswith(_OF_THE_TESTS)
    ]


def _keys_of_the_file() -> list[str]:
    try:
        return list(tomllib.loads(Path(_FILE).read_text(encoding="utf-8")))
    except FileNotFoundError:
        return []
    except (OSError, ValueError) as wrong:
        raise Setup(
            f"{_FILE}: {wrong}", mend="See docs/settings.md.", code="bad_settings"
        ) from None


def _nearest(name: str, known: set[str]) -> str | None:
    return next(iter(get_close_matches(name, sorted(known), n=1)), None)


def _plain(message: str) -> str:
    return message.removeprefix("Value error, ")
