"""Which scripts there are, and what a script cannot say."""

from __future__ import annotations

from collections.abc import Callable

from neuroglow.errors import InvalidInputError
from neuroglow.export.jax_script import jax_script
from neuroglow.export.keras_script import keras_script
from neuroglow.export.network import dense_layers
from neuroglow.spec.datasets import input_names
from neuroglow.spec.experiment import Experiment

MAX_INPUTS = 1_024
"""Beyond, initial weights come from several generators; only uploaded images are that large."""
_WRITERS: dict[str, Callable[[Experiment, int], str]] = {"jax": jax_script, "keras": keras_script}
TARGETS: tuple[str, ...] = tuple(_WRITERS)


def write_script(experiment: Experiment, target: str, updates: int) -> str:
    """A Python script that trains `updates` updates unless told otherwise on its command line.

    Raises `InvalidInputError` at the field that the script cannot reproduce.
    """
    if target not in _WRITERS:
        known = ", ".join(TARGETS)
        raise InvalidInputError(f"There is no script for '{target[:40]}'; there are {known}", field="/target")
    _require_data(experiment)
    dense_layers(experiment)
    if target == "keras":
        _require_plain_layers(experiment)
    return _WRITERS[target](experiment, updates)


def _require_data(experiment: Experiment) -> None:
    if len(input_names(experiment.data)) > MAX_INPUTS:
        raise InvalidInputError(
            f"A script draws first weights for at most {MAX_INPUTS:,} inputs; download the weights instead",
            field="/data/inputs",
        )


def _require_plain_layers(experiment: Experiment) -> None:
    """Keras draws dropout from generators of its own, and holds whole layers or nothing."""
    for index, layer in enumerate(dense_layers(experiment)):
        if layer.dropout:
            raise InvalidInputError(
                f"Keras drops other units than the run did; set the dropout of '{layer.name}' to 0, or copy as JAX",
                field=f"/network/layers/{index}/dropout",
            )
    if experiment.network.pins:
        raise InvalidInputError("Keras cannot hold single weights; unpin them, or copy as JAX", field="/network/pins")
    for member in ("clamps", "frozen_units"):
        if getattr(experiment.network, member):
            raise InvalidInputError(
                "Keras cannot hold single units; let them go, or copy as JAX", field=f"/network/{member}"
            )
