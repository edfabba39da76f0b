"""Rows of a data set for the gateway, as a safetensors file."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter
from safetensors.numpy import save

from neuroglow.data import rows_of
from neuroglow.spec.base import parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.data import DataSpec
from neuroglow.spec.looking import Axes
from neuroglow.wire.worker import GetSamples


def samples_of(command: GetSamples) -> dict[str, Any]:
    data = checked_data(parse(TypeAdapter(DataSpec), command.data, at="/data"), at="/data")
    axes = None if command.axes is None else parse(TypeAdapter(Axes), command.axes, at="/axes")
    tensors, metadata = rows_of(data, command.split, command.start, command.count, axes)
    return {"tensors": save(tensors, metadata=metadata)}
