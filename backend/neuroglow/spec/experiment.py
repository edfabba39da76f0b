"""The experiment: the pure description of a run. A small JSON document; hashable; what a link carries."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from typing import Annotated, Any, Literal

from pydantic import BeforeValidator

from neuroglow.errors import InvalidInputError
from neuroglow.spec.base import Spec, all_offences, parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.data import DataSpec, SyntheticData
from neuroglow.spec.datasets import facts
from neuroglow.spec.graph import graph_of
from neuroglow.spec.network import Network, with_names
from neuroglow.spec.training import CLASS_LOSSES, Training

VERSION: Literal[1] = 1


def _a_number(version: Any) -> Any:
    # To a literal `true` is 1.
    if isinstance(version, bool):
        raise ValueError("Input should be 1")  # noqa: TRY004  pydantic turns a ValueError into its own
    return version


class Experiment(Spec):
    """Data + network + training + seeds. The default is TensorFlow Playground's."""

    version: Annotated[Literal[1], BeforeValidator(_a_number)] = VERSION
    data: DataSpec = SyntheticData()
    network: Network = Network()
    training: Training = Training()

    def digest(self) -> str:
        """SHA-256 of the canonical document, hexadecimal."""
        return hashlib.sha256(json.dumps(self.to_document(), sort_keys=True).encode()).hexdigest()


def parse_experiment(document: Any, *, used_names: Iterable[str] = (), at: str = "") -> Experiment:
    """Validate a decoded document, write out the defaults that depend on others, name layers, check their graph.

    Raises `InvalidInputError` with a JSON pointer that starts with `at`.
    """
    _require_known_version(document, at)
    experiment = _completed(parse(Experiment, document, at=at), used_names, at)
    for error in graph_of(experiment.data, experiment.network).errors:
        raise type(error)(error.message, field=f"{at}{error.field}", **error.facts)
    return experiment


def experiment_with_errors(document: Any) -> tuple[Experiment | None, list[InvalidInputError]]:
    """The experiment as far as it can be understood, and all that is wrong with it: None where a member is not valid in
    itself."""
    try:
        _require_known_version(document, "")
        if offences := all_offences(Experiment, document):
            return None, offences
        experiment = _completed(parse(Experiment, document), (), "")
    except InvalidInputError as error:
        return None, [error]
    return experiment, list(graph_of(experiment.data, experiment.network).errors)


def _require_known_version(document: Any, at: str) -> None:
    if isinstance(document, dict) and isinstance(document.get("version"), int) and document["version"] > VERSION:
        raise InvalidInputError(
            f"Experiment version {document['version']} is newer than this server ({VERSION}); update Neuroglow",
            field=f"{at}/version",
        )


def _completed(experiment: Experiment, used_names: Iterable[str], at: str) -> Experiment:
    data, loss = checked_data(experiment.data, at=f"{at}/data"), experiment.training.loss
    about = facts(data)
    if loss in CLASS_LOSSES and about.task != "classification":
        has = "has numbers" if about.task == "regression" else "is to be reconstructed"
        raise InvalidInputError(
            f"{loss.capitalize().replace('_', '-')} needs classes, '{about.title}' {has}; use squared_error or auto",
            field=f"{at}/training/loss",
        )
    if about.positions is not None and experiment.training.class_weights != "none":
        raise InvalidInputError(
            f"'{about.title}' has an answer at every step; classes are weighed only where a row has one answer",
            field=f"{at}/training/class_weights",
        )
    return experiment.model_copy(update={"data": data, "network": with_names(experiment.network, used_names)})
