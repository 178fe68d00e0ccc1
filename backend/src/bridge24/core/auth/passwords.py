"""Passwords: argon2id, off the event loop, few at a time because each takes 64 MB."""

import asyncio
from functools import lru_cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

AT_ONCE = 2
SHORTEST = 10
LONGEST = 200

_hasher = PasswordHasher()
_places = asyncio.Semaphore(AT_ONCE)


async def hashed(password: str) -> str:
    """Hash a password for keeping."""
    async with _places:
        return await asyncio.to_thread(_hasher.hash, password)


async def matches(password: str, kept: str | None) -> bool:
    """Compare a password with a hash; as slow where there is none to compare with."""
    async with _places:
        return await asyncio.to_thread(_verify, password, kept)


def _verify(password: str, kept: str | None) -> bool:
    try:
        _hasher.verify(kept or _nobodys(), password)
    except (VerificationError, InvalidHashError):
        return False
    return kept is not None


@lru_cache(maxsize=1)
def _nobodys() -> str:
    return _hasher.hash("of nobody")
