"""Which data an experiment learns from. Facts about each set (task, classes, columns) are in `spec.datasets`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from neuroglow.spec import limits
from neuroglow.spec.pictures import PicturesData
from neuroglow.spec.sequences import SequencesData
from neuroglow.spec.source import Source, TrainFraction
from neuroglow.spec.text import TextData
from neuroglow.spec.uploaded import UploadedData

PlaygroundSet = Literal["circle", "xor", "gauss", "spiral", "plane", "multi_gauss"]
MulticlassSet = Literal["blobs", "moons", "rings", "spirals"]
SyntheticName = Literal[
    "circle", "xor", "gauss", "spiral", "plane", "multi_gauss", "blobs", "moons", "rings", "spirals"
]
BundledName = Literal["digits", "iris", "wine", "breast_cancer", "diabetes"]
DigitsSize = Literal[8, 16, 28, 32]
Feature = Literal["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]

MULTICLASS_SETS: frozenset[str] = frozenset({"blobs", "moons", "rings", "spirals"})
DEFAULT_CLASSES = {"blobs": 3, "moons": 2, "rings": 3, "spirals": 3}


def _distinct(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    if len(set(features)) != len(features):
        raise ValueError("Each feature may be listed once")
    return features


Features = Annotated[tuple[Feature, ...], Field(min_length=1), AfterValidator(_distinct)]
Classes = Annotated[int, Field(ge=limits.MIN_CLASSES, le=limits.MAX_CLASSES)]


class SyntheticData(Source):
    """Points on the plane [-6, 6]², drawn by a named generator.

    `noise` is TensorFlow Playground's slider divided by 100. `classes` belongs to blobs, moons, rings and spirals only.
    """

    source: Literal["synthetic"] = "synthetic"
    name: SyntheticName = "circle"
    samples: Annotated[int, Field(ge=limits.MIN_SAMPLES, le=limits.MAX_SAMPLES)] = 500
    noise: Annotated[float, Field(ge=0.0, le=limits.MAX_NOISE)] = 0.0
    classes: Classes | None = None
    features: Features = ("x1", "x2")

    @model_validator(mode="after")
    def _classes_fit_the_set(self) -> Self:
        if self.classes is not None and self.name not in MULTICLASS_SETS:
            raise ValueError(f"'{self.name}' has a fixed number of classes; leave `classes` out")
        return self


class BundledData(Source):
    """A real data set that comes with scikit-learn, standardised, split with a seed.

    `size` belongs to digits only: pixels on a side, drawn larger from the 8 that they were scanned with; 8 if left out.
    """

    source: Literal["bundled"] = "bundled"
    name: BundledName
    size: DigitsSize | None = None
    train_fraction: TrainFraction = 0.8

    @model_validator(mode="after")
    def _size_is_of_pictures(self) -> Self:
        if self.size is not None and self.name != "digits":
            raise ValueError(f"'{self.name}' has no pictures to be drawn larger; leave `size` out")
        return self


Coordinate = Annotated[float, Field(ge=limits.PLANE_LOW, le=limits.PLANE_HIGH)]


class DrawnData(Source):
    """Points that someone put on the plane by hand: (x1, x2, label) each.

    The label is a class index below `classes`, or for regression a number from -1 to 1 (`classes` then says nothing).
    """

    source: Literal["drawn"] = "drawn"
    points: Annotated[
        tuple[tuple[Coordinate, Coordinate, float], ...],
        Field(min_length=limits.MIN_DRAWN_POINTS, max_length=limits.MAX_DRAWN_POINTS),
    ]
    task: Literal["classification", "regression"] = "classification"
    classes: Classes = 2
    features: Features = ("x1", "x2")


AnyData = SyntheticData | BundledData | DrawnData | UploadedData | PicturesData | SequencesData | TextData
DataSpec = Annotated[AnyData, Field(discriminator="source")]


def with_classes(data: AnyData) -> AnyData:
    """Write out the default number of classes of the sets that take one."""
    if isinstance(data, SyntheticData) and data.classes is None and data.name in DEFAULT_CLASSES:
        return data.model_copy(update={"classes": DEFAULT_CLASSES[data.name]})
    return data
