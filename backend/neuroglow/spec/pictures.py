"""Pictures of simple objects, drawn on demand: edges, corners, shapes, compositions. What deeper layers should find."""

from __future__ import annotations

from functools import cache
from typing import Annotated, Literal

from pydantic import Field

from neuroglow.spec import limits
from neuroglow.spec.facts import DataSetFacts
from neuroglow.spec.source import Source, TrainFraction

SIDE = 32
"""Pixels."""
Objects = Literal["all", "edges", "corners", "shapes", "compositions"]
OBJECTS: dict[str, tuple[str, ...]] = {
    "edges": ("horizontal edge", "vertical edge", "diagonal edge"),
    "corners": ("corner", "crossing"),
    "shapes": ("circle", "square", "triangle"),
    "compositions": ("house", "face"),
}
"""From what a single filter can see to what is made of shapes."""


class PicturesData(Source):
    """Grey pictures of 32×32 pixels from 0 to 255 with one object each, at a random place, size, angle and contrast.

    `objects` chooses the classes. `noise` is the deviation of Gaussian noise on every pixel as a share of white.
    """

    source: Literal["pictures"] = "pictures"
    name: Literal["pictures"] = "pictures"
    objects: Objects = "all"
    samples: Annotated[int, Field(ge=limits.MIN_SAMPLES, le=limits.MAX_SAMPLES)] = 2_000
    noise: Annotated[float, Field(ge=0.0, le=limits.MAX_NOISE)] = 0.05
    train_fraction: TrainFraction = 0.8


def object_names(objects: str) -> tuple[str, ...]:
    """Of the classes, in label order."""
    return OBJECTS[objects] if objects != "all" else tuple(name for names in OBJECTS.values() for name in names)


def picture_facts(data: PicturesData) -> DataSetFacts:
    return _facts(data.objects)


@cache
def _facts(objects: str) -> DataSetFacts:
    return DataSetFacts(
        source="pictures",
        name="pictures",
        title="Objects",
        sentence=f"Drawn edges, corners, shapes and what is made of them, {SIDE}×{SIDE} pixels",
        task="classification",
        kind="image",
        classes=object_names(objects),
        columns=tuple(f"pixel {row},{column}" for row in range(SIDE) for column in range(SIDE)),
        target="object",
        image_shape=(SIDE, SIDE),
        input_shape=(1, SIDE, SIDE),
    )
