"""The rows that a run learns from, taken along as one file of arrays. An errand of the gateway's."""

from __future__ import annotations

import errno
from pathlib import Path
from typing import Any

import numpy as np
from pydantic import TypeAdapter

from neuroglow import errand
from neuroglow.data import load, use_folder
from neuroglow.errors import StorageFullError
from neuroglow.spec.base import parse
from neuroglow.spec.checking import checked_data
from neuroglow.spec.data import AnyData, DataSpec
from neuroglow.spec.datasets import input_names


def work(request: dict[str, Any]) -> dict[str, Any]:
    """The `data` of an experiment, where `datasets` lie, the `file` to write -> its `bytes`.

    The file is NumPy's `.npz`, uncompressed and without pickles: `X` (rows, inputs), `X_test` float32, what the network
    reads; `Y`, `Y_test` float32, what the loss compares with (`data.Split.labels`); `inputs`, their names. Training
    rows are in the order that batches count in.
    """
    use_folder(Path(request["datasets"]))
    data: AnyData = checked_data(parse(TypeAdapter(DataSpec), request["data"]), at="/data")
    dataset = load(data)
    path = Path(request["file"])
    try:
        with path.open("wb") as file:
            np.savez(
                file,
                X=dataset.train.inputs,
                Y=dataset.train.labels,
                X_test=dataset.test.inputs,
                Y_test=dataset.test.labels,
                inputs=np.array(input_names(data), np.str_),
            )
    except OSError as error:
        if error.errno != errno.ENOSPC:
            raise
        raise StorageFullError("The server's disk is full; the rows cannot be written into a file just now") from None
    return {"bytes": path.stat().st_size}


if __name__ == "__main__":
    errand.carry_out(work)
