"""Which data an experiment learns from. Facts about each set (task, classes, columns) are in `spec.datasets`."""

from __future__ import annotations

from typing import Annotated, Literal, Self

from pydantic import AfterValidator, Field, model_validator

from neuroglow.spec import limits
from neuroglow.spec.base import Spec

Seed = Annotated[int, Field(ge=0, le=limits.MAX_SEED)]
TrainFraction = Annotated[float, Field(ge=limits.MIN_TRAIN_FRACTION, le=limits.MAX_TRAIN_FRACTION)]

PlaygroundSet = Literal["circle", "xor", "gauss", "spiral", "plane", "multi_gauss"]
MulticlassSet = Literal["blobs", "moons", "rings", "spirals"]
SyntheticName = Literal[
    "circle", "xor", "gauss", "spiral", "plane", "multi_gauss", "blobs", "moons", "rings", "spirals"
]
BundledName = Literal["digits", "iris", "wine", "breast_cancer", "diabetes"]
Feature = Literal["x1", "x2", "x1^2", "x2^2", "x1*x2", "sin(x1)", "sin(x2)"]

MULTICLASS_SETS: frozenset[str] = frozenset({"blobs", "moons", "rings", "spirals"})
DEFAULT_CLASSES = {"blobs": 3, "moons": 2, "rings": 3, "spirals": 3}


def _distinct(features: tuple[Feature, ...]) -> tuple[Feature, ...]:
    if len(set(features)) != len(features):
        raise ValueError("Each feature may be listed once")
    return features


class SyntheticData(Spec):
    """Points on the plane [-6, 6]², drawn by a named generator.

    `noise` is TensorFlow Playground's slider divided by 100. `classes` belongs to blobs, moons, rings and spirals only.
    """

    source: Literal["synthetic"] = "synthetic"
    name: SyntheticName = "circle"
    samples: Annotated[int, Field(ge=limits.MIN_SAMPLES, le=limits.MAX_SAMPLES)] = 500
    noise: Annotated[float, Field(ge=0.0, le=limits.MAX_NOISE)] = 0.0
    classes: Annotated[int, Field(ge=limits.MIN_CLASSES, le=limits.MAX_CLASSES)] | None = None
    train_fraction: TrainFraction = 0.5
    features: Annotated[tuple[Feature, ...], Field(min_length=1), AfterValidator(_distinct)] = ("x1", "x2")
    seed: Seed = 0

    @model_validator(mode="after")
    def _classes_fit_the_set(self) -> Self:
        if self.classes is not None and self.name not in MULTICLASS_SETS:
            raise ValueError(f"'{self.name}' has a fixed number of classes; leave `classes` out")
        return self


class BundledData(Spec):
    """A real data set that comes with scikit-learn, standardised, split with a seed."""

    source: Literal["bundled"] = "bundled"
    name: BundledName
    train_fraction: TrainFraction = 0.8
    seed: Seed = 0


DataSpec = Annotated[SyntheticData | BundledData, Field(discriminator="source")]


def with_classes(data: SyntheticData | BundledData) -> SyntheticData | BundledData:
    """Write out the default number of classes of the sets that take one."""
    if isinstance(data, SyntheticData) and data.classes is None and data.name in DEFAULT_CLASSES:
        return data.model_copy(update={"classes": DEFAULT_CLASSES[data.name]})
    return data
