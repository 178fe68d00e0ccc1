"""Secrets in the database are sealed, and keys can be changed."""

import pytest
from pydantic import SecretStr

from bridge24.core.crypto import NoKey, SealBroken, WeakKey, seal, unseal
from bridge24.core.settings import Settings

FIRST, SECOND = "the first key of the tests of 32 bytes", "the second key of the tests of 32 bytes"


def _settings(key: str | None, *, application: str | None = None) -> Settings:
    return Settings(
        secret_key=SecretStr(key) if key else None,
        bitrix_client_secret=SecretStr(application) if application else None,
    )


def test_what_is_sealed_is_read_again_and_not_to_be_seen() -> None:
    sealed = seal("token", _settings(FIRST))

    assert unseal(sealed, _settings(FIRST)) == "token"
    assert "token" not in sealed
    assert sealed != seal("token", _settings(FIRST))


def test_a_key_is_changed_by_putting_the_new_one_in_front() -> None:
    old = seal("token", _settings(FIRST))
    both = _settings(f"{SECOND}, {FIRST}")

    assert unseal(old, both) == "token"
    assert unseal(seal("token", both), _settings(SECOND)) == "token"


def test_another_key_and_an_altered_seal_open_nothing() -> None:
    sealed = seal("token", _settings(FIRST))

    for settings, text in ((_settings(SECOND), sealed), (_settings(FIRST), sealed[:-6] + "AAAA==")):
        with pytest.raises(SealBroken, match="SECRET_KEY"):
            unseal(text, settings)


def test_the_applications_secret_seals_where_there_is_no_key_and_opens_ever_after() -> None:
    sealed = seal("token", _settings(None, application="app secret"))

    assert unseal(sealed, _settings(FIRST, application="app secret")) == "token"
    fresh = seal("token", _settings(FIRST, application="app secret"))
    assert unseal(fresh, _settings(FIRST)) == "token"


def test_a_weak_key_and_no_key_are_refused_with_a_remedy() -> None:
    with pytest.raises(WeakKey, match="openssl"):
        seal("token", _settings("short"))
    with pytest.raises(NoKey, match="SECRET_KEY"):
        seal("token", _settings(None))
