"""One layer at a time: every type with its settings, random numbers for its parameters, what the engine makes of it."""

from __future__ import annotations

from typing import Any

import jax.numpy as jnp
import numpy as np

from neuroglow.nets.layers import INFERENCE, Call, Clamp, Mode, forward
from neuroglow.nets.shape import STACK_FROM, LayerShape
from neuroglow.spec.base import parse
from neuroglow.spec.layers import AnyLayer, Flow
from neuroglow.spec.network import Network, with_names
from unit.numpy_twin import Array

Document = dict[str, Any]
# Compiling is what takes the time of programs that run once.
QUICK: dict[str, Any] = {"xla_backend_optimization_level": 0, "xla_llvm_disable_expensive_passes": True}
VECTOR, PICTURE = Flow((6,), "vector"), Flow((4, 7, 6), "picture")
SEQUENCE, SIGNAL = Flow((5, 4), "sequence"), Flow((4, 9), "signal")
TOKENS = Flow((5,), "tokens", 7)
_FLOWS = {"vector": VECTOR, "picture": PICTURE, "sequence": SEQUENCE, "signal": SIGNAL}


def _body(*layers: Document) -> list[Document]:
    return [{"name": f"b{number}", **layer} for number, layer in enumerate(layers)]


_RESIDUAL = _body(
    {"type": "conv2d", "channels": 4, "padding": "same", "activation": "tanh"},
    {"type": "batch_norm"},
    {"type": "add", "inputs": ["b1", "x"]},
)
CASES: dict[str, tuple[Document, tuple[Flow, ...]]] = {
    "dense": ({"type": "dense", "units": 3, "activation": "gelu"}, (VECTOR,)),
    "dense on a picture": ({"type": "dense", "units": 3}, (PICTURE,)),
    "dense on steps": ({"type": "dense", "units": 3}, (SEQUENCE,)),
    "sparse": ({"type": "sparse_dense", "units": 3, "activation": "elu"}, (VECTOR,)),
    "sparse on steps": ({"type": "sparse_dense", "units": 3}, (SEQUENCE,)),
    "conv2d valid": ({"type": "conv2d", "channels": 3, "activation": "silu"}, (PICTURE,)),
    "conv2d same": ({"type": "conv2d", "channels": 3, "padding": "same", "activation": "tanh"}, (PICTURE,)),
    "conv2d even, same, strided": (
        {"type": "conv2d", "channels": 2, "kernel": [4, 2], "stride": [2, 3], "padding": "same", "activation": "sine"},
        (PICTURE,),
    ),
    "conv2d padded by two": (
        {"type": "conv2d", "channels": 2, "padding": 2, "stride": 2, "activation": "linear"}, (PICTURE,),
    ),
    "conv2d dilated": (
        {"type": "conv2d", "channels": 2, "dilation": [2, 1], "padding": "same", "activation": "sigmoid"}, (PICTURE,),
    ),
    "conv2d in groups": ({"type": "conv2d", "channels": 6, "groups": 2, "activation": "softplus"}, (PICTURE,)),
    "conv2d by channel": (
        {"type": "conv2d", "channels": 4, "groups": 4, "kernel": [1, 3], "activation": "tanh"}, (PICTURE,),
    ),
    "conv2d of many places": (
        {"type": "conv2d", "channels": 4, "kernel": [7, 8], "stride": [2, 1], "padding": "same", "dilation": [1, 2],
         "groups": 2, "activation": "tanh"}, (PICTURE,),
    ),
    "conv1d on steps": ({"type": "conv1d", "channels": 3, "padding": "same", "activation": "tanh"}, (SEQUENCE,)),
    "conv1d on a signal": (
        {"type": "conv1d", "channels": 4, "kernel": 4, "stride": 2, "padding": 1, "groups": 2, "activation": "tanh"},
        (SIGNAL,),
    ),
    "conv1d dilated": ({"type": "conv1d", "channels": 2, "dilation": 3, "activation": "tanh"}, (SIGNAL,)),
    "transposed same": ({"type": "conv_transpose2d", "channels": 3, "activation": "tanh"}, (PICTURE,)),
    "transposed valid": (
        {"type": "conv_transpose2d", "channels": 2, "kernel": [2, 4], "stride": [3, 1], "padding": "valid",
         "activation": "tanh"}, (PICTURE,),
    ),
    "transposed padded": (
        {"type": "conv_transpose2d", "channels": 2, "kernel": 4, "padding": 1, "activation": "linear"}, (PICTURE,),
    ),
    "transposed same, apart": (
        {"type": "conv_transpose2d", "channels": 2, "kernel": 2, "stride": 5, "activation": "tanh"}, (PICTURE,),
    ),
    "max pool": ({"type": "max_pool2d"}, (PICTURE,)),
    "max pool that overlaps": ({"type": "max_pool2d", "window": 3, "stride": 2, "padding": "same"}, (PICTURE,)),
    "max pool padded": ({"type": "max_pool2d", "window": [3, 2], "padding": 1}, (PICTURE,)),
    "avg pool": ({"type": "avg_pool2d", "window": [3, 2]}, (PICTURE,)),
    "avg pool same": ({"type": "avg_pool2d", "window": 3, "stride": 2, "padding": "same"}, (PICTURE,)),
    "avg pool padded": ({"type": "avg_pool2d", "window": 3, "stride": 1, "padding": 1}, (PICTURE,)),
    **{f"global pool of a {kind}": ({"type": "global_avg_pool"}, (_FLOWS[kind],)) for kind in list(_FLOWS)[1:]},
    "flatten": ({"type": "flatten"}, (PICTURE,)),
    "reshape": ({"type": "reshape", "shape": [6, 28]}, (PICTURE,)),
    "upsample": ({"type": "upsample", "factor": 3}, (PICTURE,)),
    "upsample with lines": ({"type": "upsample", "factor": 3, "method": "bilinear"}, (PICTURE,)),
    **{
        f"{kind} on a {flow}": ({"type": kind, **settings}, (_FLOWS[flow],))
        for kind, settings in (("batch_norm", {"eps": 1e-3}), ("layer_norm", {}), ("group_norm", {"groups": 2}))
        for flow in _FLOWS
    },
    "dropout": ({"type": "dropout"}, (PICTURE,)),
    "sampling": ({"type": "sampling"}, (PICTURE,)),
    "embedding": ({"type": "embedding", "units": 3}, (TOKENS,)),
    "embedding of numbers": ({"type": "embedding", "units": 3, "vocabulary": 3}, (VECTOR,)),
    "sinusoids": ({"type": "positional_encoding"}, (SEQUENCE,)),
    "learned positions": ({"type": "positional_encoding", "kind": "learned"}, (SEQUENCE,)),
    "attention": ({"type": "attention", "heads": 2}, (SEQUENCE,)),
    "causal attention of a signal": ({"type": "attention", "heads": 3, "causal": True}, (SIGNAL,)),
    "transformer": ({"type": "transformer_block", "heads": 2, "expansion": 3}, (SEQUENCE,)),
    "causal transformer": ({"type": "transformer_block", "heads": 1, "causal": True}, (SEQUENCE,)),
    **{
        f"{kind}, {which}": ({"type": kind, "units": 3, "return_sequences": which == "all"}, (SEQUENCE,))
        for kind in ("rnn", "gru", "lstm") for which in ("last", "all")
    },
    "add": ({"type": "add", "inputs": ["x", "x", "x"]}, (PICTURE,) * 3),
    "multiply": ({"type": "multiply", "inputs": ["x", "x"]}, (SEQUENCE,) * 2),
    "concat of pictures": ({"type": "concat", "inputs": ["x", "x"]}, (PICTURE, Flow((2, 7, 6), "picture"))),
    "concat of steps": ({"type": "concat", "inputs": ["x", "x"]}, (SEQUENCE, Flow((5, 2), "sequence"))),
    "repeat": ({"type": "repeat", "times": 3, "layers": _RESIDUAL}, (PICTURE,)),
    "repeat as a scan": ({"type": "repeat", "times": STACK_FROM + 1, "layers": _RESIDUAL}, (PICTURE,)),
    "repeat once": (
        {"type": "repeat", "times": 1, "layers": _body({"type": "gru", "units": 3}, {"units": 2})}, (SEQUENCE,),
    ),
}  # fmt: skip


def layer_of(document: Document) -> AnyLayer:
    """With its defaults written out, and named."""
    return with_names(parse(Network, {"layers": [document]})).layers[0]


def shape_of(case: str) -> LayerShape:
    document, reads = CASES[case]
    return LayerShape(layer_of(document).static, reads)


def numbers_for(shape: LayerShape, seed: int = 0) -> dict[str, Array]:
    """Random parameters, f64: variances above zero, masks of zeros and ones."""
    random = np.random.default_rng(seed)

    def drawn(role: str, size: tuple[int, ...]) -> Array:
        if role == "mask":
            return random.integers(0, 2, size).astype(float)
        if role in ("variance", "gain"):
            return random.uniform(0.5, 1.5, size)
        return random.normal(0.0, 0.5, size)

    return {name: drawn(parameter.role, parameter.shape) for name, parameter in shape.parameters.items()}


def reads_for(shape: LayerShape, seed: int = 1) -> list[Array]:
    """Random inputs, f64; tokens are whole numbers."""
    random = np.random.default_rng(seed)
    return [
        random.integers(0, flow.vocabulary, flow.shape).astype(float)
        if flow.vocabulary
        else random.normal(0.0, 1.0, flow.shape)
        for flow in shape.reads
    ]


def made(
    shape: LayerShape,
    parameters: dict[str, Array],
    reads: list[Array],
    mode: Mode = INFERENCE,
    clamp: Clamp | None = None,
) -> dict[str, Any]:
    """All that the engine's layer makes, in single precision."""
    arrays = {name: jnp.asarray(array, jnp.float32) for name, array in parameters.items()}
    return forward(Call(shape, arrays, tuple(jnp.asarray(read, jnp.float32) for read in reads), mode, clamp=clamp))
