"""The rehearsal has a database of its own: the company's is neither read nor written."""

import pytest
from pydantic import SecretStr
from sqlalchemy import text
from sqlalchemy.engine import make_url

from bridge24.charts.pool import charts_url
from bridge24.cli.rehearsal.scratch import scratch_database
from bridge24.core.db import close_db, connection, get_engine, init_db
from bridge24.core.settings import Settings, get_settings


async def test_the_scratch_database_is_empty_apart_and_gone_afterwards(
    database: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CHARTS_DATABASE_URL", database)
    get_settings.cache_clear()
    settings = Settings(database_url=SecretStr(database))
    await _run(settings, "CREATE TABLE crm_deals (id BIGINT)")
    async with scratch_database(settings):
        scratch = get_engine().url
        async with connection() as conn:
            await conn.execute(text("CREATE TABLE crm_deals (id BIGINT, more BIGINT)"))
        assert charts_url(get_settings()).database == scratch.database
    assert scratch.database != make_url(database).database
    await _run(settings, "INSERT INTO crm_deals VALUES (1)")
    assert get_settings().charts_database_url is not None
    with pytest.raises(Exception, match=str(scratch.database)):
        await init_db(
            Settings(database_url=SecretStr(scratch.render_as_string(hide_password=False)))
        )
    await close_db()
    get_settings.cache_clear()


async def _run(settings: Settings, statement: str) -> None:
    await init_db(settings)
    async with connection() as conn:
        await conn.execute(text(statement))
    await close_db()
