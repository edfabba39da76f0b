"""The HTTP routes of uploaded and public data sets. Who knows the id of an uploaded one may read and delete it: it is
as long as a token."""

from __future__ import annotations

import time

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import BaseRoute, Route

from neuroglow.errors import RateLimitedError, TooLargeError
from neuroglow.gateway.bodies import read_json
from neuroglow.gateway.errand import while_connected
from neuroglow.gateway.gateway import Gateway, gateway_of
from neuroglow.gateway.multipart import pieces
from neuroglow.spec.base import parse
from neuroglow.spec.public import public_set
from neuroglow.spec.sheet import DataSheet
from neuroglow.wire import strict_json
from neuroglow.wire.http import FetchPublicSet, PastedTable

DATASETS = "/api/datasets"


def dataset_routes() -> list[BaseRoute]:
    return [
        Route(DATASETS, create, methods=["POST"]),
        Route(f"{DATASETS}/public", fetch_public, methods=["POST"]),
        Route(f"{DATASETS}/{{dataset_id}}", dataset, methods=["GET", "DELETE"]),
    ]


async def create(request: Request) -> Response:
    gateway = gateway_of(request)
    _count(gateway)
    if request.headers.get("content-type", "").partition(";")[0].strip().lower() == "application/json":
        pasted = await _pasted(request, gateway.settings.limits.paste_bytes)
        return created(await gateway.datasets.paste(request, pasted.text, pasted.title))
    return created(await gateway.datasets.upload(request))


async def fetch_public(request: Request) -> Response:
    gateway = gateway_of(request)
    _count(gateway)
    public = public_set((await read_json(request, FetchPublicSet)).name)
    sheet, is_new = await while_connected(request, gateway.public_sets.get(public))
    return created(sheet) if is_new else _answer(sheet, 200)


async def dataset(request: Request) -> Response:
    gateway = gateway_of(request)
    dataset_id: str = request.path_params["dataset_id"]
    if request.method == "DELETE":
        await gateway.datasets.delete(dataset_id)
        return Response(status_code=204)
    return _answer(await gateway.datasets.sheet(dataset_id), 200)


def created(sheet: DataSheet) -> Response:
    response = _answer(sheet, 201)
    response.headers["location"] = f"{DATASETS}/{sheet.id}"
    return response


def _answer(sheet: DataSheet, status: int) -> Response:
    return Response(sheet.model_dump_json(), status_code=status, media_type="application/json")


async def _pasted(request: Request, max_bytes: int) -> PastedTable:
    body = bytearray()
    async for piece in pieces(request):
        body += piece
        if len(body) > max_bytes:
            raise TooLargeError(f"A pasted table may have at most {max_bytes >> 10:,} KiB; upload it as a file")
    return parse(PastedTable, strict_json.loads(bytes(body)))


def _count(gateway: Gateway) -> None:
    if not gateway.requests.allow(time.monotonic()):
        raise RateLimitedError("Too many requests at once; wait a second")
