"""One JSON Schema document of everything that crosses the public wire, for generating clients' types.

Models that a server always sends complete (`Experiment` with every default written out, `Catalog`, `Limits`, ...) list
all their members as required, except those whose default is null; messages list what must be there.
"""

from __future__ import annotations

from typing import Any, get_args

from pydantic import BaseModel
from pydantic.json_schema import models_json_schema

from neuroglow.spec.catalog import Catalog
from neuroglow.spec.check import Checked
from neuroglow.spec.experiment import Experiment
from neuroglow.spec.limits import Limits
from neuroglow.spec.model_results import Clustering, FittedModel
from neuroglow.spec.models import FitRequest
from neuroglow.spec.sheet import DataSheet
from neuroglow.wire import http, messages, subscriptions

_CLIENT: tuple[type[BaseModel], ...] = get_args(messages.AnyClientMessage)
_SUBSCRIBE: tuple[type[BaseModel], ...] = get_args(subscriptions.AnySubscribe)
_SERVER: tuple[type[BaseModel], ...] = get_args(get_args(messages.AnyServerMessage)[0])
_FITTED: tuple[type[BaseModel], ...] = (FittedModel, Clustering)
_ANSWERS: tuple[type[BaseModel], ...] = (
    http.SessionCreated,
    http.Health,
    http.ImportedExperiment,
    http.PredictionsMade,
    Checked,
    *_FITTED,
    DataSheet,
)
_HTTP: tuple[type[BaseModel], ...] = (
    http.CreateSession,
    http.SamplesRequest,
    http.ImportExperiment,
    http.CheckExperiment,
    http.PredictRequest,
    http.GenerateRequest,
    http.TextWritten,
    FitRequest,
    http.PastedTable,
    http.FetchPublicSet,
    *_ANSWERS,
)
_COMPLETE: tuple[type[BaseModel], ...] = (Experiment, Catalog, Limits, *_ANSWERS)
"""Sent with every member; so is everything they are made of."""

UNIONS: dict[str, tuple[type[BaseModel], ...]] = {
    "ClientMessage": _CLIENT,
    "Subscribe": _SUBSCRIBE,
    "ServerMessage": _SERVER,
    "ModelResult": _FITTED,
}


def schema_document() -> dict[str, Any]:
    """`{"$defs": {Experiment, Catalog, Limits, every message, ClientMessage, Subscribe, ServerMessage, ...}, ...}`.

    Definitions are named as the Python classes and sorted, so that the document changes only when a model does.
    """
    models = dict.fromkeys((*_COMPLETE, *_HTTP, *_CLIENT, *_SERVER))
    _, document = models_json_schema([(model, "validation") for model in models], ref_template="#/$defs/{model}")
    definitions: dict[str, Any] = document["$defs"]
    for name in _reachable([model.__name__ for model in _COMPLETE], definitions):
        _require_all(definitions[name])
    for definition in definitions.values():
        _drop_titles(definition)
    for union, members in UNIONS.items():
        definitions[union] = {"oneOf": [_reference(member.__name__) for member in members]}
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Neuroglow",
        "description": "Everything that crosses the public wire. Printed by `neuroglow schema`.",
        "type": "object",
        "properties": {name: _reference(name) for name in sorted(definitions)},
        "required": sorted(definitions),
        "additionalProperties": False,
        "$defs": dict(sorted(definitions.items())),
    }


def _reference(name: str) -> dict[str, str]:
    return {"$ref": f"#/$defs/{name}"}


def _reachable(roots: list[str], definitions: dict[str, Any]) -> list[str]:
    """The definitions that these are made of, themselves included."""
    found: list[str] = []
    waiting = list(roots)
    while waiting:
        name = waiting.pop()
        if name not in found:
            found.append(name)
            waiting += _references(definitions[name])
    return found


def _references(node: Any) -> list[str]:
    if isinstance(node, list):
        return [name for item in node for name in _references(item)]
    if not isinstance(node, dict):
        return []
    own = [str(node["$ref"]).rsplit("/", 1)[-1]] if "$ref" in node else []
    return own + [name for value in node.values() for name in _references(value)]


def _require_all(definition: dict[str, Any]) -> None:
    members = definition.get("properties", {})
    required = [name for name, member in members.items() if "default" not in member or member["default"] is not None]
    if required:
        definition["required"] = required


def _drop_titles(definition: dict[str, Any]) -> None:
    """Titles of members would each become a named type of their own in generated code."""
    for member in definition.get("properties", {}).values():
        member.pop("title", None)
