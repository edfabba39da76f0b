"""The part of a script that makes the data: drawn by the same generators, split by the same lots, encoded alike.

Rows that somebody brought are not drawn again but read from a file beside the script (`gateway/rows.py` answers it):
what the person's file became by parsing and preparation is no more in the script than what a library does. So are
pictures, sequences, texts and augmented pictures, whose generators would be longer than the rest of the script.
"""

from __future__ import annotations

from typing import TypeGuard

from neuroglow.export.formulas import as_numpy
from neuroglow.spec.data import AnyData, BundledData, DrawnData, SyntheticData
from neuroglow.spec.datasets import (
    DIGITS_SIDE,
    facts,
    file_stem,
    input_names,
    offered_inputs,
    source_facts,
    split_counts,
)
from neuroglow.spec.formula import parse_formula

_STREAMS = "positions, noise, split = map(np.random.default_rng, np.random.SeedSequence(DATA_SEED).spawn(3))"
_POLAR = '''

def polar(radius, angle):
    """Points at that distance from the middle, the angle clockwise from the x2 axis."""
    return np.stack([radius * np.sin(angle), radius * np.cos(angle)], axis=1)

'''
_SHAKE = "noise.uniform(-1.0, 1.0, (ROWS, 2))"
_HALF = "first = ROWS - ROWS // 2"
_TWO = "label = (np.arange(ROWS) < first).astype(float)"
_MANY = "label = np.repeat(np.arange(CLASSES, dtype=float), sizes)"
_SIZES = "sizes = [ROWS // CLASSES + (number < ROWS % CLASSES) for number in range(CLASSES)]"
_TURN = "positions.uniform(0.0, 2.0 * np.pi, ROWS)"

GENERATORS: dict[str, tuple[str, ...]] = {
    "circle": (
        _HALF,
        "low, high = np.repeat([[0.0, 0.5], [0.7, 1.0]], [first, ROWS - first], axis=0).T * 5.0",
        f"points = polar(positions.uniform(low, high), {_TURN})",
        f"judged = points + {_SHAKE} * (5.0 * NOISE)",
        "label = (np.hypot(judged[:, 0], judged[:, 1]) < 2.5).astype(float)",
    ),
    "xor": (
        "drawn = positions.uniform(-5.0, 5.0, (ROWS, 2))",
        "points = drawn + np.where(drawn > 0.0, 0.3, -0.3)",
        f"judged = points + {_SHAKE} * (5.0 * NOISE)",
        "label = (judged[:, 0] * judged[:, 1] >= 0.0).astype(float)",
    ),
    "gauss": (
        _HALF,
        "centres = np.repeat([2.0, -2.0], [first, ROWS - first])[:, None]",
        "variance = 0.5 + 3.5 * NOISE / 0.5",
        "points = centres + np.sqrt(variance) * positions.standard_normal((ROWS, 2))",
        _TWO,
    ),
    "spiral": (
        _HALF,
        "along = np.concatenate([np.arange(first), np.arange(ROWS - first)]) / (ROWS / 2)",
        "phase = np.repeat([0.0, np.pi], [first, ROWS - first])",
        f"points = polar(5.0 * along, 1.75 * 2.0 * np.pi * along + phase) + {_SHAKE} * NOISE",
        _TWO,
    ),
    "plane": (
        "points = positions.uniform(-6.0, 6.0, (ROWS, 2))",
        f"judged = points + {_SHAKE} * (6.0 * NOISE)",
        "label = judged.sum(axis=1) / 10.0",
    ),
    "multi_gauss": (
        "points = positions.uniform(-6.0, 6.0, (ROWS, 2))",
        f"judged = points + {_SHAKE} * (6.0 * NOISE)",
        "hills = np.array([[-4, 2.5, 1], [0, 2.5, -1], [4, 2.5, 1], [-4, -2.5, -1], [0, -2.5, 1], [4, -2.5, -1]])",
        "distance = np.linalg.norm(judged[:, None, :] - hills[None, :, :2], axis=2)",
        "heights = hills[:, 2] * np.clip(1.0 - distance / 2.0, 0.0, 1.0)",
        "label = np.take_along_axis(heights, np.abs(heights).argmax(axis=1)[:, None], axis=1)[:, 0]",
    ),
    "blobs": (
        _SIZES,
        _MANY,
        "deviation = 0.35 + (1.2 - 0.35) * NOISE / 0.5",
        "reached = 1.0 - np.exp(-0.5 * (2.5 / deviation) ** 2)",
        "distance = deviation * np.sqrt(-2.0 * np.log1p(-positions.uniform(0.0, 1.0, ROWS) * reached))",
        "orbit = min(3.5, 2.0 / np.sin(np.pi / CLASSES))",
        f"points = polar(np.full(ROWS, orbit), 2.0 * np.pi * label / CLASSES) + polar(distance, {_TURN})",
    ),
    "moons": (
        _SIZES,
        _MANY,
        "radius = 10.0 / (2.0 + 1.15 * (CLASSES - 1))",
        "turn = positions.uniform(0.0, np.pi, ROWS)",
        "up = np.where(label % 2 == 0, 1.0, -1.0)",
        "x = (label - (CLASSES - 1) / 2) * 1.15 + np.cos(turn)",
        f"points = radius * np.stack([x, up * (np.sin(turn) - 0.25)], axis=1) + {_SHAKE} * (0.6 * radius * NOISE)",
    ),
    "rings": (
        _SIZES,
        _MANY,
        "spacing = 5.0 / CLASSES",
        "radius = spacing * (label + positions.uniform(0.0, 0.6, ROWS))",
        f"points = polar(radius, {_TURN}) + {_SHAKE} * (spacing * NOISE)",
    ),
    "spirals": (
        _SIZES,
        _MANY,
        "along = np.concatenate([np.arange(size) for size in sizes]) / (ROWS / CLASSES)",
        "angle = 2.0 * np.pi * (1.75 * along + label / CLASSES)",
        f"points = polar(5.0 * along, angle) + {_SHAKE} * (2.0 * NOISE / CLASSES)",
    ),
}  # fmt: skip
"""From `positions` and `noise` to `points` (ROWS, 2) and `label`: `data.playground` and `data.multiclass`."""
_FEATURES = {
    "x1": "x1",
    "x2": "x2",
    "x1^2": "x1 * x1",
    "x2^2": "x2 * x2",
    "x1*x2": "x1 * x2",
    "sin(x1)": "np.sin(x1)",
    "sin(x2)": "np.sin(x2)",
}
_ENLARGED = (
    "",
    "",
    "def enlarged(pictures, side):",
    '    """Bilinear, from centre to centre of the pixels."""',
    "    square = pictures.reshape(-1, 8, 8)",
    "    place = np.clip((np.arange(side) + 0.5) * (8 / side) - 0.5, 0.0, 7.0)",
    "    low = np.floor(place).astype(int)",
    "    high, share = np.minimum(low + 1, 7), place - low",
    "    taller = square[:, low] * (1.0 - share)[:, None] + square[:, high] * share[:, None]",
    "    return (taller[:, :, low] * (1.0 - share) + taller[:, :, high] * share).reshape(len(pictures), -1)",
    "",
    "",
)
_STANDARDISED = '''
def standardised(table, axis=0):
    """By the mean and deviation of the training rows."""
    table = table.astype(float)
    deviation = np.where(np.ptp(table[train], axis=axis) == 0.0, 1.0, table[train].std(axis=axis))
    return ((table - table[train].mean(axis=axis)) / deviation).astype(np.float32)

'''
_FINITE = '''
def finite(values):
    """What is no number counts as 0, what is huge is cut off."""
    return np.clip(np.nan_to_num(np.broadcast_to(values, len(raw)), nan=0.0, posinf=1e6, neginf=-1e6), -1e6, 1e6)

'''
_SPLIT = """
# Every row draws a lot; each class gives its lowest lots to training.
order = np.argsort(split.random(len(label)), kind="stable")
_, shuffled = np.unique(STRATA[order], return_inverse=True)
quotas, remainder = np.divmod(np.bincount(shuffled) * TRAIN, len(label))
quotas[np.argsort(-remainder, kind="stable")[: TRAIN - quotas.sum()]] += 1
is_train = np.zeros(len(label), bool)
for number, quota in enumerate(quotas):
    is_train[np.flatnonzero(shuffled == number)[:quota]] = True
train, test = order[is_train], order[~is_train]
"""


def data_section(data: AnyData) -> str:
    """Leaves `X, Y` and `X_test, Y_test`, float32: what the network reads and what the loss compares with."""
    if not is_drawn_again(data):
        return "\n".join(_read(data))
    about = source_facts(data)
    lines = [f"# --- Data: {about.title.lower()}", f"DATA_SEED, TRAIN = {data.seed}, {split_counts(data)[0]}"]
    lines += _drawn(data)
    lines.append("raw, label = points.astype(np.float32), label.astype(np.float32)")
    has_classes = about.task == "classification"
    lines.append(_SPLIT.replace("STRATA", "label" if has_classes else "np.zeros_like(label)"))
    lines += _inputs(data)
    lines += ["", *_labels(data, has_classes=has_classes, classes=len(about.classes))]
    lines += ["X, X_test = inputs[train], inputs[test]", "Y, Y_test = label[train], label[test]"]
    return "\n".join(lines)


def imports(data: AnyData) -> list[str]:
    if isinstance(data, BundledData) and data.augmentation is None:
        return [f"from sklearn.datasets import load_{data.name}"]
    return []


def library_imports(data: AnyData) -> list[str]:
    """Of Python's own library."""
    return ["from pathlib import Path"] if not is_drawn_again(data) else []


def is_drawn_again(data: AnyData) -> TypeGuard[SyntheticData | BundledData | DrawnData]:
    """By the script itself."""
    return isinstance(data, SyntheticData | BundledData | DrawnData) and data.augmentation is None


def rows_name(data: AnyData) -> str:
    """The file that a script reads its rows from."""
    return f"neuroglow_{file_stem(facts(data))}.npz"


def _read(data: AnyData) -> list[str]:
    return [
        "# --- Data: the rows as the run reads them, split and prepared. Keep their file beside this script.",
        f'with np.load(Path(__file__).with_name("{rows_name(data)}")) as rows:',
        '    X, Y, X_test, Y_test = (rows[name] for name in ("X", "Y", "X_test", "Y_test"))',
    ]


def _drawn(data: SyntheticData | BundledData | DrawnData) -> list[str]:
    if isinstance(data, BundledData):
        raw_units = ", scaled=False" if data.name == "diabetes" else ""
        read = f"points, label = load_{data.name}(return_X_y=True{raw_units})"
        lines = ["_, _, split = map(np.random.default_rng, np.random.SeedSequence(DATA_SEED).spawn(3))", read]
        is_scanned = data.size in (None, DIGITS_SIDE)
        return lines if is_scanned else [*lines, *_ENLARGED, f"points = enlarged(points, {data.size})"]
    if isinstance(data, DrawnData):
        rows = [", ".join(f"[{x1!r}, {x2!r}, {label!r}]" for x1, x2, label in data.points[at : at + 4]) for at in
                range(0, len(data.points), 4)]  # fmt: skip
        table = ["table = np.array([", *(f"    {row}," for row in rows), "])"]
        return [_STREAMS, *table, "points, label = table[:, :2], table[:, 2]"]
    body = GENERATORS[data.name]
    constants = [f"ROWS, NOISE = {data.samples}, {data.noise!r}"]
    constants += [f"CLASSES = {data.classes}"] if data.classes else []
    helper = [_POLAR] if any("polar(" in line for line in body) else []
    return [*constants, *helper, _STREAMS, *body]


def _inputs(data: AnyData) -> list[str]:
    about = source_facts(data)
    on_plane = isinstance(data, SyntheticData | DrawnData)
    lines: list[str] = []
    if not on_plane:
        lines.append(_STANDARDISED)
    if data.formulas:
        lines.append(_FINITE)
    if isinstance(data, SyntheticData | DrawnData):
        lines.append("x1, x2 = raw.astype(float).T")
        features = ", ".join(_FEATURES[name] for name in data.features)
        lines.append(f"inputs = np.stack([{features}], axis=1).astype(np.float32)")
    else:
        # Pixels share a unit, and one mean keeps their contrast.
        lines.append("inputs = standardised(raw, axis=None)" if about.kind == "image" else "inputs = standardised(raw)")
    if data.formulas:
        lines += _formulas(data, on_plane=on_plane)
    if data.noise_columns:
        stream = "np.random.SeedSequence(DATA_SEED, spawn_key=(4, number))"
        lines += [
            f"for number in range({data.noise_columns}):  # columns that carry nothing",
            f"    nothing = np.random.default_rng({stream}).standard_normal(len(raw))",
            "    inputs = np.column_stack([inputs, nothing.astype(np.float32)])",
        ]
    offered, fed = offered_inputs(data), set(input_names(data))
    if len(fed) < len(offered):
        places = [place for place, name in enumerate(offered) if name in fed]
        lines.append(f"inputs = inputs[:, {places}]  # the others are switched off")
    return lines


def _formulas(data: AnyData, *, on_plane: bool) -> list[str]:
    columns = source_facts(data).columns
    names = {"x1": "x1", "x2": "x2"} if on_plane else {name: f"column[{at}]" for at, name in enumerate(columns)}
    written = [as_numpy(parse_formula(formula.expression, columns), names) for formula in data.formulas]
    lines = [] if on_plane else ["column = raw.astype(float).T"]
    lines += [
        'with np.errstate(all="ignore"):',
        "    formulas = [",
        *(f"        finite({text})," for text in written),
        "    ]",
        "formulas = np.stack(formulas, axis=1).astype(np.float32)",
    ]
    added = "formulas" if on_plane else "standardised(formulas)"
    return [*lines, f"inputs = np.column_stack([inputs, {added}])"]


def _labels(data: AnyData, *, has_classes: bool, classes: int) -> list[str]:
    if data.goal == "reconstruct":
        return ["label = inputs  # the network answers with what it is shown"]
    lines: list[str] = []
    is_scaled = isinstance(data, BundledData) and not has_classes
    if is_scaled:
        lines.append("mean, deviation = float(label[train].mean(dtype=float)), float(label[train].std(dtype=float))")
    if data.label_noise:
        lines += _wrong_labels(data, classes)
    if is_scaled:
        lines.append("label = (label - mean) / deviation")
    return lines


def _wrong_labels(data: AnyData, classes: int) -> list[str]:
    lines = [
        "wrong = np.random.default_rng(np.random.SeedSequence(DATA_SEED, spawn_key=(3,)))",
        "lots, turns, shifts = wrong.random(len(raw)), wrong.random(len(raw)), wrong.standard_normal(len(raw))",
    ]
    share = repr(data.label_noise)
    if not classes:
        return [*lines, f"label[train] += ({share} * label[train].std() * shifts[train]).astype(np.float32)"]
    return [
        *lines,
        f'chosen = train[np.argsort(lots[train], kind="stable")[: round({share} * len(train))]]',
        f"label[chosen] = (label[chosen] + 1 + np.floor(turns[chosen] * {classes - 1})) % {classes}",
    ]
