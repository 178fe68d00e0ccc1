"""Seals secrets that have to lie in the database, and opens them.

The keys are made from SECRET_KEY; several may stand there with commas in between: the first
one seals, the others open what was sealed before it came. The secret of our application opens
as well, and seals where SECRET_KEY is not set: an application always has one.
https://cryptography.io/en/latest/fernet/
"""

import base64
from functools import lru_cache

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from bridge24.core.errors import AppError, BadConfiguration
from bridge24.core.settings import Settings

SHORTEST_KEY = 32
_PURPOSE = b"bridge24: secrets in the database"


class NoKey(BadConfiguration):
    """Nothing to seal secrets with: put into SECRET_KEY what "openssl rand -base64 48" prints."""


class WeakKey(BadConfiguration):
    """A part of SECRET_KEY has fewer than 32 bytes: put there what "openssl rand -base64 48"
    prints, and former keys behind it, after a comma."""


class SealBroken(AppError):
    """A secret in the database was sealed with another key: put the former SECRET_KEY behind the
    present one, after a comma, or install the application on the portal again."""


def seal(text: str, settings: Settings) -> str:
    """Seal a text; sealed twice, it looks different.

    Raises:
        NoKey: There is nothing to seal with.
        WeakKey: SECRET_KEY is too short.
    """
    return _keys(settings).encrypt(text.encode()).decode()


def unseal(sealed: str, settings: Settings) -> str:
    """Read what was sealed with any of the keys.

    Raises:
        SealBroken: None of them fits, or it was altered.
        NoKey: There is none.
        WeakKey: SECRET_KEY is too short.
    """
    try:
        return _keys(settings).decrypt(sealed.encode()).decode()
    except InvalidToken:
        raise SealBroken from None


def _keys(settings: Settings) -> MultiFernet:
    told = settings.secret_key.get_secret_value() if settings.secret_key else ""
    own = tuple(part.strip() for part in told.split(",") if part.strip())
    if any(len(part.encode()) < SHORTEST_KEY for part in own):
        raise WeakKey
    application = settings.bitrix_client_secret
    every = (*own, application.get_secret_value()) if application else own
    if not every:
        raise NoKey
    return MultiFernet([_key(part) for part in every])


@lru_cache(maxsize=8)
def _key(secret: str) -> Fernet:
    made = HKDF(algorithm=SHA256(), length=32, salt=None, info=_PURPOSE).derive(secret.encode())
    return Fernet(base64.urlsafe_b64encode(made))
