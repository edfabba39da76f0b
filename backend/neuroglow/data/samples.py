"""Rows of a data set as they travel to a page (`docs/wire.md`, "Samples")."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from neuroglow.data.dataset import load
from neuroglow.data.planes import plane_of
from neuroglow.errors import InvalidInputError
from neuroglow.spec.data import AnyData
from neuroglow.spec.looking import Axes


def rows_of(
    data: AnyData, split: str, start: int, count: int, axes: Axes | None = None
) -> tuple[dict[str, NDArray[np.float32]], dict[str, str]]:
    """Tensors `inputs` (rows, columns) and `targets` (rows,), both raw, and the metadata that go with them. Targets are
    (rows, steps) where every step has an answer; from `copies_from` on rows are copies that augmentation made.

    Noise columns, if there are any, are a tensor of their own, `noise` (rows, noise columns). With `axes`, `places`
    (rows, 2) says where on that plane the rows lie. To reconstruct, `scale` (2, inputs) is the shift and the width that
    lead from the network's inputs and answers back to their own units. Rows past the end are left out. Raises
    `InvalidInputError` for an unknown split, a negative range or a plane that is none.
    """
    dataset = load(data)
    splits = {"train": dataset.train, "test": dataset.test}
    if split not in splits:
        raise InvalidInputError(f"There is no split '{split[:64]}'; ask for train or test", field="/split")
    if start < 0:
        raise InvalidInputError("Rows are counted from 0", field="/from")
    if count < 0:
        raise InvalidInputError("The number of rows cannot be negative", field="/count")
    rows, columns = splits[split].part(start, count), dataset.encoder.columns
    tensors = {"inputs": np.ascontiguousarray(rows.raw[:, :columns]), "targets": rows.targets}
    if rows.raw.shape[1] > columns:
        tensors["noise"] = np.ascontiguousarray(rows.raw[:, columns:])
    if axes is not None:
        tensors["places"] = plane_of(dataset, axes).places_of(rows)
    metadata = {"split": split, "from": str(start), "total": str(len(splits[split].raw))}
    if split == "train" and dataset.own_rows < len(dataset.train.raw):
        metadata["copies_from"] = str(dataset.own_rows)
    if dataset.facts.task == "regression":
        metadata |= {"target_mean": repr(dataset.target_mean), "target_std": repr(dataset.target_std)}
    if dataset.facts.task == "reconstruction":
        tensors["scale"] = np.stack(dataset.encoder.units()).astype(np.float32)
    return tensors, metadata
