"""What an experiment is made of and what is wrong with it, layer by layer, without compiling anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from neuroglow.errors import InvalidInputError
from neuroglow.spec.experiment import Experiment, experiment_with_errors
from neuroglow.spec.graph import graph_of
from neuroglow.spec.layers.flow import FlowKind
from neuroglow.spec.memory import layer_bytes, require_fits


class LayerCheck(BaseModel):
    """`shape` is that of one example, `kind` how it is read; `parameters` are those that are learned, `operations`
    multiply-adds of one example forwards, `bytes` the layer's share of the memory that training takes."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    inputs: tuple[str, ...]
    shape: tuple[int, ...]
    kind: FlowKind
    parameters: int
    operations: int
    bytes: int


class Repair(BaseModel):
    """`patch` is an RFC 6902 patch over the experiment that was sent."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    say: str
    patch: tuple[dict[str, Any], ...]


class CheckError(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")

    code: str
    message: str
    field: str
    repair: Repair | None = None


class Checked(BaseModel):
    """Answer to `POST /api/experiments/check`. `input` is what `x` is. Layers that cannot be understood, and those that
    need them, are left out; the last is `output`."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    parameters: int
    input: tuple[int, ...] = ()
    input_kind: FlowKind = "vector"
    layers: tuple[LayerCheck, ...]
    errors: tuple[CheckError, ...]


def check(document: Any, memory_bytes: int) -> Checked:
    """Everything that can be said of a decoded document; it never raises for what is wrong with it."""
    experiment, errors = experiment_with_errors(document)
    if experiment is None:
        return Checked(parameters=0, layers=(), errors=_said(errors))
    graph = graph_of(experiment.data, experiment.network)
    if not errors:
        try:
            require_fits(experiment, memory_bytes)
        except InvalidInputError as error:
            errors = [error]
    return Checked(
        parameters=sum(node.learned for node in graph.nodes),
        input=graph.entrance.shape,
        input_kind=graph.entrance.kind,
        layers=tuple(
            LayerCheck(
                name=node.name,
                inputs=node.sources,
                shape=node.output.shape,
                kind=node.output.kind,
                parameters=node.learned,
                operations=node.layer.operations(*node.reads),
                bytes=layer_bytes(experiment, node),
            )
            for node in graph.nodes
        ),
        errors=_said(errors, _missing(document, experiment)),
    )


def refused(error: InvalidInputError) -> Checked:
    """The answer where an experiment cannot be looked at for this one reason."""
    return Checked(parameters=0, layers=(), errors=_said([error]))


def _said(errors: Sequence[InvalidInputError], first: Sequence[dict[str, Any]] = ()) -> tuple[CheckError, ...]:
    """`first`: operations that every patch begins with."""
    return tuple(
        CheckError(code=error.code, message=error.message, field=error.field or "", repair=_repair(error, first))
        for error in errors
    )


def _repair(error: InvalidInputError, first: Sequence[dict[str, Any]]) -> Repair | None:
    repair = error.facts.get("repair")
    return None if repair is None else Repair(say=repair["say"], patch=(*first, *repair["patch"]))


def _missing(document: dict[str, Any], experiment: Experiment) -> list[dict[str, Any]]:
    """What adds the layers that are there by default, where the document has left them out."""
    layers = [layer.to_document() for layer in experiment.network.layers]
    if "network" not in document:
        return [{"op": "add", "path": "/network", "value": {"layers": layers}}]
    return [] if "layers" in document["network"] else [{"op": "add", "path": "/network/layers", "value": layers}]
