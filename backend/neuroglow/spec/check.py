"""What an experiment is made of and what is wrong with it, layer by layer, without compiling anything."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from pydantic import BaseModel, ConfigDict

from neuroglow.errors import InvalidInputError
from neuroglow.spec.experiment import experiment_with_errors
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
        errors=_said(errors),
    )


def _said(errors: Sequence[InvalidInputError]) -> tuple[CheckError, ...]:
    return tuple(
        CheckError(code=error.code, message=error.message, field=error.field or "", repair=error.facts.get("repair"))
        for error in errors
    )
