"""The tables of the people who may use the API, and of their sessions."""

from datetime import datetime

from sqlalchemy import BigInteger, Boolean, DateTime, Index, Integer, String
from sqlalchemy.dialects.mysql import VARCHAR
from sqlalchemy.orm import Mapped, mapped_column

from bridge24.core.tables import Base

NAME_LENGTH = 64
SUBJECT_LENGTH = 128


def _exact(length: int) -> String:
    """MySQL's usual comparison takes "Ann" for "ann"."""
    exact = VARCHAR(length, collation="utf8mb4_bin")
    return String(length).with_variant(exact, "mysql", "mariadb")


class Operator(Base):
    """A person who may sign in."""

    __tablename__ = "operators"
    __table_args__ = (Index("uq_operators_name", "name", unique=True),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    name: Mapped[str] = mapped_column(_exact(NAME_LENGTH))
    password_hash: Mapped[str] = mapped_column(String(255))
    role: Mapped[str] = mapped_column(String(16))
    active: Mapped[bool] = mapped_column(Boolean, default=True)
    created_at: Mapped[datetime] = mapped_column(DateTime)
    signed_in_at: Mapped[datetime | None] = mapped_column(DateTime)


class OperatorSession(Base):
    """A signed-in browser or program."""

    __tablename__ = "operator_sessions"
    __table_args__ = (Index("ix_operator_sessions_operator_id", "operator_id"),)

    id: Mapped[int] = mapped_column(BigInteger, primary_key=True, autoincrement=True)
    operator_id: Mapped[int] = mapped_column(BigInteger)
    digest: Mapped[str] = mapped_column(String(64))
    """SHA-256 of the secret that renews it; a new secret each time."""
    digest_before: Mapped[str | None] = mapped_column(String(64))
    """Of the secret before: two windows of one browser may renew at once."""
    renewed_at: Mapped[datetime] = mapped_column(DateTime)
    expires_at: Mapped[datetime] = mapped_column(DateTime)
    ended_at: Mapped[datetime | None] = mapped_column(DateTime)


class SignInTry(Base):
    """Failed tries to sign in, counted for a name, an address, and both together."""

    __tablename__ = "sign_in_tries"

    subject: Mapped[str] = mapped_column(_exact(SUBJECT_LENGTH), primary_key=True)
    failures: Mapped[int] = mapped_column(Integer, default=0)
    last_at: Mapped[datetime] = mapped_column(DateTime)
    blocked_until: Mapped[datetime | None] = mapped_column(DateTime)
