"""Signing in and out, and looking after operators."""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import delete
from sqlalchemy.ext.asyncio import AsyncSession

from bridge24.core.auth import Role, passwords, tokens
from bridge24.core.clock import utc_naive
from bridge24.core.db import transaction
from bridge24.core.errors import BadConfiguration
from bridge24.core.settings import get_settings
from bridge24.operators import queries, tries
from bridge24.operators.errors import (
    LastAdmin,
    NameTaken,
    NoSuchOperator,
    SignInIsOff,
    SignInNeeded,
    WeakPassword,
    WrongPassword,
)
from bridge24.operators.models import Operator, OperatorSession

SESSION = timedelta(days=14)
"""Without a renewal for so long one has to sign in again."""
SAME_MOMENT = timedelta(seconds=30)


@dataclass(frozen=True, slots=True)
class SignedIn:
    """What a caller is given."""

    operator: Operator
    access: str
    refresh: str
    """Renews the access token once; a new one comes with it."""


async def sign_in(name: str, password: str, *, address: str) -> SignedIn:
    """Open a session.

    Raises:
        WrongPassword: Which of the two is wrong is not told.
        TooManyTries: After failures it has to wait, right or not.
    """
    secret()
    await tries.count_one(name, address)
    async with transaction() as session:
        operator = await queries.named(session, name)
    kept = operator.password_hash if operator is not None and operator.active else None
    if not await passwords.matches(password, kept) or operator is None:
        raise WrongPassword
    await tries.forgive(name, address)
    async with transaction() as session:
        operator = await session.get_one(Operator, operator.id)
        operator.signed_in_at = utc_naive()
        await _forget_old(session)
        row, word = _new_session(operator)
        session.add(row)
        await session.flush()
        return _given(operator, row, word)


async def renew(refresh: str) -> SignedIn:
    """Renew the access token.

    A refresh token serves once. Shown again later, it has been copied: the session ends.

    Raises:
        SignInNeeded: It is unknown, used, or too old.
    """
    session_id, _, word = refresh.partition(".")
    if not session_id.isdecimal() or len(session_id) > 18:
        raise SignInNeeded
    given = await _renewed(int(session_id), word)
    if given is None:
        raise SignInNeeded
    return given


async def _renewed(session_id: int, word: str) -> SignedIn | None:
    async with transaction() as session:
        row = await session.get(OperatorSession, session_id, with_for_update=True)
        if row is None or row.ended_at is not None or row.expires_at <= utc_naive():
            return None
        operator = await session.get(Operator, row.operator_id)
        if operator is None or not operator.active:
            return None
        if hmac.compare_digest(_digest(word), row.digest):
            fresh = secrets.token_urlsafe(32)
            row.digest_before, row.digest = row.digest, _digest(fresh)
            row.renewed_at, row.expires_at = utc_naive(), utc_naive() + SESSION
            return _given(operator, row, fresh)
        known = hmac.compare_digest(_digest(word), row.digest_before or "")
        if known and utc_naive() - row.renewed_at <= SAME_MOMENT:
            return _given(operator, row, "")
        if known:
            row.ended_at = utc_naive()
        return None


async def sign_out(session_id: int) -> None:
    """End a session."""
    async with transaction() as session:
        row = await session.get(OperatorSession, session_id)
        if row is not None:
            row.ended_at = utc_naive()


async def add(name: str, password: str, *, role: Role) -> Operator:
    """Add an operator.

    Raises:
        NameTaken: There is one of this name.
        WeakPassword: The password is too short or too long.
    """
    _check(password, name=name)
    kept = await passwords.hashed(password)
    async with transaction() as session:
        if await queries.named(session, name) is not None:
            raise NameTaken(name=name)
        operator = Operator(
            name=name, password_hash=kept, role=role, active=True, created_at=utc_naive()
        )
        session.add(operator)
        await session.flush()
        return operator


async def change(
    operator_id: int,
    *,
    role: Role | None = None,
    active: bool | None = None,
    password: str | None = None,
) -> Operator:
    """Change an operator; a new password or a closed account ends all sessions.

    Raises:
        NoSuchOperator: There is none.
        LastAdmin: Nobody could look after operators any more.
        WeakPassword: The password is too short or too long.
    """
    if password is not None:
        _check(password, name="")
    kept = await passwords.hashed(password) if password is not None else None
    async with transaction() as session:
        operator = await session.get(Operator, operator_id, with_for_update=True)
        if operator is None:
            raise NoSuchOperator(operator=operator_id)
        loses = (role is not None and role is not Role.ADMIN) or active is False
        is_admin = operator.role == Role.ADMIN
        if is_admin and loses and not await queries.other_admins(session, operator_id):
            raise LastAdmin
        operator.role = role or operator.role
        operator.active = operator.active if active is None else active
        operator.password_hash = kept or operator.password_hash
        if kept or not operator.active:
            await queries.end_sessions(session, operator_id=operator_id)
        return operator


def secret() -> str:
    """The key that signs tokens.

    Raises:
        SignInIsOff: Nobody has to sign in.
        BadConfiguration: It is not set.
    """
    settings = get_settings()
    if not settings.auth_enabled:
        raise SignInIsOff
    if settings.auth_secret is None:
        raise BadConfiguration(setting="AUTH_SECRET", reason="it is not set")
    return settings.auth_secret.get_secret_value()


def _new_session(operator: Operator) -> tuple[OperatorSession, str]:
    word = secrets.token_urlsafe(32)
    now = utc_naive()
    row = OperatorSession(
        operator_id=operator.id, digest=_digest(word), renewed_at=now, expires_at=now + SESSION
    )
    return row, word


def _given(operator: Operator, row: OperatorSession, word: str) -> SignedIn:
    claim = tokens.Claim(operator_id=operator.id, session_id=row.id)
    access = tokens.issue(claim, secret=secret())
    return SignedIn(operator, access, f"{row.id}.{word}" if word else "")


def _digest(word: str) -> str:
    return hashlib.sha256(word.encode()).hexdigest()


def _check(password: str, *, name: str) -> None:
    if len(password) < passwords.SHORTEST:
        raise WeakPassword(reason=f"shorter than {passwords.SHORTEST} characters")
    if len(password) > passwords.LONGEST:
        raise WeakPassword(reason=f"longer than {passwords.LONGEST} characters")
    if password == name or len(set(password)) < 4:
        raise WeakPassword(reason="too easily guessed")


async def _forget_old(session: AsyncSession) -> None:
    old = OperatorSession.expires_at < utc_naive() - SESSION
    await session.execute(delete(OperatorSession).where(old))
