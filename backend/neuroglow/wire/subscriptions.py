"""What a client may watch: one subscription for each stream. `docs/wire.md` says what their frames carry."""

from __future__ import annotations

from typing import Annotated, Literal, get_args

from pydantic import Field

from neuroglow.spec.base import Spec
from neuroglow.spec.layers.base import LayerName
from neuroglow.spec.limits import MAX_INPUTS, Limits
from neuroglow.spec.looking import Axes, Row, Sample, SampleAt, SampleValue, Split
from neuroglow.spec.network import SourceIndex, SourceName

RequestId = Annotated[int, Field(ge=0, le=2**53 - 1)]
Layers = Literal["all"] | Annotated[tuple[LayerName, ...], Field(min_length=1, max_length=512)]
MaxFps = Annotated[float, Field(gt=0.0, le=1000.0)]
Rows = Annotated[int, Field(ge=1, le=Limits().sample_rows)]
Damping = Annotated[float, Field(ge=0.0, le=100.0)]
Side = Annotated[int, Field(ge=1, le=MAX_INPUTS)]


class Subscription(Spec):
    """What every stream is asked with."""

    type: Literal["subscribe"]
    request: RequestId
    max_fps: MaxFps = 30.0


class SubscribeMaps(Subscription):
    """Each unit's activation over a plane. "all" is every hidden layer and `output`; `x` by name."""

    stream: Literal["maps"]
    layers: Layers = "all"
    units: Annotated[tuple[Row, Row], Field()] | None = None
    """From, to (exclusive), within each layer."""
    resolution: Literal[10, 20, 50, 100] = 20
    axes: Axes | None = None
    """What spans the plane. Null is the plane that plane data live on; other data have none."""


class SubscribeActivations(Subscription):
    """Each unit's activation for one sample."""

    stream: Literal["activations"]
    layers: Layers = "all"
    sample: Sample = SampleAt()


class SubscribeUnit(Subscription):
    """The magnifying glass on one neuron: `inputs`, `weights`, `bias`, `z`, `a`, `outgoing`, all at one update."""

    stream: Literal["unit"]
    layer: LayerName
    unit: Row
    sample: Sample = SampleAt()


class SubscribeWeights(Subscription):
    """Weight matrices (out, in), mean-pooled beyond `max_cells`."""

    stream: Literal["weights"]
    layers: Layers = "all"
    max_cells: Annotated[int, Field(ge=1, le=Limits().weight_cells)] = 4096


class SubscribeGradients(Subscription):
    """Gradients of the training loss with respect to the weights, like `weights`."""

    stream: Literal["gradients"]
    layers: Layers = "all"
    max_cells: Annotated[int, Field(ge=1, le=Limits().weight_cells)] = 4096


class SubscribeStatistics(Subscription):
    """Six figures and a histogram per layer: the health of activations and gradients."""

    stream: Literal["statistics"]
    layers: Layers = "all"


class SubscribeDistributions(Subscription):
    """How one layer's weights, gradients and activations were spread over the run so far."""

    stream: Literal["distributions"]
    max_fps: MaxFps = 2.0
    layer: LayerName


class SubscribePredictions(Subscription):
    """The output for rows of one split."""

    stream: Literal["predictions"]
    split: Split = "test"
    from_: Annotated[Row, Field(alias="from")] = 0
    count: Annotated[int, Field(ge=1, le=Limits().sample_rows)] = 100


class SubscribeJudgement(Subscription):
    """How good the network is on one split: confusion, curves and calibration, or residuals; and its worst mistakes."""

    stream: Literal["judgement"]
    max_fps: MaxFps = 2.0
    split: Split = "test"


class SubscribeCodes(Subscription):
    """What one layer makes of the first rows of a split: the code of an autoencoder, for instance."""

    stream: Literal["codes"]
    layer: LayerName
    split: Split = "test"
    count: Annotated[int, Field(ge=1, le=Limits().sample_rows)] = 500


class SubscribeBackward(Subscription):
    """One row's loss, its slopes at one layer, and what an update along them would make of the parameters."""

    stream: Literal["backward"]
    max_fps: MaxFps = 10.0
    layer: LayerName
    sample: SampleAt = SampleAt()


class SubscribeUpdate(Subscription):
    """The next update: its batch, the slopes of the batch's loss, and what it makes of one layer's parameters."""

    stream: Literal["update"]
    max_fps: MaxFps = 5.0
    layer: LayerName


class SubscribeProjection(Subscription):
    """Rows of a split as one layer, or `x`, sees them: where they lie along their first principal components."""

    stream: Literal["projection"]
    max_fps: MaxFps = 5.0
    layer: LayerName
    split: Split = "test"
    count: Annotated[int, Field(ge=3, le=500)] = 300
    components: Annotated[int, Field(ge=2, le=50)] = 2
    """Two are a picture; many stand for the whole representation, however wide the layer is."""


class SubscribeInside(Subscription):
    """The magnifying glass on one layer of any type: all that it makes of one sample, and its parameters."""

    stream: Literal["inside"]
    layer: LayerName
    sample: Sample = SampleAt()


class SubscribeExplanation(Subscription):
    """What in one sample speaks for an output, and what against it."""

    stream: Literal["explanation"]
    max_fps: MaxFps = 4.0
    method: Literal["saliency", "gradient_x_input", "integrated_gradients", "occlusion", "grad_cam"]
    sample: Sample = SampleAt()
    output: Row | None = None
    """A class, or an output of a network that answers with numbers. Null is the one with the largest z."""
    step: Row | None = None
    """Where every step has an answer, whose is explained. Null is the last one's."""
    layer: LayerName | None = None
    """For `grad_cam`, the layer whose maps are weighed. Null is the last one that makes pictures."""
    steps: Annotated[int, Field(ge=1, le=Limits().attribution_steps)] = 128
    """For `integrated_gradients`."""
    window: Side = 1
    """For `occlusion`, pixels on a side, steps, or inputs that are covered at once."""
    stride: Side = 1
    baseline: SampleValue = 0.0
    """What tells nothing, as the network reads it: what covers, and where integrated gradients start."""


class SubscribeImportance(Subscription):
    """How much the loss rises when a unit is switched off, for every unit. "all" is every hidden layer that learns."""

    stream: Literal["importance"]
    max_fps: MaxFps = 0.5
    layers: Layers = "all"
    split: Split = "test"
    count: Rows = 256


class SubscribeExcites(Subscription):
    """The rows that excite one unit most."""

    stream: Literal["excites"]
    max_fps: MaxFps = 2.0
    layer: LayerName
    unit: Row
    split: Split = "test"
    count: Rows = 500
    top: Annotated[int, Field(ge=1, le=100)] = 9


class SubscribeIdeal(Subscription):
    """An input made for one unit: by gradient ascent within the range of the data."""

    stream: Literal["ideal"]
    max_fps: MaxFps = 1.0
    layer: LayerName
    unit: Row
    start: Literal["mean", "zeros"] = "mean"
    """Of the training inputs; or zeros, as near as their range allows."""
    steps: Annotated[int, Field(ge=1, le=Limits().ideal_steps)] = 64
    rate: Annotated[float, Field(gt=0.0, le=10.0)] = 0.1
    """How far the first step goes, in deviations of the training inputs; later ones are shorter."""
    l2: Damping = 0.01
    """Of the distance from the start."""
    variation: Damping = 0.01
    """Of the differences between neighbours."""


class SubscribeInfluence(Subscription):
    """Which rows push one weight up now, and which down."""

    stream: Literal["influence"]
    max_fps: MaxFps = 2.0
    layer: LayerName
    unit: Row
    source: SourceIndex | SourceName | None = None
    """As in `Cell`; null is the bias."""
    split: Split = "train"
    count: Rows = 256


class SubscribeMislabelled(Subscription):
    """Rows whose class is doubtful: the network is as sure of another one as it usually is where that is right."""

    stream: Literal["mislabelled"]
    max_fps: MaxFps = 1.0
    split: Split = "train"
    count: Rows = Limits().sample_rows
    top: Annotated[int, Field(ge=1, le=100)] = 24


AnySubscribe = (
    SubscribeMaps
    | SubscribeActivations
    | SubscribeUnit
    | SubscribeWeights
    | SubscribeGradients
    | SubscribeStatistics
    | SubscribeDistributions
    | SubscribePredictions
    | SubscribeJudgement
    | SubscribeCodes
    | SubscribeInside
    | SubscribeProjection
    | SubscribeBackward
    | SubscribeUpdate
    | SubscribeExplanation
    | SubscribeImportance
    | SubscribeExcites
    | SubscribeIdeal
    | SubscribeInfluence
    | SubscribeMislabelled
)
Subscribe = Annotated[AnySubscribe, Field(discriminator="stream")]
STREAMS: tuple[str, ...] = tuple(get_args(kind.model_fields["stream"].annotation)[0] for kind in get_args(AnySubscribe))
