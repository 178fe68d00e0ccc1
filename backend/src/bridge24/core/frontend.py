"""Serves the built interface: one page for every address that is not the API's."""

from pathlib import Path

from fastapi import APIRouter, FastAPI
from fastapi.responses import FileResponse
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from bridge24.core.auth import open_to_all

BUILT = Path(__file__).parents[4] / "frontend" / "dist"
PAGE = "operator.html"
NOT_PAGES = ("api/", "v1/", "metrics", "health", "ready")
# Styles are set on elements by the interface's components; pictures of charts are made of data.
POLICY = (
    "default-src 'self'; style-src 'self' 'unsafe-inline'; img-src 'self' data: blob:; "
    "connect-src 'self' data:; object-src 'none'; base-uri 'self'; frame-ancestors 'none'"
)
YEAR = 365 * 24 * 3600


class Assets(StaticFiles):
    """Files whose names change with their content: kept by browsers for a year."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        """Answer with a file."""
        response = await super().get_response(path, scope)
        response.headers["Cache-Control"] = f"public, max-age={YEAR}, immutable"
        return response


def is_built(folder: Path = BUILT) -> bool:
    """Say whether there is an interface to serve."""
    return (folder / PAGE).is_file()


def serve(app: FastAPI, folder: Path = BUILT) -> None:
    """Put the interface on an application, after all its paths; nothing when it is not built."""
    if not is_built(folder):
        return
    app.mount("/assets", Assets(directory=folder / "assets"), name="assets")
    files = {file.name: file for file in folder.iterdir() if file.is_file()}
    router = APIRouter()

    @router.get("/{path:path}", include_in_schema=False, openapi_extra=open_to_all())
    async def page(path: str) -> FileResponse:
        if path.startswith(NOT_PAGES):
            raise HTTPException(404)
        if path in files:
            return FileResponse(files[path])
        return FileResponse(
            folder / PAGE,
            headers={"Content-Security-Policy": POLICY, "Cache-Control": "no-cache"},
        )

    app.include_router(router)
