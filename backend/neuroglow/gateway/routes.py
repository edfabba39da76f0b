"""The HTTP routes. `docs/wire.md` lists them; every answer to an error is made in `faults`."""

from __future__ import annotations

import functools
from typing import Any

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Match, Route, WebSocketRoute
from starlette.types import Receive, Scope, Send

from neuroglow import __version__
from neuroglow.errors import ForbiddenError, InvalidInputError
from neuroglow.gateway import weights
from neuroglow.gateway.bodies import read_json
from neuroglow.gateway.code import code
from neuroglow.gateway.counters import resident_bytes
from neuroglow.gateway.dataset_routes import dataset_routes
from neuroglow.gateway.errand import while_connected
from neuroglow.gateway.gateway import Gateway, gateway_of
from neuroglow.gateway.generate import generate
from neuroglow.gateway.imports import check_experiment, import_experiment
from neuroglow.gateway.live import live
from neuroglow.gateway.page import Page
from neuroglow.gateway.permits import authorized, count
from neuroglow.gateway.predict import predict
from neuroglow.gateway.rows import rows
from neuroglow.gateway.sending import MEDIA_TYPE
from neuroglow.gateway.session import Session
from neuroglow.spec import Catalog, Experiment, parse_experiment, preset
from neuroglow.spec.limits import Limits
from neuroglow.spec.memory import require_fits
from neuroglow.spec.models import FitRequest, require_learnable
from neuroglow.wire.http import CreateSession, GatewayHealth, Health, SamplesRequest


def routes(page: Page) -> list[BaseRoute]:
    """All of them; what is left under `/api` is a 404, everything else the page's."""
    api: list[BaseRoute] = [
        Route("/api/health", health, methods=["GET"]),
        Route("/api/catalog", catalog, methods=["GET"]),
        Route("/api/sessions", create_session, methods=["POST"]),
        Route("/api/sessions/{session_id}", session, methods=["GET", "DELETE"]),
        Route("/api/sessions/{session_id}/code", code, methods=["GET"]),
        Route("/api/sessions/{session_id}/data", rows, methods=["GET"]),
        Route("/api/sessions/{session_id}/generate", generate, methods=["POST"]),
        Route("/api/sessions/{session_id}/weights", weights.download, methods=["GET"]),
        Route("/api/sessions/{session_id}/weights", weights.upload, methods=["PUT"]),
        Route("/api/samples", samples, methods=["POST"]),
        Route("/api/experiments/import", import_experiment, methods=["POST"]),
        Route("/api/experiments/check", check_experiment, methods=["POST"]),
        Route("/api/predict/{session_id}", predict, methods=["POST"]),
        Route("/api/models", models, methods=["POST"]),
        *dataset_routes(),
        WebSocketRoute("/api/sessions/{session_id}/live", live),
    ]
    nothing = Nothing(api)
    return [*api, Route("/api/{rest:path}", nothing), Route("/api", nothing), *page.routes()]


class Nothing:
    """What is left under `/api`: 405 where only the method is wrong, 404 elsewhere. Never the page."""

    def __init__(self, api: list[BaseRoute]) -> None:
        self._api = api

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        allowed = sorted(
            method
            for route in self._api
            if isinstance(route, Route) and route.matches(scope)[0] is Match.PARTIAL
            for method in route.methods or ()
        )
        if not allowed:
            raise HTTPException(404)
        raise HTTPException(405, headers={"allow": ", ".join(allowed)})


async def health(request: Request) -> Response:
    """Never waits for anything."""
    gateway = gateway_of(request)
    answer = Health(
        version=__version__,
        workers=tuple(worker.health() for worker in gateway.supervisor.workers),
        gateway=GatewayHealth(
            resident_bytes=resident_bytes(),
            sessions=gateway.registry.live,
            sockets=gateway.counters.sockets,
            frames_received=gateway.counters.frames_received,
            frames_sent=gateway.counters.frames_sent,
            frames_superseded=gateway.counters.frames_superseded,
            messages_sent=gateway.counters.messages_sent,
        ),
    )
    return JSONResponse(answer.model_dump(mode="json"))


@functools.lru_cache(maxsize=1)
def _catalog(limits: Limits) -> bytes:
    return Catalog(version=__version__, limits=limits).model_dump_json(exclude_none=True).encode()


async def catalog(request: Request) -> Response:
    return Response(_catalog(gateway_of(request).settings.limits), media_type="application/json")


async def create_session(request: Request) -> Response:
    gateway = gateway_of(request)
    count(gateway)
    body = await read_json(request, CreateSession)
    experiment = _experiment(body, gateway)
    require_fits(experiment, gateway.settings.limits.memory_bytes)
    created = await gateway.registry.create(experiment, play=body.play, updates_per_second=body.updates_per_second)
    info = created.session.info()
    return JSONResponse(
        {
            "id": info.id,
            "run": info.run,
            "revision": info.revision,
            "state": info.state,
            "owner_token": created.owner_token,
            "viewer_token": created.viewer_token,
            "experiment": info.experiment.to_document(),
        },
        status_code=201,
        headers={"location": f"/api/sessions/{info.id}"},
    )


def _experiment(body: CreateSession, gateway: Gateway) -> Experiment:
    if body.experiment is not None and body.preset is not None:
        raise InvalidInputError("Send an experiment or a preset's name, not both", field="/preset")
    if body.preset is not None:
        return preset(body.preset).experiment
    document = body.experiment if body.experiment is not None else {}
    return parse_experiment(gateway.datasets.complete(document, at="/experiment"), at="/experiment")


async def session(request: Request) -> Response:
    found, role = await authorized(request)
    if request.method == "GET":
        return JSONResponse(_document(found))
    if role != "owner":
        raise ForbiddenError("Only the owner can close a session")
    await gateway_of(request).registry.delete(found)
    return Response(status_code=204)


def _document(found: Session) -> dict[str, Any]:
    info = found.info()
    return info.model_dump(exclude={"experiment"}) | {"experiment": info.experiment.to_document()}


async def samples(request: Request) -> Response:
    gateway = gateway_of(request)
    count(gateway)
    body = await read_json(request, SamplesRequest)
    body = body.model_copy(update={"data": gateway.datasets.completed(body.data)})
    return Response(await gateway.samples.get(body), media_type=MEDIA_TYPE)


async def models(request: Request) -> Response:
    gateway = gateway_of(request)
    count(gateway)
    body = await read_json(request, FitRequest)
    body = body.model_copy(update={"data": gateway.datasets.completed(body.data)})
    require_learnable(body.data, body.model)
    answer = await while_connected(request, gateway.models.get(body))
    return Response(answer, media_type="application/json")
