"""Signing in and out, and the list of operators."""

from fastapi import APIRouter, Request, Response, status

from bridge24.core import web
from bridge24.core.auth import Role, needs, open_to_all
from bridge24.core.auth.tokens import LIFETIME
from bridge24.core.db import transaction
from bridge24.core.settings import get_settings
from bridge24.operators import queries, service
from bridge24.operators.errors import SignInNeeded
from bridge24.operators.guard import ACCESS_COOKIE, REFRESH_COOKIE, CurrentCaller
from bridge24.operators.schemas import (
    LoginIn,
    MeOut,
    OperatorChangeIn,
    OperatorIn,
    OperatorOut,
    RefreshIn,
    SignedInOut,
)
from bridge24.operators.service import SESSION, SignedIn

router = APIRouter(prefix="/api/v1/auth", tags=["operators"])
REFUSED: dict[int | str, dict[str, object]] = {
    code: {"model": web.ErrorOut} for code in (401, 409, 429)
}
ADMIN = needs(Role.ADMIN)
REFRESH_PATH = "/api/v1/auth"


@router.post("/login", responses=REFUSED, openapi_extra=open_to_all())
async def login(body: LoginIn, request: Request, response: Response) -> SignedInOut:
    """Sign in.

    Browsers get cookies that scripts cannot read, so that a script smuggled into a page
    cannot carry the session away; ``EventSource`` sends them too, and no header.
    """
    address = request.client.host if request.client else "unknown"
    given = await service.sign_in(body.name, body.password.get_secret_value(), address=address)
    return _answer(given, request, response, bearer=body.bearer)


@router.post("/refresh", responses=REFUSED, openapi_extra=open_to_all())
async def refresh(body: RefreshIn, request: Request, response: Response) -> SignedInOut:
    """Renew the access token, by the cookie or by the token in the body."""
    token = body.refresh_token or request.cookies.get(REFRESH_COOKIE)
    if not token:
        raise SignInNeeded
    given = await service.renew(token)
    return _answer(given, request, response, bearer=body.refresh_token is not None)


@router.post("/logout", status_code=status.HTTP_204_NO_CONTENT, openapi_extra=needs(Role.VIEWER))
async def logout(caller: CurrentCaller, response: Response) -> None:
    """Sign out; the session's tokens are worth nothing any more."""
    if caller.session_id is not None:
        await service.sign_out(caller.session_id)
    response.delete_cookie(ACCESS_COOKIE, path="/")
    response.delete_cookie(REFRESH_COOKIE, path=REFRESH_PATH)


@router.get("/me")
async def me(caller: CurrentCaller) -> MeOut:
    """Say who asks."""
    return MeOut(name=caller.name, role=caller.role, auth_enabled=get_settings().auth_enabled)


@router.get("/operators", openapi_extra=ADMIN)
async def list_operators() -> list[OperatorOut]:
    """List everybody who may sign in."""
    async with transaction() as session:
        return [OperatorOut.model_validate(row) for row in await queries.everyone(session)]


@router.post("/operators", status_code=status.HTTP_201_CREATED, openapi_extra=ADMIN)
async def add_operator(body: OperatorIn) -> OperatorOut:
    """Add an operator."""
    password = body.password.get_secret_value()
    return OperatorOut.model_validate(await service.add(body.name, password, role=body.role))


@router.patch("/operators/{operator_id}", openapi_extra=ADMIN)
async def change_operator(operator_id: web.Number, body: OperatorChangeIn) -> OperatorOut:
    """Change the role or the password of an operator, or close the account."""
    changed = await service.change(
        operator_id,
        role=body.role,
        active=body.active,
        password=body.password.get_secret_value() if body.password else None,
    )
    return OperatorOut.model_validate(changed)


def _answer(given: SignedIn, request: Request, response: Response, *, bearer: bool) -> SignedInOut:
    if not bearer:
        _set_cookie(request, response, ACCESS_COOKIE, given.access, path="/")
        if given.refresh:
            _set_cookie(request, response, REFRESH_COOKIE, given.refresh, path=REFRESH_PATH)
    return SignedInOut(
        name=given.operator.name,
        role=Role(given.operator.role),
        expires_in_seconds=round(LIFETIME.total_seconds()),
        access_token=given.access if bearer else None,
        refresh_token=(given.refresh or None) if bearer else None,
    )


def _set_cookie(
    request: Request,
    response: Response,
    name: str,
    value: str,
    *,
    path: str,
) -> None:
    secure = request.url.scheme == "https" or get_settings().environment == "production"
    response.set_cookie(
        name,
        value,
        max_age=round(SESSION.total_seconds()),
        path=path,
        httponly=True,
        samesite="strict",
        secure=secure,
    )
