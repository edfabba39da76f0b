"""The bottleneck of a variational autoencoder: a code drawn from a distribution, not a point."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.layers.base import AnyLayer, ShapeError
from neuroglow.spec.layers.flow import Flow


class Sampling(AnyLayer):
    """mean + exp(log variance / 2) · noise while training, the mean else (Kingma & Welling 2014): reads means, then as
    many logarithms of variances.

    The loss gains `kl_weight` times the divergence of the codes' distribution from the standard normal one,
    −½ Σ(1 + log variance − mean² − variance), so that what lies between codes means something too.
    """

    type: Literal["sampling"] = "sampling"
    kl_weight: Annotated[float, Field(ge=0.0, le=10.0)] = 0.01

    def output(self, *inputs: Flow) -> Flow:
        flow = inputs[0].flat
        if flow.size % 2:
            units = max(2, min(flow.size, limits.MAX_UNITS) // 2 * 2)
            raise ShapeError(
                f"Sampling reads means and as many logarithms of variances, an even number, and this is {inputs[0]}",
                insert={"type": "dense", "units": units, "activation": "linear"},
                say=f"Put a linear dense layer of {units} units before it",
            )
        return Flow((flow.size // 2,), "vector")

    def operations(self, *inputs: Flow) -> int:
        return 2 * self.output(*inputs).size
