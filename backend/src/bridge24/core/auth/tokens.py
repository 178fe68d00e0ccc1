"""Access tokens: short-lived JWT that name a session."""

from dataclasses import dataclass
from datetime import datetime, timedelta

import jwt

from bridge24.core.clock import utc_now

LIFETIME = timedelta(minutes=15)
ALGORITHM = "HS256"
ISSUER = "bridge24"
CLAIMS = ("exp", "iat", "iss", "sub", "sid")


@dataclass(frozen=True, slots=True)
class Claim:
    """What a token says."""

    operator_id: int
    session_id: int


def issue(claim: Claim, *, secret: str, now: datetime | None = None) -> str:
    """Sign a token that is good for fifteen minutes."""
    issued = now or utc_now()
    body = {
        "iss": ISSUER,
        "sub": str(claim.operator_id),
        "sid": claim.session_id,
        "iat": issued,
        "exp": issued + LIFETIME,
    }
    return jwt.encode(body, secret, algorithm=ALGORITHM)


def read(token: str, *, secret: str) -> Claim | None:
    """Verify a token; None when it is forged, expired or not ours."""
    try:
        body = jwt.decode(
            token,
            secret,
            algorithms=[ALGORITHM],
            issuer=ISSUER,
            options={"require": list(CLAIMS)},
        )
        return Claim(operator_id=int(body["sub"]), session_id=int(body["sid"]))
    except (jwt.InvalidTokenError, ValueError, TypeError):
        return None
