"""The real data sets that come with scikit-learn, in the units they were measured in. Read from disk once.

Its files are read, its code is not loaded: importing scikit-learn takes a second and tens of megabytes, on the thread
that keeps every session of a worker going.
"""

from __future__ import annotations

from functools import cache
from importlib.util import find_spec
from pathlib import Path

import numpy as np

from neuroglow.data.points import Array
from neuroglow.errors import InternalError
from neuroglow.spec.data import BundledName

_WITH_HEADER: dict[BundledName, str] = {
    "iris": "iris.csv",
    "wine": "wine_data.csv",
    "breast_cancer": "breast_cancer.csv",
}
"""Tables whose first line says their size and whose last column is the target."""


@cache
def read(name: BundledName) -> tuple[Array, Array]:
    """(raw columns (rows, columns), targets (rows,)) in file order: pixels 0..16, centimetres, milligrams, ..."""
    folder = _folder()
    if name == "diabetes":
        return np.loadtxt(folder / "diabetes_data_raw.csv.gz"), np.loadtxt(folder / "diabetes_target.csv.gz")
    if name == "digits":
        table = np.loadtxt(folder / "digits.csv.gz", delimiter=",")
    else:
        table = np.loadtxt(folder / _WITH_HEADER[name], delimiter=",", skiprows=1)
    return np.ascontiguousarray(table[:, :-1]), table[:, -1]


def _folder() -> Path:
    # Finding a top-level package does not run it.
    found = find_spec("sklearn")
    if found is None or not found.submodule_search_locations:
        raise InternalError("scikit-learn, which holds the real data sets, is not installed")
    return Path(found.submodule_search_locations[0]) / "datasets" / "data"
