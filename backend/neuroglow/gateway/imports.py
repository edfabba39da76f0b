"""Experiments without a session: `POST /api/experiments/import` makes one of text that people paste or open,
`POST /api/experiments/check` says what each layer is and what is wrong with it."""

from __future__ import annotations

from starlette.requests import Request
from starlette.responses import JSONResponse, Response

from neuroglow.errors import InvalidInputError
from neuroglow.gateway.bodies import read_json
from neuroglow.gateway.gateway import Gateway, gateway_of
from neuroglow.gateway.permits import count
from neuroglow.spec.check import check, refused
from neuroglow.spec.experiment import parse_experiment
from neuroglow.spec.memory import require_fits
from neuroglow.spec.playground import read_playground
from neuroglow.wire import strict_json
from neuroglow.wire.http import CheckExperiment, ImportedExperiment, ImportExperiment, PageView
from neuroglow.wire.links import read_link


async def import_experiment(request: Request) -> Response:
    gateway = gateway_of(request)
    count(gateway)
    body = await read_json(request, ImportExperiment)
    imported = _of_playground(body.text) if body.format == "tensorflow-playground" else _of_ours(body.text, gateway)
    require_fits(imported.experiment, gateway.settings.limits.memory_bytes)
    members = imported.model_dump(mode="json", exclude={"experiment"})
    return JSONResponse({"experiment": imported.experiment.to_document()} | members)


async def check_experiment(request: Request) -> Response:
    gateway = gateway_of(request)
    count(gateway)
    body = await read_json(request, CheckExperiment)
    try:
        checked = check(gateway.datasets.complete(body.experiment), gateway.settings.limits.memory_bytes)
    except InvalidInputError as error:
        checked = refused(error)
    return JSONResponse(checked.model_dump(mode="json", exclude_none=True))


def _of_playground(text: str) -> ImportedExperiment:
    read = read_playground(text)
    return ImportedExperiment(
        experiment=read.experiment,
        notes=read.notes,
        hidden=read.hidden,
        view=PageView(test_samples=read.shows_test_samples, hard_edges=read.has_hard_edges),
    )


def _of_ours(text: str, gateway: Gateway) -> ImportedExperiment:
    """An experiment file, which is the plain document, or a link that carries one."""
    link = read_link(text)
    document, hidden = link if link is not None else (text.encode("utf-8", "replace"), ())
    experiment = parse_experiment(gateway.datasets.complete(strict_json.loads(document)))
    return ImportedExperiment(experiment=experiment, hidden=hidden)
