"""Every setting, read once from the environment or from ``.env``."""

from functools import lru_cache
from pathlib import Path
from typing import Literal
from zoneinfo import available_timezones

from pydantic import Field, SecretStr, ValidationError, field_validator
from pydantic_settings import BaseSettings, SettingsConfigDict
from sqlalchemy.engine import make_url
from sqlalchemy.exc import ArgumentError

from bridge24.core.errors import BadConfiguration

SUPPORTED_DATABASES = ("postgresql", "mysql", "mariadb")
# Reading them takes longer than all other settings together.
_known_zones = lru_cache(available_timezones)


class Settings(BaseSettings):
    """The names are those of the owner's document, e.g. ``DATABASE_URL``."""

    model_config = SettingsConfigDict(
        env_file=(".env", "../.env"), env_file_encoding="utf-8", frozen=True, extra="ignore"
    )

    environment: Literal["development", "staging", "production"] = "development"
    debug: bool = False
    secret_key: SecretStr | None = None
    """Seals secrets in the database; former keys behind it, after commas, still open them."""
    host: str = "127.0.0.1"
    port: int = Field(default=8080, ge=1, le=65535)

    database_url: SecretStr | None = None
    """``postgresql+asyncpg://…`` or ``mysql+aiomysql://…``; unset: an embedded PostgreSQL."""
    database_pool_size: int = Field(default=5, ge=1)
    database_max_overflow: int = Field(default=10, ge=0)
    data_folder: Path = Path("data")
    """Where the embedded PostgreSQL keeps its files."""

    bitrix_webhook_url: SecretStr | None = None
    """``https://acme.bitrix24.ru/rest/1/code/``, made by an administrator of the portal."""
    bitrix_enterprise: bool = False
    """Whether the portal has the Enterprise plan's limits (250 calls, then 5 a second)."""
    sync_batch_size: int = Field(default=50, ge=1, le=50)
    """The most pages (of 50 rows) asked for in one HTTP call."""
    bitrix_application_token: SecretStr | None = None
    """The token the portal shows in its outgoing webhook; several with commas in between."""
    bitrix_client_id: str = ""
    """The code of our own application on the portal, for events without an outgoing webhook."""
    bitrix_client_secret: SecretStr | None = None
    bitrix_refresh_token: SecretStr | None = None
    """Connects an application that has no installer: used once, then kept in the database."""
    bitrix_oauth_url: str = "https://oauth.bitrix.info"
    """The OAuth server; https://oauth.bitrix24.tech in some regions."""
    public_url: str = ""
    """The https address under which the portal reaches this server."""
    labels_language: Literal["ru", "en"] = "ru"
    """The language of the words and comments in the labelled views."""
    personal_data_salt: SecretStr | None = Field(default=None, min_length=16)
    """What hashed columns are salted with; with another one no old hash fits a new one."""

    sync_default_interval_minutes: int = Field(default=10, ge=1)
    """How often changes are looked for in objects without a schedule of their own."""
    sync_start_by_itself: bool = True
    """Whether objects without a copy get their first one by themselves; else a person asks."""
    sync_audit_cron: str = "30 0 * * *"
    """When everything is audited, in UTC; empty: never by itself."""
    worker_in_process: bool = True
    """Whether the API's process also works on jobs and keeps the schedules."""

    auth_enabled: bool = False
    """Whether operators have to sign in."""
    auth_secret: SecretStr | None = None
    """Signs the tokens; at least 32 bytes, e.g. from ``openssl rand -base64 48``."""
    auth_allow_open: bool = False
    """Whether it may be served to the network although nobody has to sign in."""

    charts_database_url: SecretStr | None = None
    """A login that may only read the CRM's tables; unset: DATABASE_URL, in read-only mode."""
    chart_query_timeout_seconds: float = Field(default=5, gt=0, le=600)
    """The database stops a chart's query after so long."""
    chart_max_rows: int = Field(default=10_000, ge=1, le=1_000_000)
    """The most rows a chart's query gives; the answer says when there were more."""

    metrics_token: SecretStr | None = Field(default=None, min_length=16)
    """What Prometheus brings as bearer token to ``/metrics`` when operators have to sign in."""

    charts_timezone: str = "Europe/Moscow"
    """Where the company keeps its calendar: the zone of "today" and "this quarter"."""

    openai_api_key: SecretStr | None = None
    """The language model's key; without it nothing is generated, the rest works."""
    openai_base_url: str | None = None
    """Another server that speaks Chat Completions, e.g. ``http://localhost:11434/v1``."""
    openai_model: str = "gpt-4o-mini"
    openai_embedding_model: str = "text-embedding-3-small"
    openai_timeout_seconds: float = Field(default=60, gt=0)
    openai_concurrency: int = Field(default=4, ge=1)
    """The most requests to the model at a time."""
    openai_prompt_price: float | None = Field(default=None, ge=0)
    """US dollars for a million tokens of the question; with the next one, costs are told."""
    openai_answer_price: float | None = Field(default=None, ge=0)
    """US dollars for a million tokens of the answer."""

    @field_validator(
        "openai_api_key",
        "openai_base_url",
        "openai_prompt_price",
        "openai_answer_price",
        "secret_key",
        "database_url",
        "charts_database_url",
        "bitrix_webhook_url",
        "bitrix_application_token",
        "bitrix_client_secret",
        "bitrix_refresh_token",
        "personal_data_salt",
        "auth_secret",
        "metrics_token",
        mode="before",
    )
    @classmethod
    def _empty_is_unset(cls, value: object) -> object:
        return None if value == "" else value

    @field_validator("charts_timezone")
    @classmethod
    def _known_zone(cls, value: str) -> str:
        if value not in _known_zones():
            raise ValueError("is no time zone such as Europe/Moscow")
        return value

    @field_validator("database_url", "charts_database_url")
    @classmethod
    def _known_database(cls, value: SecretStr | None) -> SecretStr | None:
        if value is None:
            return None
        try:
            backend = make_url(value.get_secret_value()).get_backend_name()
        except ArgumentError:
            backend = ""
        if backend not in SUPPORTED_DATABASES and backend != "postgres":
            raise ValueError(
                "it must look like postgresql+asyncpg://user:password@host:5432/database "
                "or mysql+aiomysql://user:password@host:3306/database"
            )
        return value


@lru_cache(maxsize=1)
def get_settings() -> Settings:
    """Read the settings; one clear error names the first wrong one."""
    try:
        return Settings()
    except ValidationError as error:
        first = error.errors(include_input=False, include_url=False)[0]
        name = str(first["loc"][0]).upper() if first["loc"] else "(unknown)"
        reason = str(first["msg"]).removeprefix("Value error, ")
        raise BadConfiguration(setting=name, reason=reason) from None
