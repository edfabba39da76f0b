"""The built page: `index.html` for every address of the page, and its assets."""

from __future__ import annotations

import asyncio
import mimetypes
from importlib import resources
from pathlib import Path

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response
from starlette.routing import BaseRoute, Route

_ASSETS = "assets"
_FOREVER = "public, max-age=31536000, immutable"
"""Assets carry a hash of their content in their name."""

MISSING = (
    "The page is not built. Run `make build` in a checkout, or install the released package, and reload. The API is up."
)


class Page:
    """Serves files of one folder. What is not below it after links are followed is not served."""

    def __init__(self, folder: Path | None) -> None:
        self._folder = (folder or Path(str(resources.files("neuroglow")), "static")).resolve()

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/", self._index, methods=["GET"]),
            Route("/s/{session_id}", self._index, methods=["GET"]),
            Route("/{path:path}", self._file, methods=["GET"]),
        ]

    async def _index(self, request: Request) -> Response:
        content = await asyncio.to_thread(self._read, "index.html")
        if content is None:
            return PlainTextResponse(MISSING, status_code=503, headers={"retry-after": "10"})
        return Response(content, media_type="text/html", headers={"cache-control": "no-cache"})

    async def _file(self, request: Request) -> Response:
        path: str = request.path_params["path"]
        content = await asyncio.to_thread(self._read, path)
        if content is None:
            raise HTTPException(404)
        media_type = mimetypes.guess_type(path)[0] or "application/octet-stream"
        cache = _FOREVER if path.startswith(f"{_ASSETS}/") else "no-cache"
        return Response(content, media_type=media_type, headers={"cache-control": cache})

    def _read(self, path: str) -> bytes | None:
        if "\0" in path or any(part.startswith(".") for part in path.split("/")):
            return None
        try:
            file = (self._folder / path).resolve()
            return file.read_bytes() if file.is_relative_to(self._folder) and file.is_file() else None
        except OSError:
            return None
