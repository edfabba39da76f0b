"""What every type of layer computes, written out: one function for each, from parameters and what it reads to all that
it makes on the way.

The keys of the answer are the names that the magnifying glass shows: `a` is what the next layer reads, `z` what the
activation is applied to, the others are said where they are made. A program that asks for `a` alone holds nothing else:
the compiler drops what nobody reads.
"""

from __future__ import annotations

from dataclasses import replace

from neuroglow.nets.layers.base import INFERENCE as INFERENCE
from neuroglow.nets.layers.base import ROWS_AXIS as ROWS_AXIS
from neuroglow.nets.layers.base import Arrays as Arrays
from neuroglow.nets.layers.base import Call as Call
from neuroglow.nets.layers.base import Clamp as Clamp
from neuroglow.nets.layers.base import Forward as Forward
from neuroglow.nets.layers.base import Mode as Mode
from neuroglow.nets.layers.base import clamped as clamped
from neuroglow.nets.layers.convolution import conv1d, conv2d, conv_transpose2d
from neuroglow.nets.layers.dense import dense, sparse_dense
from neuroglow.nets.layers.merging import add, concat, multiply
from neuroglow.nets.layers.normalisation import batch_norm, dropout, group_norm, layer_norm
from neuroglow.nets.layers.pooling import avg_pool2d, global_avg_pool, max_pool2d
from neuroglow.nets.layers.recurrent import gru, lstm, rnn
from neuroglow.nets.layers.repeating import repeated
from neuroglow.nets.layers.sampling import sampling
from neuroglow.nets.layers.sequence import attention, embedding, positional_encoding, transformer_block
from neuroglow.nets.layers.shaping import reshaped, upsample

_FORWARD: dict[str, Forward] = {
    "dense": dense,
    "sparse_dense": sparse_dense,
    "conv1d": conv1d,
    "conv2d": conv2d,
    "conv_transpose2d": conv_transpose2d,
    "max_pool2d": max_pool2d,
    "avg_pool2d": avg_pool2d,
    "global_avg_pool": global_avg_pool,
    "flatten": reshaped,
    "reshape": reshaped,
    "upsample": upsample,
    "batch_norm": batch_norm,
    "layer_norm": layer_norm,
    "group_norm": group_norm,
    "dropout": dropout,
    "sampling": sampling,
    "embedding": embedding,
    "positional_encoding": positional_encoding,
    "attention": attention,
    "transformer_block": transformer_block,
    "gru": gru,
    "lstm": lstm,
    "rnn": rnn,
    "add": add,
    "concat": concat,
    "multiply": multiply,
}


def forward(call: Call) -> Arrays:
    """All that one layer makes of what it reads, for one example.

    **Arguments:** `parameters` by name in the shapes of `shape.parameters`; `reads` with as many numbers as
    `shape.reads`, in any shape.

    **Returns:** arrays by name, `a` (`shape.output.shape`) among them.
    """
    shaped = tuple(x.reshape(flow.shape) for x, flow in zip(call.reads, call.shape.reads, strict=True))
    call = replace(call, reads=shaped)
    kind = call.shape.layer.type
    made = repeated(call, forward) if kind == "repeat" else _FORWARD[kind](call)
    # While training nothing moves a held unit; of a network that is looked at, it can still be switched off.
    is_training, unit_axis = call.mode.is_training, call.shape.output.unit_axis
    a = made["a"] if is_training else clamped(call.clamp, unit_axis, made["a"])
    if call.chance is not None and kind != "sampling":
        a = a * call.chance
    return {**made, "a": clamped(call.clamp, unit_axis, a) if is_training else a}
