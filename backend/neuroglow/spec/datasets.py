"""Facts of every data set as plain data: task, classes, columns, rows. What all may know of data."""

from __future__ import annotations

import re
from functools import cache

from neuroglow.spec import uploaded
from neuroglow.spec.data import DEFAULT_CLASSES, AnyData, BundledData, DrawnData, SyntheticData
from neuroglow.spec.facts import DataSetFacts, Task
from neuroglow.spec.limits import PLANE_HIGH, PLANE_LOW
from neuroglow.spec.pictures import PicturesData, picture_facts
from neuroglow.spec.public import public_set_of
from neuroglow.spec.sequences import SEQUENCES, SequencesData, sequence_facts
from neuroglow.spec.text import TextData, text_facts, windows
from neuroglow.spec.uploaded import UploadedData

PLANE_DOMAIN = (PLANE_LOW, PLANE_HIGH)
"""Both axes of every set on the plane, as in TensorFlow Playground."""
NOISE_PREFIX = "noise_"


_TWO = ("orange", "blue")
_PLANE = ("x1", "x2")


def _plane(name: str, title: str, sentence: str, task: Task = "classification") -> DataSetFacts:
    takes_classes = name in DEFAULT_CLASSES
    classes = _class_names(DEFAULT_CLASSES[name]) if takes_classes else _TWO if task == "classification" else ()
    return DataSetFacts(
        source="synthetic",
        name=name,
        title=title,
        sentence=sentence,
        task=task,
        kind="plane",
        classes=classes,
        columns=_PLANE,
        target="class" if task == "classification" else "value",
        takes_classes=takes_classes,
    )


def _class_names(count: int) -> tuple[str, ...]:
    return tuple(f"class {index + 1}" for index in range(count))


DIGITS_SIDE = 8
"""Pixels on a side of a digit as it was scanned."""


def _digits(side: int) -> DataSetFacts:
    drawn = "" if side == DIGITS_SIDE else f", drawn from {DIGITS_SIDE}×{DIGITS_SIDE}"
    return DataSetFacts(
        source="bundled",
        name="digits",
        title="Digits",
        sentence=f"Handwritten digits, {side}×{side} pixels{drawn}",
        task="classification",
        kind="image",
        classes=tuple("0123456789"),
        columns=tuple(f"pixel {row},{column}" for row in range(side) for column in range(side)),
        target="digit",
        rows=1797,
        image_shape=(side, side),
        input_shape=(1, side, side),
    )


_digits_of = cache(_digits)


_CELL_MEASURES = (
    "radius", "texture", "perimeter", "area", "smoothness", "compactness", "concavity", "concave points", "symmetry",
    "fractal dimension",
)  # fmt: skip

_WINE_COLUMNS = (
    "alcohol", "malic_acid", "ash", "alcalinity_of_ash", "magnesium", "total_phenols", "flavanoids",
    "nonflavanoid_phenols", "proanthocyanins", "color_intensity", "hue", "od280/od315_of_diluted_wines", "proline",
)  # fmt: skip

SYNTHETIC_SETS: tuple[DataSetFacts, ...] = (
    _plane("circle", "Circle", "A disc inside a ring"),
    _plane("xor", "Exclusive or", "Opposite quadrants share a class; no line separates them"),
    _plane("gauss", "Two clouds", "Two Gaussian clouds; a line is enough"),
    _plane("spiral", "Two spirals", "Two arms wound into each other; needs depth or good features"),
    _plane("plane", "Plane", "A height that rises along the diagonal", "regression"),
    _plane("multi_gauss", "Hills", "Three hills and three valleys", "regression"),
    _plane("blobs", "Blobs", "One Gaussian cloud per class"),
    _plane("moons", "Moons", "Crescents that reach into each other"),
    _plane("rings", "Rings", "Rings around a common centre"),
    _plane("spirals", "Many spirals", "One spiral arm per class"),
)

BUNDLED_SETS: tuple[DataSetFacts, ...] = (
    _digits(DIGITS_SIDE),
    DataSetFacts(
        source="bundled",
        name="iris",
        title="Iris",
        sentence="Three species of iris by the size of their petals and sepals",
        task="classification",
        kind="table",
        classes=("setosa", "versicolor", "virginica"),
        columns=("sepal length (cm)", "sepal width (cm)", "petal length (cm)", "petal width (cm)"),
        target="species",
        rows=150,
    ),
    DataSetFacts(
        source="bundled",
        name="wine",
        title="Wine",
        sentence="Three growers in one Italian region, told apart by chemistry",
        task="classification",
        kind="table",
        classes=("class_0", "class_1", "class_2"),
        columns=_WINE_COLUMNS,
        target="grower",
        rows=178,
    ),
    DataSetFacts(
        source="bundled",
        name="breast_cancer",
        title="Breast cancer",
        sentence="Malignant or benign, by measures of cell nuclei",
        task="classification",
        kind="table",
        classes=("malignant", "benign"),
        columns=(
            *(f"mean {measure}" for measure in _CELL_MEASURES),
            *(f"{measure} error" for measure in _CELL_MEASURES),
            *(f"worst {measure}" for measure in _CELL_MEASURES),
        ),
        target="diagnosis",
        rows=569,
    ),
    DataSetFacts(
        source="bundled",
        name="diabetes",
        title="Diabetes",
        sentence="Progression of the disease one year on, from ten measurements",
        task="regression",
        kind="table",
        columns=("age", "sex", "bmi", "bp", "s1", "s2", "s3", "s4", "s5", "s6"),
        target="progression",
        rows=442,
    ),
)

ALL_SETS: tuple[DataSetFacts, ...] = SYNTHETIC_SETS + BUNDLED_SETS
"""Those that a source and a name make."""
MADE_SETS: tuple[DataSetFacts, ...] = (
    picture_facts(PicturesData()),
    *(sequence_facts(SequencesData(name=name)) for name in SEQUENCES),
    text_facts(TextData()),
)
"""As they are first chosen: their shape follows from their settings."""
_BY_NAME = {(entry.source, entry.name): entry for entry in ALL_SETS}


def facts(data: AnyData) -> DataSetFacts:
    """The facts of the set as this experiment uses it: its own number of classes, its own goal."""
    about = source_facts(data)
    if data.goal == "reconstruct":
        return about.model_copy(update={"task": "reconstruction", "classes": (), "target": "inputs"})
    return about


def file_stem(about: DataSetFacts) -> str:
    """What files of a run on these data are called, endings aside: letters, digits and underscores."""
    if about.source != "upload":
        return about.name
    # The title of one's own data is the name of the file it came in.
    stem = about.title.rpartition(".")[0] or about.title
    return re.sub(r"[^A-Za-z0-9]+", "_", stem).strip("_")[:40].lower() or "data"


def source_facts(data: AnyData) -> DataSetFacts:
    """The facts of the set whatever it is used for: its classes are there even if the labels are hidden."""
    if isinstance(data, DrawnData):
        return _drawn_facts(data)
    if isinstance(data, UploadedData):
        return _uploaded_facts(data)
    if isinstance(data, PicturesData):
        return picture_facts(data)
    if isinstance(data, SequencesData):
        return sequence_facts(data)
    if isinstance(data, TextData):
        return text_facts(data)
    if isinstance(data, BundledData) and data.size is not None:
        return _digits_of(data.size)
    entry = _BY_NAME[(data.source, data.name)]
    if isinstance(data, SyntheticData) and data.classes is not None:
        return entry.model_copy(update={"classes": _class_names(data.classes)})
    return entry


def _drawn_facts(data: DrawnData) -> DataSetFacts:
    classes = () if data.task == "regression" else _TWO if data.classes == len(_TWO) else _class_names(data.classes)
    return DataSetFacts(
        source="drawn",
        name="drawn",
        title="Drawn points",
        sentence="Points put on the plane by hand",
        task=data.task,
        kind="plane",
        classes=classes,
        columns=_PLANE,
        target="class" if classes else "value",
        takes_classes=data.task == "classification",
    )


def _uploaded_facts(data: UploadedData) -> DataSetFacts:
    shape, public = uploaded.image_shape(data), public_set_of(data.dataset)
    return DataSetFacts(
        source="upload",
        name=data.dataset,
        title=data.known.title,
        sentence="Data of one's own" if public is None else public.sentence,
        task=data.task or "regression",
        kind="table" if shape is None else "image",
        classes=uploaded.class_names(data),
        columns=uploaded.raw_columns(data),
        target=data.target or "inputs",
        rows=data.rows,
        image_shape=None if shape is None else shape[:2],
        input_shape=None if shape is None else (shape[2], *shape[:2]),
    )


def row_count(data: AnyData) -> int:
    """Rows before the split."""
    if isinstance(data, SyntheticData | PicturesData | SequencesData):
        return data.samples
    if isinstance(data, DrawnData):
        return len(data.points)
    if isinstance(data, UploadedData):
        return data.rows
    rows = facts(data).rows
    assert rows is not None, "what chooses no samples states its rows"
    return rows


def split_counts(data: AnyData) -> tuple[int, int]:
    """(training rows, test rows), with the copies that augmentation makes of the former; both at least one."""
    train, test = own_counts(data)
    return train * (1 + (data.augmentation.copies if data.augmentation else 0)), test


def own_counts(data: AnyData) -> tuple[int, int]:
    """`split_counts` of the rows that are drawn or read."""
    if isinstance(data, TextData):
        train_windows, test_windows = windows(data)
        return len(train_windows), len(test_windows)
    rows = row_count(data)
    train = min(rows - 1, max(1, round(rows * data.train_fraction)))
    return train, rows - train


def input_names(data: AnyData) -> tuple[str, ...]:
    """What the network's input `x` is made of, in its order: the columns of `offered_inputs` that are not off."""
    off = set(data.switched_off)
    return tuple(name for name in offered_inputs(data) if name not in off)


def offered_inputs(data: AnyData) -> tuple[str, ...]:
    """Every input there is, fed or switched off: the source's own, then formulas, then noise columns."""
    return (*own_inputs(data), *(formula.expression for formula in data.formulas), *noise_names(data))


def own_inputs(data: AnyData) -> tuple[str, ...]:
    """The chosen features on the plane, the columns elsewhere."""
    if isinstance(data, UploadedData):
        return uploaded.prepared_inputs(data)
    return data.features if isinstance(data, SyntheticData | DrawnData) else source_facts(data).columns


def noise_names(data: AnyData) -> tuple[str, ...]:
    return tuple(f"{NOISE_PREFIX}{number + 1}" for number in range(data.noise_columns))


def output_count(data: AnyData) -> int:
    """Units of the implied last layer: one logit for two classes, K logits for K, one target for regression, and as
    many as there are inputs where the network is to answer with them."""
    if data.goal == "reconstruct":
        return len(input_names(data))
    classes = len(facts(data).classes)
    return classes if classes > 2 else 1


def input_shape(data: AnyData) -> tuple[int, ...]:
    """What the network's flat input `x` is, row-major: `facts.input_shape` where it is exactly the columns in their
    order, (inputs,) where something is switched off or added."""
    shape = source_facts(data).input_shape
    is_whole = shape is not None and input_names(data) == own_inputs(data)
    return shape if shape is not None and is_whole else (len(input_names(data)),)


def output_shape(data: AnyData) -> tuple[int, ...]:
    """Of the implied last layer: (outputs,), or (steps, classes) where every step has an answer of its own."""
    positions = source_facts(data).positions
    return (output_count(data),) if positions is None else (positions, output_count(data))


def label_count(data: AnyData) -> int:
    """Numbers of a row's label: its inputs where they are to be answered, one for each step that has an answer, else
    one."""
    if data.goal == "reconstruct":
        return len(input_names(data))
    return source_facts(data).positions or 1
