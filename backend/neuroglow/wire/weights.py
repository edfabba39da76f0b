"""Weight files: a snapshot as safetensors, checked by its header alone, before a single number of it is read.

A file holds `parameters/LAYER/PARAMETER`, the optimizer's `moments/N/LAYER/PARAMETER` and `scalars/N`, and in its
metadata the experiment and the counters (`engine.snapshot` writes it). Whatever else a header says is refused.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

from neuroglow.errors import InvalidInputError, UploadRejectedError
from neuroglow.spec.experiment import Experiment, parse_experiment
from neuroglow.spec.graph import graph_of
from neuroglow.spec.memory import MOMENTS, SCALARS
from neuroglow.wire import strict_json

LENGTH_BYTES = 8
MAX_HEADER_BYTES = 2 << 20
"""The largest network's header has about 200 kB."""
MAX_COUNTER = 1 << 62
FLOAT, COUNT = "F32", "I32"
ITEM_BYTES = 4


@dataclass(frozen=True)
class Tensor:
    dtype: str
    shape: tuple[int, ...]

    @property
    def size_bytes(self) -> int:
        return math.prod(self.shape) * ITEM_BYTES


def header_length(first: bytes, file_bytes: int) -> int:
    """Bytes of the header, from the first `LENGTH_BYTES` of a file."""
    length = int.from_bytes(first, "little")
    if len(first) < LENGTH_BYTES or file_bytes < LENGTH_BYTES or not 2 <= length <= file_bytes - LENGTH_BYTES:
        raise UploadRejectedError("This is no safetensors file, or it was cut off")
    if length > MAX_HEADER_BYTES:
        raise UploadRejectedError(f"The file's header has {length} bytes, at most {MAX_HEADER_BYTES} are read")
    return length


def check_header(header: bytes, file_bytes: int) -> Experiment:
    """The experiment that a weight file belongs to, if the file is what it should be to the last byte.

    Raises `UploadRejectedError`, or `InvalidInputError` where its experiment is not valid.
    """
    try:
        document = strict_json.loads(header)
    except InvalidInputError as error:
        raise UploadRejectedError(f"The file's header is not valid: {error.message}") from None
    if not isinstance(document, dict) or not isinstance(document.get("__metadata__"), dict):
        raise UploadRejectedError("These are no Neuroglow weights: the file says nothing of an experiment")
    experiment = _described(document["__metadata__"])
    wanted = expected_tensors(experiment)
    found = {name: entry for name, entry in document.items() if name != "__metadata__"}
    for name in wanted.keys() ^ found.keys():
        lacks = "lacks" if name in wanted else "has no use for"
        raise UploadRejectedError(f"The file does not fit its own experiment: it {lacks} '{name[:80]}'")
    places = [_place(name, found[name], tensor) for name, tensor in wanted.items()]
    _require_seamless(places, file_bytes - LENGTH_BYTES - len(header))
    return experiment


def expected_tensors(experiment: Experiment) -> dict[str, Tensor]:
    """Every tensor of a snapshot of this experiment."""
    nodes = graph_of(experiment.data, experiment.network).nodes
    optimizer = experiment.training.optimizer.type
    tensors: dict[str, Tensor] = {}
    for group in ("parameters", *(f"moments/{number}" for number in range(MOMENTS[optimizer]))):
        for node in nodes:
            for name, parameter in node.parameters.items():
                tensors[f"{group}/{node.name}/{name}"] = Tensor(FLOAT, parameter.shape)
    tensors.update((f"scalars/{number}", Tensor(COUNT, (1,))) for number in range(SCALARS[optimizer]))
    return tensors


def _described(metadata: dict[str, Any]) -> Experiment:
    if metadata.get("format") != "1":
        raise UploadRejectedError("These weights were written by another version of Neuroglow; update this one")
    for counter in ("update", "epoch", "position", "moments", "scalars"):
        text = metadata.get(counter)
        if not (isinstance(text, str) and text.isascii() and text.isdigit() and len(text) < 20):
            raise UploadRejectedError(f"The file does not say its {counter}")
        if int(text) > MAX_COUNTER:
            raise UploadRejectedError(f"The file's {counter} is beyond what is counted")
    text = metadata.get("experiment")
    if not isinstance(text, str):
        raise UploadRejectedError("These are no Neuroglow weights: the file says nothing of an experiment")
    experiment = parse_experiment(strict_json.loads(text))
    optimizer = experiment.training.optimizer.type
    counts = (str(MOMENTS[optimizer]), str(SCALARS[optimizer]))
    if (metadata["moments"], metadata["scalars"]) != counts:
        raise UploadRejectedError(f"The file does not hold the state of its optimizer, {optimizer}")
    return experiment


def _place(name: str, entry: Any, wanted: Tensor) -> tuple[int, int]:
    """Where a tensor lies in the data, if it is what it should be."""
    if not isinstance(entry, dict) or entry.keys() != {"dtype", "shape", "data_offsets"}:
        raise UploadRejectedError(f"The file's entry of '{name[:80]}' is not valid")
    shape, offsets = entry["shape"], entry["data_offsets"]
    if entry["dtype"] != wanted.dtype or shape != list(wanted.shape) or not all(type(size) is int for size in shape):
        raise UploadRejectedError(f"'{name[:80]}' should be {wanted.dtype} {list(wanted.shape)}")
    if not isinstance(offsets, list) or len(offsets) != 2 or not all(type(offset) is int for offset in offsets):
        raise UploadRejectedError(f"The file's entry of '{name[:80]}' is not valid")
    start, end = offsets
    if start < 0 or end - start != wanted.size_bytes:
        raise UploadRejectedError(f"'{name[:80]}' does not take the bytes that its shape needs")
    return start, end


def _require_seamless(places: list[tuple[int, int]], data_bytes: int) -> None:
    """The tensors fill the data one after the other: no overlap, no hole, nothing behind the last."""
    reached = 0
    for start, end in sorted(places):
        if start != reached:
            raise UploadRejectedError("The file's tensors overlap or leave a hole")
        reached = end
    if reached != data_bytes:
        raise UploadRejectedError("The file was cut off, or something follows its last tensor")
