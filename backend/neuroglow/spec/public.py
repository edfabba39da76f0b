"""The well-known data sets that a server can fetch: what they are, and as what they are published at OpenML."""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

PublicName = Literal["mnist", "fashion_mnist", "cifar_10", "california_housing"]


class PublicSet(BaseModel):
    """`files` says in what form one may bring it oneself."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: PublicName
    title: str
    sentence: str
    rows: int
    columns: int
    """Values of a row: pixels of an image in all its colours, or columns of a table, without the target."""
    image_shape: tuple[int, int, int] | None = None
    """Height, width, channels; None for a table."""
    classes: tuple[str, ...] = ()
    """By the label in the published file, which counts from 0; none where a number is predicted."""
    target: str
    openml_id: int
    files: str
    dataset: str = Field(default_factory=lambda known: f"public-{known['name']}-openml-{known['openml_id']}")
    """The id it has as a data set: the same on every server, so that a link works on all of them."""

    @property
    def way_out(self) -> str:
        """What to do where it cannot be fetched, as the end of a sentence."""
        return f"or bring it yourself and drop it here: {self.files}"


_DIGITS = tuple("0123456789")
_CLOTHES = ("T-shirt", "trouser", "pullover", "dress", "coat", "sandal", "shirt", "sneaker", "bag", "ankle boot")
_THINGS = ("airplane", "automobile", "bird", "cat", "deer", "dog", "frog", "horse", "ship", "truck")

PUBLIC_SETS: tuple[PublicSet, ...] = (
    PublicSet(
        name="mnist",
        title="MNIST",
        sentence="Handwritten digits, the first thing that every network is tried on",
        rows=70_000,
        columns=28 * 28,
        image_shape=(28, 28, 1),
        classes=_DIGITS,
        target="digit",
        openml_id=554,
        files="mnist.npz, or its IDX files in a zip",
    ),
    PublicSet(
        name="fashion_mnist",
        title="Fashion-MNIST",
        sentence="Photographs of clothes in ten kinds, as small as MNIST and harder",
        rows=70_000,
        columns=28 * 28,
        image_shape=(28, 28, 1),
        classes=_CLOTHES,
        target="kind",
        openml_id=40_996,
        files="its IDX files in a zip",
    ),
    PublicSet(
        name="cifar_10",
        title="CIFAR-10",
        sentence="Animals and vehicles in colour; hard for a network without convolutions",
        rows=60_000,
        columns=32 * 32 * 3,
        image_shape=(32, 32, 3),
        classes=_THINGS,
        target="thing",
        openml_id=40_927,
        files="its images in a zip with a folder for each class",
    ),
    PublicSet(
        name="california_housing",
        title="California housing",
        sentence="What houses cost in 20,640 districts of the census of 1990",
        rows=20_640,
        columns=8,
        target="medianHouseValue",
        openml_id=44_977,
        files="its table as CSV",
    ),
)


_BY_NAME: dict[str, PublicSet] = {known.name: known for known in PUBLIC_SETS}


def public_set(name: str) -> PublicSet:
    """Raises `KeyError` for what is none of them."""
    return _BY_NAME[name]


def public_set_of(dataset: str) -> PublicSet | None:
    """Which of them a data set's id stands for."""
    return next((known for known in PUBLIC_SETS if known.dataset == dataset), None)
