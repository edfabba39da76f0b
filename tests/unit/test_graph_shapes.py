"""What the engine makes of a graph has the shapes and the parameters that the spec says without compiling."""

from __future__ import annotations

import equinox as eqx
import jax
import jax.numpy as jnp
from hypothesis import given, settings

from neuroglow.nets.model import Network, abstract_model
from neuroglow.nets.shape import net_shape
from neuroglow.spec import parse_experiment
from neuroglow.spec.check import check
from neuroglow.spec.limits import Limits
from unit.graphs import Document, experiments


@settings(max_examples=40, deadline=None)
@given(experiments(mistakes=False))
def test_every_layer_of_a_random_graph_makes_the_shape_that_a_check_tells(document: Document) -> None:
    shape = net_shape(parse_experiment(document))
    model, row = abstract_model(shape), jax.ShapeDtypeStruct((shape.inputs,), jnp.float32)
    answers = eqx.filter_eval_shape(Network.outputs, model, row)
    told = check(document, Limits().memory_bytes).layers
    # A stack answers for all of its layers at once.
    made = [each.shape[-len(layer.shape) :] for each, layer in zip(answers, told, strict=True)]
    assert made == [layer.shape for layer in told]
