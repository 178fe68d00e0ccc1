"""Which model the settings name."""

import pytest

from bridge24.core.llm import ModelNotConfigured, close_model, language_model
from bridge24.core.settings import get_settings


@pytest.fixture
def settings(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    for name in ("OPENAI_API_KEY", "OPENAI_BASE_URL"):
        monkeypatch.setenv(name, "")
    get_settings.cache_clear()
    yield monkeypatch  # type: ignore[misc]
    get_settings.cache_clear()


async def test_without_key_and_server_it_is_said_what_to_set(settings: pytest.MonkeyPatch) -> None:
    with pytest.raises(ModelNotConfigured, match="OPENAI_API_KEY"):
        language_model()


async def test_a_server_of_ones_own_needs_no_key(settings: pytest.MonkeyPatch) -> None:
    settings.setenv("OPENAI_BASE_URL", "http://127.0.0.1:9/v1")
    get_settings.cache_clear()
    assert language_model() is language_model()
    await close_model()
