"""Random graphs of layers, as the documents of experiments: most can be trained, some hold a mistake."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from hypothesis import strategies as st

from neuroglow.spec.base import parse
from neuroglow.spec.layers import LAYER_TYPES, AnyLayer, Flow, ShapeError
from neuroglow.spec.layers.base import ACTIVATIONS, INITIALIZERS
from neuroglow.spec.layers.wiring import walk
from neuroglow.spec.network import Network, with_names

Document = dict[str, Any]
DATA: tuple[tuple[Document, Flow], ...] = (
    ({"source": "synthetic", "name": "spirals", "samples": 40}, Flow((2,), "vector")),
    ({"source": "synthetic", "name": "plane", "samples": 40}, Flow((2,), "vector")),
    ({"source": "bundled", "name": "digits"}, Flow((1, 8, 8), "picture")),
    ({"source": "bundled", "name": "wine"}, Flow((13,), "vector")),
    ({"source": "bundled", "name": "digits", "goal": "reconstruct"}, Flow((1, 8, 8), "picture")),
    ({"source": "sequences", "name": "adding", "length": 5, "samples": 40}, Flow((5, 2), "sequence")),
    ({"source": "sequences", "name": "copying", "length": 6, "samples": 40}, Flow((6,), "tokens", 10)),
)
STEPWISE = frozenset({"copying"})
"""Data sets with an answer for every step."""
"""Data sets that load in no time, each with what its rows are."""
MOST_NUMBERS = 2_000
"""Of one layer and one example: graphs stay small enough to be trained by the thousand."""
MERGES = frozenset({"add", "multiply", "concat"})
_NORMS = ("batch_norm", "layer_norm", "group_norm")
_ANY_FLOW = ("dense", "sparse_dense", "flatten", "reshape", *_NORMS, "dropout", "sampling", "repeat")
_STEPS = ("conv1d", "global_avg_pool", "positional_encoding", "attention", "transformer_block", "gru", "lstm", "rnn")
_PLANES = ("conv2d", "conv_transpose2d", "max_pool2d", "avg_pool2d", "upsample")
READERS: dict[str, tuple[str, ...]] = {
    "vector": (*_ANY_FLOW, "embedding", "embedding"),
    "picture": (*_ANY_FLOW, *_PLANES, *_PLANES, "global_avg_pool"),
    "sequence": (*_ANY_FLOW, *_STEPS, *_STEPS),
    "signal": (*_ANY_FLOW, *_STEPS, *_STEPS),
    "tokens": ("embedding",),
}
"""Types that read each kind of flow, what is special to it more often; the merges read any two alike."""


def layer_of(document: Document) -> AnyLayer:
    """A single layer, its defaults written out and named."""
    return with_names(parse(Network, {"layers": [document]})).layers[0]


def made_by(document: Document, *reads: Flow) -> Flow | None:
    """What the layer makes of it, None if it cannot."""
    layer = layer_of(document)
    if any(flow.kind == "tokens" for flow in reads) and not layer.READS_TOKENS:
        return None
    try:
        return layer.output(*reads)
    except ShapeError:
        return None


def _divisors(number: int, most: int) -> st.SearchStrategy[int]:
    return st.sampled_from([divisor for divisor in range(1, min(number, most) + 1) if number % divisor == 0])


def _some(**optional: st.SearchStrategy[Any]) -> st.SearchStrategy[Document]:
    return st.fixed_dictionaries({}, optional=optional)


activations = st.sampled_from(ACTIVATIONS)
_small = st.integers(1, 8)
_padding: st.SearchStrategy[Any] = st.sampled_from(["same", "valid", 0, 1])
_learning: dict[str, st.SearchStrategy[Any]] = {
    "initializer": st.sampled_from(INITIALIZERS),
    "regularization": st.sampled_from([{"type": "l2", "rate": 0.01}, {"type": "l1", "rate": 0.001}]),
    "frozen": st.booleans(),
}


@st.composite
def windows(draw: st.DrawFn, flow: Flow, member: str) -> Document:
    """A kernel or a pooling window that fits onto a picture, with stride and padding, a kernel with dilation."""
    sides = [draw(st.integers(1, min(side, 4))) for side in flow.shape[1:]]
    reach_fits = all((side - 1) * 2 + 1 <= size for side, size in zip(sides, flow.shape[1:], strict=True))
    dilations: st.SearchStrategy[Any] = st.sampled_from([1, 2, [1, 2]] if reach_fits else [1])
    optional: dict[str, st.SearchStrategy[Any]] = {"stride": st.sampled_from([1, 2, [1, 2]])}
    if member == "kernel":
        optional |= {"dilation": dilations, "padding": _padding}
    elif min(sides) > 1:
        optional |= {"padding": _padding}
    kernel = sides if sides[0] != sides[1] or draw(st.booleans()) else sides[0]
    return {member: kernel, **draw(_some(**optional))}


@st.composite
def reshapes(draw: st.DrawFn, size: int) -> Document:
    axes = draw(st.integers(1, 3))
    shape: list[int] = []
    for _ in range(axes - 1):
        shape.append(draw(_divisors(size // math.prod(shape), 64)))
    return {"shape": [*shape, size // math.prod(shape)]}


@st.composite
def repeats(draw: st.DrawFn, flow: Flow) -> Document:
    """A body that makes what it reads, with a skip around it now and then."""
    body: list[Document]
    if flow.kind == "picture":
        channels = flow.shape[0]
        body = [{"type": "conv2d", "name": "inner", "channels": channels, "padding": "same"}, {"type": "batch_norm"}]
    elif flow.kind == "sequence":
        body = [{"type": "layer_norm"}, {"type": "attention", "heads": draw(_divisors(flow.shape[1], 4))}]
    elif flow.kind == "vector":
        body = [{"units": flow.size, "activation": draw(activations)}]
    else:
        body = [{"type": "layer_norm"}]
    if draw(st.booleans()):
        body[-1] = {**body[-1], "name": "last"}
        body.append({"type": "add", "inputs": ["last", "x"]})
    return {"layers": body, "times": draw(st.sampled_from([1, 2, 3, 13]))}


def _fields(kind: str, flow: Flow) -> st.SearchStrategy[Document]:
    """Fields of a layer of that type that can read such a flow."""
    units = flow.units
    no_loops = {"units": _small, "activation": activations, **_learning}
    recurrent = _some(units=_small, return_sequences=st.booleans(), **_learning)
    heads = _divisors(flow.shape[-1], 4)
    groups = st.builds(
        lambda number, times: {"groups": number, "channels": number * times}, _divisors(units, 4), st.integers(1, 3)
    )
    convolved = st.one_of(_some(channels=st.integers(1, 4)), groups)
    by_kind: dict[str, Callable[[], st.SearchStrategy[Document]]] = {
        "dense": lambda: _some(**no_loops, dropout=st.sampled_from([0.0, 0.3])),
        "sparse_dense": lambda: _some(
            **no_loops,
            density=st.sampled_from([0.1, 0.5, 1.0]),
            method=st.sampled_from(["random", "magnitude"]),
            cut=st.just([[0, 0]]),
            restored=st.just([[0, 1]]),
        ),
        "conv1d": lambda: _both(
            convolved, st.fixed_dictionaries({"kernel": st.integers(1, min(8, flow.shape[1 - flow.unit_axis]))})
        ),
        "conv2d": lambda: _both(convolved, windows(flow, "kernel"), _some(activation=activations, **_learning)),
        "conv_transpose2d": lambda: _some(
            channels=st.integers(1, 3), kernel=st.sampled_from([2, 3, [3, 2]]), stride=st.sampled_from([1, 2, 3]),
            padding=st.sampled_from(["same", "valid", 0]),
        ),
        "max_pool2d": lambda: windows(flow, "window"),
        "avg_pool2d": lambda: windows(flow, "window"),
        "upsample": lambda: _some(factor=st.integers(1, 3), method=st.sampled_from(["nearest", "bilinear"])),
        "reshape": lambda: reshapes(flow.size),
        "group_norm": lambda: st.fixed_dictionaries({"groups": _divisors(units, 8)}),
        "batch_norm": lambda: _some(momentum=st.sampled_from([0.0, 0.9])),
        "dropout": lambda: _some(rate=st.sampled_from([0.0, 0.5])),
        "embedding": lambda: st.fixed_dictionaries(
            {"vocabulary": st.integers(max(2, flow.vocabulary or 0), 20)}, optional={"units": _small, **_learning}
        ),
        "positional_encoding": lambda: _some(kind=st.sampled_from(["sinusoidal", "learned"])),
        "attention": lambda: st.fixed_dictionaries({"heads": heads}, optional={"causal": st.booleans(), **_learning}),
        "transformer_block": lambda: st.fixed_dictionaries(
            {"heads": heads}, optional={"causal": st.booleans(), "expansion": st.integers(1, 4)}
        ),
        "gru": lambda: recurrent,
        "lstm": lambda: recurrent,
        "rnn": lambda: recurrent,
        "repeat": lambda: repeats(flow),
    }  # fmt: skip
    return by_kind.get(kind, lambda: st.just({}))()


def _both(*parts: st.SearchStrategy[Document]) -> st.SearchStrategy[Document]:
    return st.tuples(*parts).map(lambda documents: {key: value for part in documents for key, value in part.items()})


def layers(flow: Flow) -> st.SearchStrategy[Document]:
    """A layer of one input that can read such a flow."""
    return st.sampled_from(READERS[flow.kind]).flatmap(lambda kind: layers_of(kind, flow))


def layers_of(kind: str, flow: Flow) -> st.SearchStrategy[Document]:
    """The same of one type."""
    return _fields(kind, flow).map(lambda fields: {"type": kind, **fields})


def readers(kind: str) -> st.SearchStrategy[tuple[AnyLayer, Flow]]:
    """Layers of a type with flows that they can read; the merges as they are before they read anything."""
    readable = [flow_kind for flow_kind, kinds in READERS.items() if kind in kinds or kind in MERGES]
    some = st.sampled_from(readable).flatmap(flows).filter(lambda flow: kind != "sampling" or flow.size % 2 == 0)
    return some.flatmap(lambda flow: st.tuples(layers_of(kind, flow).map(layer_of), st.just(flow)))


def flows(kind: str) -> st.SearchStrategy[Flow]:
    """Of one kind, each axis up to a dozen."""
    axes = {"vector": 1, "picture": 3, "sequence": 2, "signal": 2, "tokens": 1}[kind]
    shape = st.tuples(*[st.integers(1, 12)] * axes)
    return shape.map(lambda sides: Flow(sides, kind, 7 if kind == "tokens" else None))  # type: ignore[arg-type]


@st.composite
def wild_layers(draw: st.DrawFn) -> Document:
    """Of any type, whatever it reads: often at the wrong place, sometimes no layer at all."""
    kind = draw(st.sampled_from(LAYER_TYPES))
    readable = [flow_kind for flow_kind, kinds in READERS.items() if kind in MERGES or kind in kinds]
    elsewhere = draw(st.sampled_from(readable).flatmap(flows))
    document = draw(layers_of(kind, elsewhere))
    inputs = draw(st.none() | st.lists(st.sampled_from(["x", "a0", "a1", "a3", "nowhere", "output"]), min_size=1))
    if inputs is not None:
        document["inputs"] = inputs[:4]
    if draw(st.integers(0, 9)) == 0:
        document[draw(st.sampled_from(["units", "kernel", "name", "surprise"]))] = draw(st.sampled_from([0, -1, "x"]))
    return document


@st.composite
def networks(draw: st.DrawFn, entrance: Flow, *, most: int = 6) -> list[Document]:
    """Layers that fit together, with branches; `a0`, `a1`, ... where they are named."""
    made: dict[str, Flow] = {"x": entrance}
    before, found = entrance, list[Document]()
    if entrance.kind == "tokens" or draw(st.booleans()):
        found.append(draw(_steps_of(entrance)))
        before = made_by(found[0], entrance) or entrance
    for number in range(draw(st.integers(0, most))):
        document, reads = draw(_next_layers(made, before))
        flow = made_by(document, *reads)
        if flow is None or flow.size > MOST_NUMBERS:
            continue
        # Only what has a name can be asked for by later ones.
        if draw(st.booleans()):
            document["name"] = f"a{number}"
            made[document["name"]] = flow
        found.append(document)
        before = flow
    return found


def _steps_of(entrance: Flow) -> st.SearchStrategy[Document]:
    """A layer that makes a sequence or a signal of what the data feed in: they are rare otherwise."""
    if entrance.kind == "picture":
        channels, height, width = entrance.shape
        return st.just({"type": "reshape", "shape": [channels * height, width]})
    if entrance.kind in ("vector", "tokens"):
        return layers_of("embedding", entrance)
    return st.just({"type": "layer_norm"})


@st.composite
def _next_layers(draw: st.DrawFn, made: dict[str, Flow], before: Flow) -> tuple[Document, tuple[Flow, ...]]:
    """A layer on what is there, with the flows that it reads."""
    if draw(st.integers(0, 5)) == 0:
        document = {"type": draw(st.sampled_from(sorted(MERGES)))}
        name = draw(st.sampled_from(sorted(made)))
        alike = [other for other, flow in made.items() if made_by(document, made[name], flow) is not None]
        if alike:
            others = draw(st.lists(st.sampled_from(alike), min_size=1, max_size=3))
            inputs = [name, *others]
            return {**document, "inputs": inputs}, tuple(made[each] for each in inputs)
    if draw(st.integers(0, 3)) == 0:
        name = draw(st.sampled_from(sorted(made)))
        return {**draw(layers(made[name])), "inputs": [name]}, (made[name],)
    return draw(layers(before)), (before,)


def _answers_stepwise(found: list[Document], entrance: Flow) -> bool:
    nodes, _ = walk(with_names(parse(Network, {"layers": found})).layers, entrance)
    return bool(nodes) and nodes[-1].output.kind == "sequence" and nodes[-1].output.shape[0] == entrance.shape[0]


@st.composite
def experiments(draw: st.DrawFn, *, mistakes: bool = True, most: int = 6) -> Document:
    """The document of an experiment. With `mistakes` one in three has a layer that was put anywhere."""
    data, entrance = draw(st.sampled_from(DATA))
    found = draw(networks(entrance, most=most))
    if data["name"] in STEPWISE and not _answers_stepwise(found, entrance):
        found.append(draw(layers_of("embedding", entrance)) | {"inputs": ["x"]})
    if mistakes and draw(st.integers(0, 2)) == 0:
        found.insert(draw(st.integers(0, len(found))), draw(wild_layers()))
    optimizer = draw(st.sampled_from(["sgd", "momentum", "adam", "adamw", "rmsprop"]))
    training = {"batch_size": draw(st.sampled_from([1, 7, 16])), "optimizer": {"type": optimizer}}
    return {"data": data, "network": {"layers": found}, "training": training}
