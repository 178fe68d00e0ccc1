"""What the API takes and gives about signing in."""

from datetime import datetime

from pydantic import BaseModel, ConfigDict, Field, SecretStr

from bridge24.core.auth import Role
from bridge24.operators.models import NAME_LENGTH


class LoginIn(BaseModel):
    """Who wants to sign in."""

    name: str = Field(min_length=1, max_length=NAME_LENGTH)
    password: SecretStr = Field(max_length=1000)
    bearer: bool = False
    """For programs: the tokens come in the answer, and no cookie is set."""


class RefreshIn(BaseModel):
    """A program's refresh token; browsers send a cookie instead."""

    refresh_token: str | None = Field(default=None, max_length=200)


class SignedInOut(BaseModel):
    """Who is signed in, and for programs the tokens."""

    name: str
    role: Role
    expires_in_seconds: int
    access_token: str | None
    refresh_token: str | None


class MeOut(BaseModel):
    """Who asks."""

    name: str
    role: Role
    auth_enabled: bool
    """False: nobody has to sign in here."""


class OperatorOut(BaseModel):
    """A person who may sign in."""

    model_config = ConfigDict(from_attributes=True)

    id: int
    name: str
    role: Role
    active: bool
    created_at: datetime
    signed_in_at: datetime | None


class OperatorIn(BaseModel):
    """A new operator."""

    model_config = ConfigDict(extra="forbid")

    name: str = Field(min_length=1, max_length=NAME_LENGTH, pattern=r"^\S+$")
    password: SecretStr
    role: Role


class OperatorChangeIn(BaseModel):
    """What to change about an operator; what is left out stays."""

    model_config = ConfigDict(extra="forbid")

    role: Role | None = None
    active: bool | None = None
    password: SecretStr | None = None
