"""The first rows of a split: splits are shuffled, so they are as good as any."""

from __future__ import annotations

import jax
import numpy as np
from jax import Array
from numpy.typing import NDArray

from neuroglow.errors import InvalidInputError
from neuroglow.insight.probe import Subject
from neuroglow.spec.looking import Split


class SplitRows:
    """At most `most` rows; raises `InvalidInputError` for a split without any."""

    def __init__(self, subject: Subject, split: Split, most: int) -> None:
        rows = subject.dataset.train if split == "train" else subject.dataset.test
        self.inputs, self.labels = rows.inputs[:most], rows.labels[:most]
        self.targets = rows.targets[:most]
        self.count, self.total = len(self.inputs), len(rows.inputs)
        if self.count == 0:
            raise InvalidInputError(f"The {split} set has no rows", field="/split")

    def padded(self, size: int) -> tuple[Array, Array]:
        """Inputs and labels on the device, filled up to `size` rows with the last one."""
        return jax.device_put(_filled(self.inputs, size)), jax.device_put(_filled(self.labels, size))


def _filled(rows: NDArray[np.float32], size: int) -> NDArray[np.float32]:
    return np.concatenate([rows, rows[-1:].repeat(size - len(rows), axis=0)])
